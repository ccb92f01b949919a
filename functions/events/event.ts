import * as v from "valibot";
import { LIMITS } from "../policy/limits.ts";
import { APP_NAME } from "../verification/identifiers.ts";
import { CHANNELS, DELIVERY_REASONS, PURPOSES } from "../verification/verification.ts";

/**
 * The events of a deployment, as `detail` on its bus. No field can hold a code, a number or a pseudonym of one. Fields and types may be added, so a consumer must ignore those that it does not know.
 */

function typed<const Type extends string>(type: Type, when: string) {
  return v.pipe(v.literal(type), v.description(when));
}

const EVENT = {
  /** Equal for two deliveries of one event: SHA-256 of its log line and its type. */
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
  at: v.pipe(v.string(), v.isoTimestamp()),
  /** The name of the deployment, which starts those of its alarms. */
  deployment: v.string(),
  /** The app, where a stage has several. */
  app: v.exactOptional(v.pipe(v.string(), v.regex(APP_NAME))),
};

/** SHA-256 of the verification's id in base64url, which is also the `jti` of its proof. */
const VERIFICATION = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
/** The caller's own reference, given at the start. */
const REFERENCE = { reference: v.exactOptional(v.pipe(v.string(), v.maxLength(64))) };
const COUNTRY = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/));
/** A code of docs/reference/problems.md. */
const PROBLEM = v.pipe(v.string(), v.regex(/^[a-z-]+$/));

const ABOUT = {
  ...EVENT,
  verification: VERIFICATION,
  ...REFERENCE,
  country: COUNTRY,
  channel: v.picklist(CHANNELS),
};

const SENT = { ...ABOUT, purpose: v.picklist(PURPOSES) };

export const EVENT_SCHEMA = v.variant("type", [
  v.object({
    type: typed(
      "verification.started",
      "A verification was started, and its first message handed to the provider",
    ),
    ...SENT,
  }),
  v.object({
    type: typed(
      "verification.sent",
      "A message was handed to the provider, by a start or a resend",
    ),
    ...SENT,
    of: v.picklist(["start", "resend"]),
    /** The reserved price, in millionths of a dollar. */
    priceMicros: v.number(),
  }),
  v.object({
    type: typed("verification.delivered", "A message was delivered, or a call spoke its code"),
    ...ABOUT,
  }),
  v.object({
    type: typed("verification.undelivered", "A message definitely failed"),
    ...ABOUT,
    reason: v.exactOptional(v.picklist(DELIVERY_REASONS)),
  }),
  v.object({ type: typed("verification.approved", "The right code was typed"), ...ABOUT }),
  v.object({
    type: typed("verification.failed", "The last of its checks was a wrong code"),
    ...ABOUT,
  }),
  v.object({
    type: typed("verification.canceled", "It was canceled while it was pending"),
    ...ABOUT,
  }),
  v.object({
    type: typed("verification.refused", "A start or a resend was refused; `problem` is its code"),
    ...EVENT,
    ...REFERENCE,
    of: v.picklist(["start", "resend"]),
    problem: PROBLEM,
    /** Of a resend. A refused start has no verification. */
    verification: v.exactOptional(VERIFICATION),
    country: v.exactOptional(COUNTRY),
    channel: v.exactOptional(v.picklist(CHANNELS)),
    /** Why a number is not allowed. */
    reason: v.exactOptional(PROBLEM),
  }),
  v.object({
    type: typed("spend.threshold", "So much of a spend cap is used, on one shard of its counters"),
    ...EVENT,
    percent: v.picklist(LIMITS.spendThresholdsPercent),
  }),
]);

export type LatchkeyEvent = v.InferOutput<typeof EVENT_SCHEMA>;
