import { CHANNEL_ROWS } from "./channels.ts";
import type { Phone, VerificationKey } from "./identifiers.ts";
import type { Channel, Instant, Purpose, Upgrade } from "./verification.ts";

/** The issuer, audience and lifetime of proofs. */
export type ProofTerms = {
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
};

type Proven = {
  readonly to: Phone;
  readonly nonce?: string | undefined;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly upgrade?: Upgrade | undefined;
  readonly key: VerificationKey;
  readonly approvedAt: Instant;
};

/**
 * The claims of a proof (RFC 7519 §4, OpenID Connect Core §5.1). A pure function of the stored item and of the stage, so that a repeated fetch
 * has the same `jti`, `iat` and `exp`. RFC 8176 has no value for RCS, so its own name is used where it was reported in time.
 */
export function proofClaims({ issuer, audience, lifetimeSeconds }: ProofTerms, proven: Proven) {
  const issuedAtSeconds = Math.floor(proven.approvedAt / 1_000);
  return {
    iss: issuer,
    aud: audience,
    sub: proven.to,
    phone_number: proven.to,
    phone_number_verified: true,
    purpose: proven.purpose,
    // Left out of the JSON if there is none.
    nonce: proven.nonce,
    amr: ["otp", proven.upgrade ?? CHANNEL_ROWS[proven.channel].proofMethod],
    jti: proven.key,
    iat: issuedAtSeconds,
    exp: issuedAtSeconds + lifetimeSeconds,
  };
}
