import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Refusal } from "./refusals.ts";
import { memoryReplayStore, type ReplayStore } from "./replay.ts";

/** The options of a verifier: the deployment, the audience and the purposes that it accepts. */
export type VerifierOptions<Purpose extends string> = {
  /** The address of the deployment, which is the `iss` of its proofs. */
  readonly issuer: string;
  /** The `proofAudience` of the deployment. */
  readonly audience: string;
  /** The purposes for which this back end accepts proofs; each verification names one of them. */
  readonly purposes: readonly Purpose[];
  /** How far the clocks of both sides may differ; 5 if left out. */
  readonly clockToleranceSeconds?: number;
  /** Where used proofs are remembered. The memory of this process if left out, which is not enough for several. */
  readonly replayStore?: ReplayStore;
  /** The proof keys, for tests and networks without a way to the issuer. Read from the issuer if left out, and kept for ten minutes. */
  readonly keys?: JWTVerifyGetKey;
  readonly clock?: () => number;
};

/** The expected claims of a proof, beyond being genuine and unused. */
export type Expected<Purpose extends string> = {
  readonly purpose: Purpose;
  /** The nonce of this session. `null` only where there is no session: then the proof must have been made without a nonce. */
  readonly nonce: string | null;
  /** The number that it must be of, in E.164, where that is known. */
  readonly phoneNumber?: string | undefined;
};

/** The claims of a proof that was accepted. */
export type ProofClaims = {
  readonly phoneNumber: string;
  readonly purpose: string;
  readonly nonce: string | undefined;
  /** How the code travelled (RFC 8176): `otp` and `sms`, `tel` or `whatsapp`. */
  readonly methods: readonly string[];
  /** `jti`: the same each time that the same proof is fetched. */
  readonly id: string;
  readonly provenAt: Date;
  readonly expiresAt: Date;
};

/** The claims of an accepted proof, or why it is refused. */
export type Verdict =
  | { readonly kind: "proven"; readonly claims: ProofClaims }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Verifies one proof and uses it up. Throws where the keys or the replay store cannot be reached: that is no fault of the proof. */
export type VerifyProof<Purpose extends string> = {
  (proof: unknown, expected: Expected<Purpose>): Promise<Verdict>;
  readonly issuer: string;
  readonly purposes: readonly Purpose[];
};

const DEFAULT_TOLERANCE_SECONDS = 5;
/** Claims that every proof of Latchkey has. */
const REQUIRED = ["iss", "aud", "exp", "iat", "jti", "phone_number", "purpose"];

/**
 * Returns the function that a back end calls with each proof. It makes all checks: signature, issuer, audience, age, purpose, nonce, number, and
 * that it was not used before. A proof is used up only when every other check has passed.
 */
export function createProofVerifier<const Purpose extends string>(
  options: VerifierOptions<Purpose>,
): VerifyProof<Purpose> {
  const { issuer, purposes, clock = Date.now } = options;
  insistOnSafety(options);
  // Kept for ten minutes, jose's own default, and read again for an unknown key.
  const keys = options.keys ?? createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  const replayStore = options.replayStore ?? memoryReplayStore(clock);
  const toleranceSeconds = options.clockToleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;

  async function genuine(proof: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(proof, keys, {
      issuer,
      audience: options.audience,
      algorithms: ["RS256"],
      requiredClaims: REQUIRED,
      clockTolerance: toleranceSeconds,
      currentDate: new Date(clock()),
    });
    return payload;
  }

  async function judged(proof: string, expected: Expected<Purpose>): Promise<Verdict> {
    const payload = await genuine(proof).catch(refusalOf);
    if (typeof payload === "string") return refused(payload);
    const claims = claimsOf(payload);
    if (claims === undefined) return refused("claim-missing");
    const mismatch = mismatchOf(claims, expected, clock() + toleranceSeconds * 1_000);
    return mismatch === undefined ? { kind: "proven", claims } : refused(mismatch);
  }

  async function verify(proof: unknown, expected: Expected<Purpose>): Promise<Verdict> {
    if (!purposes.includes(expected.purpose))
      throw new TypeError(`purposes of the verifier lack "${expected.purpose}"`);
    if (typeof proof !== "string") return refused("malformed");
    const verdict = await judged(proof, expected);
    if (verdict.kind === "refused") return verdict;
    const { id, expiresAt } = verdict.claims;
    const forgetAt = new Date(expiresAt.getTime() + (toleranceSeconds + 1) * 1_000);
    return (await replayStore({ id, forgetAt })) ? verdict : refused("replayed");
  }
  return Object.assign(verify, { issuer, purposes });
}

