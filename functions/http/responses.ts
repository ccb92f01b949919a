import * as v from "valibot";
import { REFUSAL_REASONS } from "../policy/special-numbers.ts";
import { CHALLENGE_PROVIDERS } from "../verification/challenge.ts";
import {
  CHANNELS,
  DELIVERIES,
  DELIVERY_REASONS,
  type Status,
} from "../verification/verification.ts";

/**
 * The answers of the routes. They are not parsed at run time: the types hold the endpoints to them, the API's description is generated from them,
 * and tests check every answer against it.
 */

export const STATUSES = [
  "pending",
  "approved",
  "expired",
  "exhausted",
  "canceled",
] as const satisfies readonly Status[];

export const RESULTS = [
  "approved",
  "incorrect",
  "code-expired",
  "used",
  "expired",
  "exhausted",
  "canceled",
] as const;

/** A word of an open list: a reader must tolerate unknown ones. */
function wordOf<const Words extends readonly string[]>(words: Words) {
  return v.pipe(v.picklist(words), v.metadata({ isOpen: true }));
}

const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
/** RFC 3339, in UTC. */
const TIME = v.pipe(v.string(), v.isoTimestamp());

export const VERIFICATION_RESPONSE = v.strictObject({
  id: v.string(),
  status: v.picklist(STATUSES),
  channel: wordOf(CHANNELS),
  to: v.string(),
  codeLength: COUNT,
  expiresAt: TIME,
  resendAt: TIME,
  checksRemaining: COUNT,
  channels: v.pipe(v.array(wordOf(CHANNELS)), v.readonly()),
  delivery: wordOf(DELIVERIES),
  deliveryReason: v.optional(wordOf(DELIVERY_REASONS)),
  nextChannel: v.optional(wordOf(CHANNELS)),
});

export const CHECK_RESPONSE = v.strictObject({
  id: v.string(),
  status: v.picklist(STATUSES),
  result: v.picklist(RESULTS),
  checksRemaining: COUNT,
  proof: v.optional(v.string()),
  ticket: v.optional(v.string()),
});

/** RFC 7517 §5, its keys as RFC 7518 §6.3.1 has them. */
export const PROOF_KEYS_RESPONSE = v.strictObject({
  keys: v.array(
    v.strictObject({
      kty: v.literal("RSA"),
      n: v.string(),
      e: v.string(),
      kid: v.string(),
      alg: v.literal("RS256"),
      use: v.literal("sig"),
    }),
  ),
});

const NAMES = v.pipe(v.array(v.string()), v.readonly());

/** OpenID Connect Discovery 1.0 §3, limited to the keys. */
export const DISCOVERY_RESPONSE = v.strictObject({
  issuer: v.string(),
  jwks_uri: v.string(),
  authorization_endpoint: v.string(),
  token_endpoint: v.string(),
  response_types_supported: NAMES,
  subject_types_supported: NAMES,
  id_token_signing_alg_values_supported: NAMES,
  claims_supported: NAMES,
});

/** RFC 9457 with additional members. The API's description lists the codes of each route. */
export const PROBLEM_RESPONSE = v.strictObject({
  type: v.string(),
  title: v.string(),
  status: COUNT,
  code: v.string(),
  instance: v.string(),
  detail: v.optional(v.string()),
  pointer: v.optional(v.string()),
  retryAfterSeconds: v.optional(COUNT),
  reason: v.optional(wordOf(REFUSAL_REASONS)),
  channels: v.optional(v.pipe(v.array(wordOf(CHANNELS)), v.readonly())),
  resendAt: v.optional(TIME),
  verificationStatus: v.optional(v.picklist(STATUSES)),
  challenge: v.optional(
    v.strictObject({
      provider: wordOf(CHALLENGE_PROVIDERS),
      siteKey: v.string(),
      action: v.string(),
    }),
  ),
});

export type VerificationBody = v.InferOutput<typeof VERIFICATION_RESPONSE>;
export type DiscoveryBody = v.InferOutput<typeof DISCOVERY_RESPONSE>;
export type CheckBody = v.InferOutput<typeof CHECK_RESPONSE>;
