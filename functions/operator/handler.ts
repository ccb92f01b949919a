import { log, logFault } from "../runtime/log.ts";
import {
  isKeyOperation,
  type KeyOperationDeps,
  type KeyOperationResult,
  operateKeys,
  parseKeyOperation,
} from "./key-operations.ts";
import { type OperationsDeps, prepare } from "./operate.ts";
import { type Operation, type OperationResult, parseOperation } from "./operation.ts";

/** The only fault that Lambda and the caller receive. */
class OperationFailed extends Error {}

/**
 * Does one operation and logs it twice: before, so that none is lost, and after, with its result. Lines and answers hold pseudonyms only. A fault
 * is logged here and hidden from the caller, since it may quote its input.
 */
export function operations(deps: OperationsDeps & KeyOperationDeps) {
  return async (
    asked: unknown,
    { awsRequestId: requestId }: { readonly awsRequestId: string },
  ): Promise<OperationResult | KeyOperationResult> => {
    if (isKeyOperation(asked)) return runOnKeys(deps, asked, requestId);
    const parsed = parseOperation(asked);
    if (parsed.kind === "refused") {
      log({ event: "operated", requestId, command: "unknown", outcome: "refused" });
      return parsed;
    }
    try {
      return await run(deps, parsed.operation, requestId);
    } catch (fault) {
      logFault(`operation ${parsed.operation.command}`, fault, requestId);
      throw new OperationFailed("the operation failed; its log has the cause");
    }
  };
}

/** The same for API keys. Lines name a key by its id. */
async function runOnKeys(
  deps: KeyOperationDeps,
  asked: unknown,
  requestId: string,
): Promise<KeyOperationResult> {
  const operation = parseKeyOperation(asked);
  if ("kind" in operation) {
    log({ event: "operated", requestId, command: "unknown", outcome: "refused" });
    return operation;
  }
  const { command } = operation;
  const line = { requestId, command, ...("id" in operation ? { subject: operation.id } : {}) };
  log({ event: "operating", ...line });
  try {
    const result = await operateKeys(deps, operation);
    log({
      event: "operated",
      ...line,
      outcome: result.kind,
      ...("id" in result && { subject: result.id }),
    });
    return result;
  } catch (fault) {
    logFault(`operation ${command}`, fault, requestId);
    throw new OperationFailed("the operation failed; its log has the cause");
  }
}

async function run(
  deps: OperationsDeps,
  operation: Operation,
  requestId: string,
): Promise<OperationResult> {
  const { subject, run: work } = await prepare(deps, operation);
  const line = {
    requestId,
    command: operation.command,
    ...(subject === undefined ? {} : { subject: subject.of, pseudonym: subject.pseudonym }),
    ...("reason" in operation ? { reason: operation.reason } : {}),
  };
  log({ event: "operating", ...line });
  const result = await work();
  log({ event: "operated", ...line, outcome: result.kind });
  return result;
}