function refused(refusal: Refusal): Verdict {
  return { kind: "refused", refusal };
}

/** Keys that came by plain HTTP could come from an attacker. */
function insistOnSafety(options: VerifierOptions<string>): void {
  const { issuer, audience, purposes, clockToleranceSeconds = 0 } = options;
  const { protocol, hostname } = new URL(issuer);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLocal))
    throw new TypeError(`issuer must be an https address, not ${issuer}`);
  if (!isText(audience)) throw new TypeError("audience must be a text that is not empty");
  if (purposes.length === 0) throw new TypeError("purposes must name at least one");
  // With NaN no proof would ever expire.
  if (!Number.isFinite(clockToleranceSeconds))
    throw new TypeError("clockToleranceSeconds must be a number");
}

const BY_CODE: Readonly<Record<string, Refusal>> = {
  ERR_JWS_INVALID: "malformed",
  ERR_JWT_INVALID: "malformed",
  ERR_JOSE_NOT_SUPPORTED: "signature-invalid",
  ERR_JOSE_ALG_NOT_ALLOWED: "signature-invalid",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "signature-invalid",
  ERR_JWKS_NO_MATCHING_KEY: "key-unknown",
  ERR_JWT_EXPIRED: "expired",
};

const BY_CLAIM: Readonly<Record<string, Refusal>> = {
  iss: "issuer-mismatch",
  aud: "audience-mismatch",
  nbf: "not-yet-valid",
  iat: "not-yet-valid",
};

/** The refusal for an error of jose. Throws an error again that is not the proof's fault. */
function refusalOf(fault: unknown): Refusal {
  if (fault instanceof errors.JWTClaimValidationFailed)
    return fault.reason === "missing" ? "claim-missing" : (BY_CLAIM[fault.claim] ?? "malformed");
  const refusal = fault instanceof errors.JOSEError ? BY_CODE[fault.code] : undefined;
  if (refusal !== undefined) return refusal;
  throw new Error("the proof keys cannot be read", { cause: fault });
}

function claimsOf(payload: JWTPayload): ProofClaims | undefined {
  const { jti, iat, exp, amr, purpose, nonce, phone_number: phoneNumber } = payload;
  if (!isText(jti) || !isText(purpose) || !isText(phoneNumber)) return undefined;
  if (iat === undefined || exp === undefined || payload["phone_number_verified"] !== true)
    return undefined;
  return {
    phoneNumber,
    purpose,
    nonce: isText(nonce) ? nonce : undefined,
    methods: Array.isArray(amr) ? amr.filter(isText) : [],
    id: jti,
    provenAt: new Date(iat * 1_000),
    expiresAt: new Date(exp * 1_000),
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function mismatchOf(
  claims: ProofClaims,
  { purpose, nonce, phoneNumber }: Expected<string>,
  latest: number,
): Refusal | undefined {
  if (claims.provenAt.getTime() > latest) return "not-yet-valid";
  if (claims.purpose !== purpose) return "purpose-mismatch";
  if ((claims.nonce ?? null) !== nonce) return "nonce-mismatch";
  if (phoneNumber !== undefined && claims.phoneNumber !== phoneNumber) return "number-mismatch";
  return undefined;
}
