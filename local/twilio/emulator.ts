import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { readBody } from "../bodies.ts";
import { close, listen, localUrl, serverOf } from "../listening.ts";
import type { Journal } from "../persistence/journal.ts";
import { callHandlers } from "./call-handlers.ts";
import type { StoredCall } from "./calls.ts";
import { type Mode, modeOf, type TwilioAccount } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { type Judge, type Result, troubled } from "./judging.ts";
import { type Incident, type Ledger, openLedger } from "./ledger.ts";
import type { LiveCall } from "./live-call.ts";
import { makeCallbacks } from "./message-callbacks.ts";
import type { CallbackPlan, Course, Step } from "./message-courses.ts";
import { type Deliver, messageHandlers } from "./message-handlers.ts";
import type { StoredMessage } from "./messages.ts";
import type { Handlers } from "./operation-call.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { parametersOf } from "./parameters.ts";
import { createNetwork, type NetworkName, type PhoneNetwork } from "./phone-network.ts";
import { type Exchange, place } from "./placing.ts";

/** Which network there is between Twilio and the phones. */
export type NetworkChoice = Pick<PhoneNetwork, "name" | "seed">;

export type Emulator = {
  readonly baseUrl: string;
  /** Its auth token signs every callback, and every request for TwiML. */
  readonly account: TwilioAccount;
  /** What Twilio keeps of a message: emptied by redaction, which the phone's own copy is not. */
  readonly stored: (sid: string) => StoredMessage | undefined;
  readonly storedCall: (sid: string) => StoredCall | undefined;
  /** The outcomes that were reported for a message. */
  readonly feedback: (sid: string) => readonly string[];
  /** What went wrong on purpose, oldest first. */
  readonly incidents: () => readonly Incident[];
  /** Calls back with each new one until the returned function is called. */
  readonly onIncident: (listener: (incident: Incident) => void) => () => void;
  readonly network: () => NetworkChoice;
  /** The network from now on, from the beginning of its seed. */
  readonly setNetwork: (name: NetworkName, seed: number) => void;
  /** How the callbacks of the messages from now on come, whatever the network; `undefined` lets the network decide again. */
  readonly setCallbacks: (plan: CallbackPlan | undefined) => void;
  readonly stop: () => Promise<void>;
};

export type EmulatorOptions = {
  /** Makes a phone ring. Without one, no call is answered. */
  readonly ring?: ((call: LiveCall) => void) | undefined;
  readonly network?: NetworkChoice | undefined;
  /** How long a second of calls, of lateness and of reading takes. Tests have less time than people. */
  readonly secondMilliseconds?: number | undefined;
};

const GOOD: NetworkChoice = { name: "good", seed: 1 };
const SECOND_MILLISECONDS = 1_000;

/** The largest form that any operation takes is far below this. */
const MOST_BYTES = 64 * 1_024;

/** Starts Twilio's messages and calls for one account. Each message that is accepted goes on its way through `deliver`. */
export async function startEmulator(
  deliver: Deliver,
  journal: Journal,
  options: EmulatorOptions = {},
): Promise<Emulator> {
  const ledger = openLedger(journal);
  const { account } = ledger;
  const stopping = new AbortController();
  const { handlers, ...controls } = assemble(ledger, deliver, {
    ...options,
    signal: stopping.signal,
  });
  const server = serverOf(async (request, response) => {
    const form = new URLSearchParams((await readBody(request, MOST_BYTES))?.toString("utf8") ?? "");
    respond(request, response, () => answer(account, handlers, request, form));
  });
  const port = await listen(server);
  return {
    ...controls,
    baseUrl: localUrl(port),
    account,
    stored: ledger.message,
    storedCall: ledger.call,
    feedback: ledger.outcomes,
    incidents: ledger.incidents,
    stop: () => {
      stopping.abort();
      return close(server);
    },
  };
}

type Controls = Pick<Emulator, "onIncident" | "network" | "setNetwork" | "setCallbacks">;

