import type { ProblemCode } from "../../functions/http/problem.ts";
import type { CheckBody, VerificationBody } from "../../functions/http/responses.ts";
import { EXAMPLES } from "./examples.ts";
import type { Json, ResponseName } from "./schemas.ts";

export type Operation = {
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly requestExample?: Json;
  /** Whether it takes an Idempotency-Key. */
  readonly isIdempotent?: true;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    readonly schema?: ResponseName;
    readonly examples?: Readonly<Record<string, VerificationBody | CheckBody | Json>>;
    /** Of the answer that several routes have, as the document names it. */
    readonly name?: string;
  };
  /** Problems beyond those of every route of its form. */
  readonly problems: readonly ProblemCode[];
};

/** The provider's refusals of a message, and the refusals before one. */
const SENDING = [
  "phone-invalid",
  "phone-not-allowed",
  "country-not-enabled",
  "channel-not-available",
  "recipient-opted-out",
  "provider-unavailable",
  "request-in-progress",
  "too-many-sends",
  "number-locked",
  "sending-paused",
] as const satisfies readonly ProblemCode[];

const CHECKED = {
  status: 200,
  description: "What became of the code.",
  schema: "CheckResult",
  examples: { approved: EXAMPLES.approved, incorrect: EXAMPLES.incorrect },
  name: "CodeChecked",
} as const;

/** Each route by its method and path: its text and its results. A test checks every answer of the test run against it. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /v1/verifications": {
    id: "startVerification",
    summary: "Start a verification",
    description:
      "Sends one code to a number. The same request under the same Idempotency-Key sends nothing more, for ten minutes, and answers with the same verification.",
    requestExample: EXAMPLES.start,
    isIdempotent: true,
    success: {
      status: 201,
      description: "A code is on its way.",
      schema: "Verification",
      examples: { started: EXAMPLES.verification },
    },
    problems: [...SENDING, "challenge-required", "idempotency-key-reused"],
  },
  "GET /v1/verifications/{id}": {
    id: "showVerification",
    summary: "Show a verification",
    description: "The state of a verification and of its newest message, for a caller with its id.",
    success: {
      status: 200,
      description: "The verification.",
      schema: "Verification",
      examples: { pending: EXAMPLES.verification },
      name: "VerificationShown",
    },
    problems: [],
  },
  "DELETE /v1/verifications/{id}": {
    id: "cancelVerification",
    summary: "Cancel a verification",
    description:
      'Ends a verification: "wrong number". Canceling twice has the effect of canceling once; an approved verification stays approved.',
    success: { status: 204, description: "The verification is canceled." },
    problems: ["verification-ended"],
  },
  "POST /v1/verifications/{id}/check": {
    id: "checkCode",
    summary: "Check a code",
    description:
      "A wrong code is an answer, not a problem. Where the answer of an approval was lost, the same request under the same Idempotency-Key gives its proof again while it is good, five minutes at most.",
    requestExample: EXAMPLES.check,
    isIdempotent: true,
    success: CHECKED,
    problems: ["code-malformed", "idempotency-key-reused", "request-in-progress"],
  },
  "POST /v1/verifications/check": {
    id: "checkNumber",
    summary: "Check a code by number",
    description:
      "Checks the newest verification that the app of the key has started for the number, as a check by its id would.",
    requestExample: EXAMPLES.checkNumber,
    isIdempotent: true,
    success: CHECKED,
    problems: [
      "phone-invalid",
      "phone-not-allowed",
      "country-not-enabled",
      "code-malformed",
      "verification-not-found",
      "idempotency-key-reused",
      "request-in-progress",
    ],
  },
  "POST /v1/verifications/{id}/resend": {
    id: "resendCode",
    summary: "Send another code",
    description:
      "Gives no new checks. Older codes stay good until their own end, since messages arrive late; that of a failed message ends when another channel takes its turn.",
    requestExample: EXAMPLES.resend,
    isIdempotent: true,
    success: {
      status: 202,
      description: "Another code is on its way.",
      schema: "Verification",
      examples: { resent: EXAMPLES.verification },
      name: "CodeResent",
    },
    problems: [...SENDING, "verification-ended"],
  },
  "GET /.well-known/jwks.json": {
    id: "listProofKeys",
    summary: "List the proof keys",
    description:
      "What a back end checks proofs with (RFC 7517). May be kept for ten minutes; a proof with an unknown kid is a reason to ask again.",
    success: {
      status: 200,
      description: "The keys.",
      schema: "ProofKeys",
      examples: { keys: EXAMPLES.keys },
    },
    problems: [],
  },
  "HEAD /.well-known/jwks.json": {
    id: "headProofKeys",
    summary: "Ask for the headers of the proof keys",
    description: "The headers of the same request by GET, without its body.",
    success: { status: 200, description: "The headers." },
    problems: [],
  },
  "GET /.well-known/openid-configuration": {
    id: "showDiscovery",
    summary: "Show where the proof keys are",
    description:
      "OpenID Connect Discovery 1.0, for software that is given the issuer alone. The API is no authorization server: the two endpoints that the document has to name answer 404.",
    success: {
      status: 200,
      description: "The discovery document.",
      schema: "Discovery",
      examples: { discovery: EXAMPLES.discovery },
    },
    problems: [],
  },
  "HEAD /.well-known/openid-configuration": {
    id: "headDiscovery",
    summary: "Ask for the headers of the discovery document",
    description: "The headers of the same request by GET, without its body.",
    success: { status: 200, description: "The headers." },
    problems: [],
  },
};
