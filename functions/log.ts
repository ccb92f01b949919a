/**
 * One JSON line an event, and the only output of the functions. It goes past `console`, which Lambda wraps in a line of its own. A line holds no code, no number, no body, no verification id: what is not a
 * field of an event here cannot be logged (OWASP ASVS 5.0 §16.2.5).
 */
type Event =
  | {
      readonly event: "answered";
      readonly requestId: string;
      readonly route: string;
      readonly status: number;
      readonly milliseconds: number;
      readonly problem?: string;
      readonly result?: string;
    }
  | {
      readonly event: "fault";
      readonly requestId?: string;
      readonly what: string;
      readonly fault: Fault;
    };

type Fault = {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
};

export function log(line: Event): void {
  const level = line.event === "fault" ? "error" : "info";
  process.stdout.write(`${JSON.stringify({ level, at: new Date().toISOString(), ...line })}\n`);
}

/** A fault as it may be logged: name, message and stack, none of its other members (an SDK's error carries whole requests). */
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

/** No message of ours holds a code or a number; one of a library might. Codes have six digits at least. */
function withoutNumbers(text: string): string {
  return text.replace(/\+?\d{6,}/g, "•••");
}