function assemble(
  ledger: Ledger,
  deliver: Deliver,
  options: EmulatorOptions & { readonly signal: AbortSignal },
): Controls & { readonly handlers: Handlers } {
  const { signal, ring = () => undefined, secondMilliseconds = SECOND_MILLISECONDS } = options;
  const { name, seed } = options.network ?? GOOD;
  const listeners = new Set<(incident: Incident) => void>();
  let network = createNetwork(name, seed);
  let plan: CallbackPlan | undefined;
  const judge: Judge = {
    disturbanceOf: (asked) => troubled(network.next(), asked),
    onIncident: (incident) => {
      ledger.addIncident(incident);
      for (const listener of listeners) listener(incident);
    },
  };
  const exchange: Exchange = {
    ledger,
    ring,
    onTrouble: ({ sid, to }, what) =>
      judge.onIncident({ sid, to, channel: "voice", at: new Date(), what: [what] }),
    secondMilliseconds,
    signal,
  };
  const follow = (message: StoredMessage, course: Course, url: string): void => {
    unlessStopped(advance(ledger, message.sid, course.steps, signal), signal);
    const callbacks = { url, plan: plan ?? course.callbacks, signal };
    if (url !== "") unlessStopped(makeCallbacks(ledger.account, message, callbacks), signal);
  };
  return {
    handlers: {
      ...messageHandlers({ ...judge, ledger, deliver, follow, secondMilliseconds }),
      ...callHandlers({
        ...judge,
        ledger,
        place: (placed) => unlessStopped(place(exchange, placed), signal),
      }),
    },
    onIncident: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    network: () => ({ name: network.name, seed: network.seed }),
    setNetwork: (next, from) => {
      network = createNetwork(next, from);
    },
    setCallbacks: (next) => {
      plan = next;
    },
  };
}

/** Runs work in the background. Its rejection is expected once the emulator stops; any other ends the process. */
function unlessStopped(work: Promise<void>, signal: AbortSignal): void {
  work.catch((fault: unknown) => {
    if (!signal.aborted) throw fault;
  });
}

/** Takes a message from status to status. */
async function advance(
  ledger: Ledger,
  sid: string,
  steps: readonly Step[],
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  for (const { status, errorCode = null, afterMilliseconds } of steps) {
    const elapsed = performance.now() - startedAt;
    await delay(Math.max(0, afterMilliseconds - elapsed), undefined, { signal });
    const message = ledger.message(sid);
    if (message !== undefined)
      ledger.keep({ ...message, status, errorCode, updatedAt: new Date() });
  }
}

function answer(
  account: TwilioAccount,
  handlers: Handlers,
  request: IncomingMessage,
  form: URLSearchParams,
): Result {
  const { method = "", url = "", headers } = request;
  const [path = "", query] = method === "GET" ? url.split("?") : [url];
  const found = findOperation(method, path);
  const mode = modeOf(account, headers.authorization, found?.path["AccountSid"]);
  if (mode === undefined || (found?.operation.id === "FetchAccount" && isKey(headers)))
    throw new TwilioFault(20_003, "Authenticate", 401);
  const handler = found === undefined ? undefined : handlers[found.operation.id];
  if (found === undefined || handler === undefined) throw nothingHere(mode);
  const parameters = parametersOf(
    method === "GET" ? new URLSearchParams(query) : form,
    found.operation.form,
  );
  return handler({ mode, sid: found.path["Sid"] ?? "", parameters });
}

/** A standard key may not read the account. https://www.twilio.com/docs/iam/api-keys */
function isKey({ authorization = "" }: IncomingMessage["headers"]): boolean {
  return atob(authorization.slice("Basic ".length)).startsWith("SK");
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
    return groups === undefined ? [] : [{ operation, path: { ...groups } }];
  })[0];
}

function respond(request: IncomingMessage, response: ServerResponse, make: () => Result): void {
  const result = orFault(make);
  // The connection stays open until the caller has had enough.
  if (result.kind === "hang") return;
  if (result.kind === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  response.writeHead(result.status, { "Content-Type": "application/json" });
  response.end(result.body === undefined ? "" : JSON.stringify(result.body));
}

function orFault(make: () => Result): Result {
  try {
    return make();
  } catch (fault) {
    if (fault instanceof TwilioFault) return { kind: "answer", status: fault.status, body: fault };
    throw fault;
  }
}
