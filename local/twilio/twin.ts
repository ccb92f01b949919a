import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../bodies.ts";
import { close, listen, localUrl, serverOf } from "../listening.ts";
import { isAuthorized, newAccount, type TwilioAccount } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { type Arrival, type Handlers, handlersOf, type Result } from "./handlers.ts";
import type { StoredMessage } from "./messages.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { isOf, parametersOf } from "./parameters.ts";

export type Twin = {
  readonly baseUrl: string;
  readonly account: TwilioAccount;
  /** What Twilio keeps of a message: emptied by redaction, which the phone's own copy is not. */
  readonly stored: (sid: string) => StoredMessage | undefined;
  /** The outcomes that were reported for a message. */
  readonly feedback: (sid: string) => readonly string[];
  readonly stop: () => Promise<void>;
};

/** The largest form that any operation takes is far below this. */
const MOST_BYTES = 64 * 1_024;

/** Starts Twilio's Messages for one account. Each accepted message arrives at once, through `onArrival`. */
export async function startTwin(onArrival: (arrival: Arrival) => void): Promise<Twin> {
  const account = newAccount();
  const messages = new Map<string, StoredMessage>();
  const outcomes = new Map<string, readonly string[]>();
  const handlers = handlersOf({ account, messages, outcomes, onArrival });
  const server = serverOf(async (request, response) => {
    const form = new URLSearchParams((await readBody(request, MOST_BYTES))?.toString("utf8") ?? "");
    respond(response, () => answer(account, handlers, request, form));
  });
  const port = await listen(server);
  return {
    baseUrl: localUrl(port),
    account,
    stored: (sid) => messages.get(sid),
    feedback: (sid) => outcomes.get(sid) ?? [],
    stop: () => close(server),
  };
}

function answer(
  account: TwilioAccount,
  handlers: Handlers,
  request: IncomingMessage,
  form: URLSearchParams,
): Result {
  const found = findOperation(request.method ?? "", request.url ?? "");
  if (
    !isAuthorized(
      account,
      request.headers.authorization,
      found?.path["AccountSid"] ?? account.accountSid,
    )
  ) {
    throw new TwilioFault(20_003, "Authenticate", 401);
  }
  const handler = found === undefined ? undefined : handlers[found.operation.id];
  if (found === undefined || handler === undefined)
    throw new TwilioFault(20_404, "There is nothing here", 404);
  const sid = found.path["MessageSid"] ?? found.path["Sid"] ?? "";
  return handler({ sid, parameters: parametersOf(form, found.operation.form) });
}

type Found = { readonly operation: Operation; readonly path: Readonly<Record<string, string>> };

function findOperation(method: string, path: string): Found | undefined {
  return OPERATIONS.flatMap((operation) => {
    const groups = operation.method === method ? operation.path.exec(path)?.groups : undefined;
    const fits = Object.entries(operation.pathParameters).every(([name, schema]) =>
      isOf(groups?.[name] ?? "", schema),
    );
    return groups !== undefined && fits ? [{ operation, path: { ...groups } }] : [];
  })[0];
}

function respond(response: ServerResponse, make: () => Result): void {
  const { status, body } = orFault(make);
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function orFault(make: () => Result): Result {
  try {
    return make();
  } catch (fault) {
    if (fault instanceof TwilioFault) return { status: fault.status, body: fault };
    throw fault;
  }
}
