/** What differs between deployments. Data only; everything else is the same everywhere. */
type Common = {
  /** Who the message is from, in its words. GSM-7 characters, so that a message stays one segment. */
  readonly brand: string;
  /** The web pages that may call, as exact origins. */
  readonly allowedOrigins: readonly string[];
  /** `aud` of a proof: who is meant to accept it. */
  readonly proofAudience: string;
  /** This and the code of a problem are its `type` (RFC 9457). */
  readonly problemDocsUrl: string;
  /** The epoch that new verifications are keyed with. Raise it by one to change every derived key but that of the pseudonyms. */
  readonly keyEpoch: number;
  /** The proof key before the last change, published until its last proof has run out. */
  readonly previousProofKeyArn?: string;
  /** Requests of everybody together; above it the gateway refuses before anything is paid for. AWS calls it best effort. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number };
};

/** Production keeps its data whatever happens to the stack, and sends to no number of fiction. */
type Production = Common & {
  readonly production: true;
  readonly fictionalNumbers: "refused";
  /** A year: abuse is found late. */
  readonly logRetentionDays: 365;
};

type Development = Common & {
  readonly production: false;
  /** 07700 900000–900999: numbers for drama, which reach nobody. */
  readonly fictionalNumbers: "accepted" | "refused";
  readonly logRetentionDays: 7;
};

export type Stage = Production | Development;

/** The section on problems of the README, wherever the operator puts it. */
const PROBLEM_DOCS_URL = "https://latchkey.example/README.md#";

export const STAGES = {
  dev: {
    production: false,
    brand: "Latchkey Dev",
    allowedOrigins: ["http://localhost:3000"],
    proofAudience: "latchkey-dev",
    problemDocsUrl: PROBLEM_DOCS_URL,
    fictionalNumbers: "accepted",
    keyEpoch: 1,
    throttle: { requestsPerSecond: 10, burst: 20 },
    logRetentionDays: 7,
  },
  prod: {
    production: true,
    brand: "Latchkey",
    // No web page until the operator names his.
    allowedOrigins: [],
    proofAudience: "latchkey",
    problemDocsUrl: PROBLEM_DOCS_URL,
    fictionalNumbers: "refused",
    keyEpoch: 1,
    // 25 verifications a second, two requests each: two million a day.
    throttle: { requestsPerSecond: 50, burst: 100 },
    logRetentionDays: 365,
  },
} as const satisfies Readonly<Record<string, Stage>>;

export type StageName = keyof typeof STAGES;

export function isStageName(name: unknown): name is StageName {
  return typeof name === "string" && Object.hasOwn(STAGES, name);
}
