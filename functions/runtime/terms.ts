import * as v from "valibot";
import type { Country } from "../policy/destinations.ts";
import { eachScope, LIMITS, type Limits, limitsWith, SCOPE_MODES } from "../policy/limits.ts";
import { CHALLENGE_PROVIDERS, type ChallengeTerms } from "../verification/challenge.ts";
import type { ProofTerms } from "../verification/proof.ts";
import type { ScopeKind, ScopeTerms } from "../verification/scopes.ts";
import type { SpendTerms } from "../verification/spend.ts";
import type { Channel, Upgrade } from "../verification/verification.ts";

/** The limits, money and challenge of a stage, as JSON in the environment. An invalid one is a fault at cold start. */

const COUNTRY = v.custom<Country>((text) => typeof text === "string" && /^[A-Z]{2}$/.test(text));
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(1));

/** The differences of a stage from limits.ts: an environment has 4,096 bytes. */
const SCOPE_LIMIT = v.strictObject({
  max: v.exactOptional(COUNT),
  windowSeconds: v.exactOptional(COUNT),
  mode: v.exactOptional(v.picklist(SCOPE_MODES)),
  maxPerDay: v.exactOptional(COUNT),
  maxUnderPressure: v.exactOptional(COUNT),
  askPerDay: v.exactOptional(COUNT),
  askSends: v.exactOptional(v.strictObject({ perWindow: COUNT, perDay: COUNT })),
});
const SCOPE_TERMS = v.strictObject({
  limits: v.strictObject(eachScope(() => SCOPE_LIMIT)),
  homeCountry: COUNTRY,
});

const CAP = v.strictObject({ perHourMicros: COUNT, perDayMicros: COUNT });
const CHANNEL_PRICES = v.strictObject({
  sms: COUNT,
  whatsapp: v.optional(COUNT),
  voice: v.optional(COUNT),
  rcs: v.optional(COUNT),
} satisfies Readonly<Record<Channel | Upgrade, v.GenericSchema>>);
const SPEND_TERMS = v.strictObject({
  total: CAP,
  countries: v.record(v.string(), CAP),
  keptForTickets: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)),
  knownShare: v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)),
  prices: v.record(v.string(), CHANNEL_PRICES),
  shards: COUNT,
});

const CHALLENGE = v.strictObject({
  provider: v.picklist(CHALLENGE_PROVIDERS),
  siteKey: v.pipe(v.string(), v.nonEmpty()),
  action: v.pipe(v.string(), v.nonEmpty()),
  when: v.picklist(["always", "under-pressure"]),
  whenUnreachable: v.picklist(["refuse", "allow"]),
  hosts: v.array(v.string()),
  androidPackages: v.exactOptional(v.array(v.string())),
});

const SET = v.exactOptional(v.number());

/** The changed limits of a stage. Their bounds are in limits.ts. */
export const LIMIT_SETTINGS = v.strictObject({
  codeLifetimeSeconds: SET,
  codeDigits: SET,
  checksPerVerification: SET,
  secondsBetweenSends: SET,
  sendsPerTenMinutes: SET,
  sendsPerDay: SET,
  sendsPerDayWithTicket: SET,
  ticketLifetimeSeconds: SET,
  proofLifetimeSeconds: SET,
});

/** Empty if a stage changes nothing. */
export function limitsOf(env: { readonly LIMITS: string }): Limits {
  return limitsWith(env.LIMITS === "" ? {} : v.parse(LIMIT_SETTINGS, JSON.parse(env.LIMITS)));
}

/** The issuer, audience and lifetime of the proofs of an app. */
export function proofTermsOf(
  env: { readonly PROOF_ISSUER: string; readonly PROOF_AUDIENCE: string },
  { proofLifetimeSeconds }: Pick<Limits, "proofLifetimeSeconds">,
): ProofTerms {
  return {
    issuer: env.PROOF_ISSUER,
    audience: env.PROOF_AUDIENCE,
    lifetimeSeconds: proofLifetimeSeconds,
  };
}

/** The challenge of a stage, and the hosts of the pages that its tokens may come from. */
export type StageChallenge = ChallengeTerms & {
  readonly hosts: readonly string[];
  readonly androidPackages?: readonly string[];
};

export function scopeTermsOf(env: { readonly SCOPE_TERMS: string }): ScopeTerms {
  const { limits, ...terms } = v.parse(SCOPE_TERMS, JSON.parse(env.SCOPE_TERMS));
  const row = (kind: ScopeKind) => ({ ...LIMITS.unverifiedSends[kind], ...limits[kind] });
  return { ...terms, limits: eachScope(row) };
}

export function spendTermsOf(env: { readonly SPEND_TERMS: string }): SpendTerms {
  return v.parse(SPEND_TERMS, JSON.parse(env.SPEND_TERMS));
}

/** Nothing if the stage has no challenge. */
export function challengeOf(env: { readonly CHALLENGE: string }): StageChallenge | undefined {
  return env.CHALLENGE === "" ? undefined : v.parse(CHALLENGE, JSON.parse(env.CHALLENGE));
}
