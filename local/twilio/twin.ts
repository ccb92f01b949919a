import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../bodies.ts";
import { close, listen, localUrl, serverOf } from "../listening.ts";
import type { Journal } from "../persistence/journal.ts";
import { CALLBACK_PLANS, type CallbackPlan, makeCallbacks } from "./callbacks.ts";
import { type Mode, modeOf, type TwilioAccount } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { type Delivery, type Handlers, handlersOf, type Result } from "./handlers.ts";
import { openLedger } from "./ledger.ts";
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
  /** How the callbacks of the messages from now on come. */
  readonly setCallbacks: (plan: CallbackPlan) => void;
  readonly stop: () => Promise<void>;
};

/** The largest form that any operation takes is far below this. */
const MOST_BYTES = 64 * 1_024;

/** Starts Twilio's messages for one account. Each message that is accepted goes on its way through `deliver`. */
export async function startTwin(
  deliver: (delivery: Delivery) => void,
  journal: Journal,
): Promise<Twin> {
  const ledger = openLedger(journal);
  const { account } = ledger;
  const stopping = new AbortController();
  let plan: CallbackPlan = CALLBACK_PLANS.usual;
  const report = (message: StoredMessage, url: string): void =>
    void makeCallbacks(account, message, { url, plan, signal: stopping.signal });
  const handlers = handlersOf({ ledger, deliver, report });
  const server = serverOf(async (request, response) => {
    const form = new URLSearchParams((await readBody(request, MOST_BYTES))?.toString("utf8") ?? "");
    respond(response, () => answer(account, handlers, request, form));
  });
  const port = await listen(server);
  return {
    baseUrl: localUrl(port),
    account,
    stored: ledger.message,
    feedback: ledger.outcomes,
    setCallbacks: (next) => {
      plan = next;
    },
    stop: () => {
      stopping.abort();
      return close(server);
    },
  };
}

function answer(
  account: TwilioAccount,
  handlers: Handlers,
  request: IncomingMessage,
  form: URLSearchParams,
): Result {
  const found = findOperation(request.method ?? "", request.url ?? "");
  const mode = modeOf(account, request.headers.authorization, found?.path["AccountSid"]);
  if (mode === undefined) throw new TwilioFault(20_003, "Authenticate", 401);
  const handler = found === undefined ? undefined : handlers[found.operation.id];
  if (found === undefined || handler === undefined) throw nothingHere(mode);
  const sid = found.path["MessageSid"] ?? found.path["Sid"] ?? "";
  return handler({ mode, sid, parameters: parametersOf(form, found.operation.form) });
}

function nothingHere(mode: Mode): TwilioFault {
  return mode === "live"
    ? new TwilioFault(20_404, "There is nothing here", 404)
    : new TwilioFault(20_008, "Resource not accessible with Test Account Credentials", 403);
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
  const result = orFault(make);
  // The connection stays open until the caller has had enough.
  if (result === "nothing") return;
  const { status, body } = result;
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
