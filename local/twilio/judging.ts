import { type Channel, numberIn } from "./channels.ts";
import { type Disturbance, wordsOf } from "./disturbances.ts";
import { TwilioFault } from "./faults.ts";
import type { Incident } from "./ledger.ts";
import { refuse } from "./magic-numbers.ts";
import { TROUBLED_NUMBERS } from "./troubled-numbers.ts";

/** The answer to a request that Twilio has accepted, or may have accepted. */
export type Result =
  | { readonly kind: "answer"; readonly status: number; readonly body?: unknown }
  /** No answer, until the caller has had enough. */
  | { readonly kind: "hang" }
  /** The connection breaks. */
  | { readonly kind: "reset" };

export type Asked = {
  readonly channel: Channel;
  readonly to: string;
  /** The callbacks to expect under a disturbance, as far as they are known before they come. */
  readonly callbacksUnder: (disturbance: Disturbance) => readonly string[];
  /** The fault of the request itself, whatever the network and the number. */
  readonly flaw?: Disturbance;
};

export type Judge = {
  /** The next disturbance of the network, with that of the number over it. */
  readonly disturbanceOf: (asked: Asked) => Disturbance;
  readonly onIncident: (incident: Incident) => void;
};

type Taken = { readonly sid: string; readonly result: Result };

/** Applies the disturbance of the network and the number to a request, and calls `take` unless it is refused. Throws the fault of Twilio's answer. */
export function judged(
  judge: Judge,
  asked: Asked,
  take: (disturbance: Disturbance) => Taken,
): Result {
  const { channel, to } = asked;
  const disturbance = { ...judge.disturbanceOf(asked), ...asked.flaw };
  // A call has one report, which is named when it is lost and overtakes no other.
  const ofCall = { ...disturbance, lostCallbacks: [], isReordered: false };
  const known = channel === "voice" ? ofCall : disturbance;
  const what = [...wordsOf(known, asked.callbacksUnder(disturbance))];
  const tell = (sid: string): void => {
    if (what.length > 0) judge.onIncident({ sid, to: numberIn(to), channel, at: new Date(), what });
  };
  const { refusalCode, error } = disturbance;
  if (refusalCode !== undefined) tell("");
  refuse("To", to, refusalCode);
  if (error === undefined) {
    const { sid, result } = take(disturbance);
    tell(sid);
    return result;
  }
  const { isTaken, answer } = error;
  tell(isTaken ? take(disturbance).sid : "");
  if (answer.kind === "fault")
    throw new TwilioFault(answer.code, "Twilio has a fault of its own", answer.status);
  return answer;
}

/** The disturbance of a number replaces that of the network in the same respect. */
export function troubled(network: Disturbance, { channel, to }: Asked): Disturbance {
  return { ...network, ...TROUBLED_NUMBERS[numberIn(to)]?.[channel] };
}
