import type { Clock, FaultLog, Keys, VerificationStore } from "./ports.ts";
import { openCall } from "./tokens.ts";
import type { MessageNameIfKnown } from "./verification.ts";
import { type VoiceScript, voiceScript } from "./voice-script.ts";

export type SpeakDeps = {
  readonly verifications: Pick<VerificationStore, "noteDelivery">;
  readonly keys: Pick<Keys, "callback">;
  readonly clock: Clock;
  readonly logFault: FaultLog;
  readonly keyEpoch: number;
};

/** A call that continues, as its provider reports it. */
export type CallNews = MessageNameIfKnown & { readonly hasPressed: boolean };

export type SpeakRequest = CallNews & { readonly token: string };

/** The next prompt of a call. `over`: no key was pressed, or too late. */
export type Speech =
  | { readonly kind: "spoken"; readonly script: VoiceScript; readonly code: string }
  | { readonly kind: "over"; readonly script: VoiceScript }
  | { readonly kind: "foreign" };

/**
 * The code of a call, after a key was pressed: a voicemail never presses one (Martin Vigo, DEF CON 26). With it the call counts as delivered. If
 * that note is lost the person still gets the code.
 */
export async function speak(
  deps: SpeakDeps,
  { token, hasPressed, ...name }: SpeakRequest,
): Promise<Speech> {
  const call = await openCall(deps, token);
  if (call === undefined) return { kind: "foreign" };
  const script = voiceScript(call.locale);
  if (!hasPressed || call.until <= deps.clock()) return { kind: "over", script };
  const { key, code, spoken } = call;
  try {
    await deps.verifications.noteDelivery({ key, code, delivery: "delivered", ...name });
  } catch (fault) {
    deps.logFault("delivery-not-noted", fault);
  }
  return { kind: "spoken", script, code: spoken };
}
