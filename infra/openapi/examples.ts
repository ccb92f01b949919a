import type { ProblemCode, ProblemMembers } from "../../functions/http/problem.ts";
import type { CheckBody, VerificationBody } from "../../functions/http/responses.ts";
import { LIMITS } from "../../functions/policy/limits.ts";

/** A fictitious number without a subscriber (Ofcom). */
const NUMBER = "+447700900123";
const STARTED = Date.parse("2026-01-01T12:00:00Z");

const verification: VerificationBody = {
  id: "v1-kT3mCn0uZq5sV8yBxE2hRgWd",
  status: "pending",
  channel: "sms",
  to: "+44•••••••123",
  codeLength: LIMITS.codeDigits,
  expiresAt: new Date(STARTED + LIMITS.codeLifetimeSeconds * 1_000).toISOString(),
  resendAt: new Date(STARTED + LIMITS.sendsPerNumber[0].windowSeconds * 1_000).toISOString(),
  checksRemaining: LIMITS.checksPerVerification,
  channels: ["sms"],
  delivery: "queued",
};

const incorrect: CheckBody = {
  id: verification.id,
  status: "pending",
  result: "incorrect",
  checksRemaining: LIMITS.checksPerVerification - 1,
};

const approved: CheckBody = {
  ...incorrect,
  status: "approved",
  result: "approved",
  proof: "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6In…",
  ticket: "1.qf3Zk0PpQ8mB…",
};

export const EXAMPLES = {
  start: { to: NUMBER, purpose: "login", nonce: "n-4f6b1c2d" },
  check: { code: "042719" },
  checkNumber: { to: NUMBER, code: "042719" },
  resend: {},
  verification,
  incorrect,
  approved,
  discovery: {
    issuer: "https://verify.example.com",
    jwks_uri: "https://verify.example.com/.well-known/jwks.json",
    authorization_endpoint: "https://verify.example.com/unsupported/authorization",
    token_endpoint: "https://verify.example.com/unsupported/token",
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["iss", "aud", "sub", "phone_number", "purpose"],
  },
  keys: {
    keys: [
      {
        kty: "RSA",
        // RFC 7517, appendix A.1, cut short.
        n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86z…",
        e: "AQAB",
        kid: "vY7tq2mDk1c0Zb4N",
        alg: "RS256",
        use: "sig",
      },
    ],
  },
} as const;

/** The members of a problem in its example, if it has any. */
export const PROBLEM_MEMBERS: Partial<Readonly<Record<ProblemCode, ProblemMembers>>> = {
  "body-invalid": { detail: "This field is missing.", pointer: "/to" },
  "code-malformed": { pointer: "/code" },
  "phone-not-allowed": { reason: "landline" },
  "challenge-required": {
    challenge: { provider: "turnstile", siteKey: "your-site-key", action: "start" },
  },
  "verification-ended": { verificationStatus: "approved" },
  "request-in-progress": { retryAfterSeconds: 2 },
  "too-many-requests": { retryAfterSeconds: 540 },
  "too-many-sends": { retryAfterSeconds: 24, resendAt: verification.resendAt },
  "api-key-spent": { retryAfterSeconds: 43_200 },
  "number-locked": { retryAfterSeconds: 2_592_000 },
  "sending-paused": { retryAfterSeconds: 600 },
  "provider-unavailable": { retryAfterSeconds: 60 },
};
