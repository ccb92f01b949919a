import { AsyncLocalStorage } from "node:async_hooks";
import type { KeyUse } from "../http/api-keys.ts";
import type { JournalEntry } from "../verification/journal.ts";
import { deploymentOf } from "./environment.ts";
import { type JournalLine, journalLine } from "./journal-line.ts";
import { type CountedLine, metricsOf } from "./metrics.ts";

/**
 * One JSON line an event, and the only output of the functions. It bypasses `console`, whose lines Lambda wraps. A line holds no code, no number, no body and no verification id; only fields of these events can be logged (OWASP ASVS 5.0 §16.2.5).
 */
type Event =
  | {
      readonly event: "answered";
      readonly requestId: string;
      readonly route: string;
      /** Present if the caller is neither page nor app. */
      readonly caller?: "back-end";
      readonly status: number;
      readonly milliseconds: number;
      readonly problem?: string;
      readonly result?: string;
    }
  /** A use of an API key: its id, never the key. */
  | ({ readonly event: "key" } & KeyUse)
  | JournalLine
  | ({ readonly event: "operating" } & OperationLine)
  | ({ readonly event: "operated"; readonly outcome: string } & OperationLine)
  /** The result of a plan's automatic step. */
  | { readonly event: "stepped"; readonly outcome: string }
  /** The price of a message that the provider reported. */
  | {
      readonly event: "priced";
      readonly country: string;
      readonly channel: string;
      readonly currency: string;
      readonly price: number;
    }
  | {
      readonly event: "fault";
      readonly requestId?: string;
      readonly what: string;
      readonly fault: Fault;
    };

/** CloudTrail records the caller under the same request id, if it records Lambda's data events; a reason holds no number. */
type OperationLine = {
  readonly requestId: string;
  readonly command: string;
  readonly subject?: string;
  readonly pseudonym?: string;
  readonly reason?: string;
};

type Fault = {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
};

const DEPLOYMENT = deploymentOf();

const REQUEST = new AsyncLocalStorage<{ readonly requestId?: string; readonly app?: string }>();

/** Lines that are written for this request carry its id from here on. */
export function logUnder(requestId: string): void {
  REQUEST.enterWith({ requestId });
}

/** They carry the name of its app too, where a stage has several. */
export function logApp(app: string): void {
  if (app !== "") REQUEST.enterWith({ ...REQUEST.getStore(), app });
}

/** Operators' lines are looked up and not counted. */
function isCounted(line: Event): line is Extract<Event, { event: CountedLine["event"] }> {
  return line.event !== "operating" && line.event !== "operated" && line.event !== "stepped";
}

export function log(line: Event): void {
  const level = line.event === "fault" ? "error" : "info";
  const now = new Date();
  const counted = isCounted(line)
    ? metricsOf(line, { deployment: DEPLOYMENT, now: now.getTime(), app: REQUEST.getStore()?.app })
    : {};
  const whole = { level, at: now.toISOString(), ...REQUEST.getStore(), ...line, ...counted };
  process.stdout.write(`${JSON.stringify(whole)}\n`);
}

/** Entries of the domain as lines: counted, looked up by pseudonym, and replayed by `npm run ops -- replay`. */
export function journal(entry: JournalEntry): void {
  log(journalLine(entry));
}

/** A fault as it may be logged: name, message and stack, and no other member (an SDK's error carries whole requests). */
export function logFault(what: string, fault: unknown, requestId?: string): void {
  log({
    event: "fault",
    what,
    fault: faultOf(fault),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function faultOf(fault: unknown): Fault {
  if (!(fault instanceof Error)) return { name: "unknown", message: typeof fault };
  return {
    name: fault.name,
    message: withoutNumbers(fault.message),
    stack: fault.stack && withoutNumbers(fault.stack),
  };
}

/** Our messages hold no code and no number; a library's might. Codes have six digits at least. */
function withoutNumbers(text: string): string {
  return text.replace(/\+?\d{6,}/g, "•••");
}
