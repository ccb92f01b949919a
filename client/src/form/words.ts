import type { DeliveryReason, Verification } from "../api.ts";
import { entryOf } from "../entry-of.ts";
import type { Problem } from "../outcomes.ts";
import { fromNow } from "./language.ts";
import type { Told } from "./state.ts";
import type { TextKey, Texts } from "./texts.ts";

/** The text of each problem; a problem that is not listed is not the person's fault. */
const PROBLEMS: Readonly<Record<string, TextKey>> = {
  "phone-invalid": "numberInvalid",
  "phone-not-allowed": "numberNotAllowed",
  "country-not-enabled": "countryNotEnabled",
  "channel-not-available": "channelNotAvailable",
  "recipient-opted-out": "optedOut",
  "challenge-required": "challenge",
  "too-many-sends": "tooMany",
  "too-many-requests": "tooMany",
  "number-locked": "locked",
  "sending-paused": "paused",
  "provider-unavailable": "paused",
  "no-answer": "noConnection",
};

/** Refusals without a shown wait: a lock lasts for weeks, or until an operator ends it. */
const WITHOUT_WAIT = ["number-locked"];

export function toldOf({ code, retryAfterSeconds = 0 }: Problem, now: number): Told {
  const told = { key: entryOf(PROBLEMS, code) ?? "failed", isFault: true } as const;
  return retryAfterSeconds === 0 || WITHOUT_WAIT.includes(code)
    ? told
    : { ...told, retryAt: now + retryAfterSeconds * 1_000 };
}

const REASONS: Readonly<Record<DeliveryReason, TextKey>> = {
  unreachable: "unreachable",
  "not-in-service": "notInService",
  landline: "landline",
  filtered: "undelivered",
  "opted-out": "optedOut",
  "not-on-whatsapp": "notOnWhatsapp",
  "no-answer": "noAnswer",
  busy: "busy",
  failed: "undelivered",
};

/** The text about a failed or unknown delivery; none otherwise. */
export function deliveryTold({ delivery, deliveryReason }: Verification): Told | undefined {
  if (delivery === "unknown") return { key: "delayed", isFault: false };
  if (delivery !== "undelivered") return undefined;
  return { key: entryOf(REASONS, `${deliveryReason}`) ?? "undelivered", isFault: true };
}

/** Problems of the code itself, not of its channel. */
export const WRONG: readonly TextKey[] = ["incorrect", "codeTooOld", "codeIncomplete"];

export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => entryOf(values, name) ?? whole);
}

/** The message in the reader's language, with how long to wait in place of `{time}` where that helps. */
export function sentence(
  told: Told,
  texts: Texts,
  locale: string,
  now: number,
): { readonly text: string; readonly time: string } {
  const count = new Intl.NumberFormat(locale).format(told.count ?? 0);
  const text = filled(texts[told.key], { count });
  const seconds = Math.ceil(((told.retryAt ?? now) - now) / 1_000);
  if (seconds <= 0) return { text, time: "" };
  return { text: `${text} ${texts.tryAgain}`, time: fromNow(seconds, locale) };
}
