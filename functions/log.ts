/**
 * One JSON line an event; the only `console` of the functions. A line holds no code, no number, no body, no verification id: what is not a
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
  console.log(JSON.stringify({ level, at: new Date().toISOString(), ...line }));
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

/** No message of ours holds a number; one of a library might. Five digits in a row are too few for a number and enough for a code's length. */
function withoutNumbers(text: string): string {
  return text.replace(/\+?\d{6,}/g, "•••");
}
