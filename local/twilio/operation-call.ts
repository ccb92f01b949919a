import type { Mode } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import type { Result } from "./judging.ts";

/** One request to an operation, its parameters checked against Twilio's document. */
export type OperationCall = {
  readonly mode: Mode;
  readonly sid: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** Operations by the id that Twilio's document gives them. */
export type Handlers = Readonly<Record<string, (call: OperationCall) => Result>>;

export function answered(status: number, body?: unknown): Result {
  return { kind: "answer", status, body };
}

/** https://www.twilio.com/docs/api/errors/20008 */
export function refuseTests({ mode }: Pick<OperationCall, "mode">): void {
  if (mode === "test")
    throw new TwilioFault(20_008, "Resource not accessible with Test Account Credentials", 403);
}
