import { VERIFY_URLS } from "../functions/adapters/challenge/challenge.ts";
import { PROBLEMS_PATH } from "../functions/http/problems-page.ts";
import { DESTINATIONS } from "../functions/policy/destinations.ts";
import { LOCALES } from "../functions/policy/messages/locales.ts";
import type { Env, FunctionName } from "../functions/runtime/environment.ts";
import { OWN_APP } from "../functions/verification/identifiers.ts";
import { namedSenders, senderText } from "./sender-faults.ts";
import { challengeOf, scopeTermsVariable, spendTermsOf } from "./sending-terms.ts";
import type { Stage } from "./stage.ts";

/** The parts of a stack, for the functions that use them. */
export type Places = {
  readonly tableName: string;
  readonly numbersKeyArn: string;
  readonly codesKeyArn: string;
  /** Oldest first. */
  readonly proofKeyArns: readonly string[];
  /** The address of the API, which is also the issuer of its proofs. */
  readonly proofIssuer: string;
  readonly callbackPass: string;
  readonly twilioSecretArn: string;
  readonly twilioAuthSecretArn: string;
  readonly outcomeFunctionName: string;
  readonly nextStepFunctionName: string;
  /** The ARN of the secret of the challenge, if the stage has one. */
  readonly challengeSecretArn: string | undefined;
};

/** The environment of every function, for one app of the stage. It does not compile if a variable that a function reads is missing. */
export function environments(
  stage: Stage,
  places: Places,
  app = stage.apps === undefined ? "" : OWN_APP,
): { readonly [F in FunctionName]: Env<F> } {
  const { http, table, numbers, codes, twilio, channels } = partsOf(stage, places, app);
  const sending = {
    ...table,
    ...numbers,
    ...codes,
    ...twilio,
    ...channels,
    ...sendersOf(stage),
    ...messagesEnv(stage),
    PUBLIC_URL: places.proofIssuer,
    CALLBACK_PASS: places.callbackPass,
    ...termsOf(stage),
    ...appCapOf(stage, app),
  };
  const callbacks = {
    TWILIO_AUTH_SECRET_ARN: places.twilioAuthSecretArn,
    PUBLIC_URL: places.proofIssuer,
  };
  const client = { CLIENT_ADDRESS_HEADER: stage.clientAddressHeader?.name ?? "" };
  const proving = proofsOf(stage, places);
  const starting = { ...http, ...client, ...sending, ...startsOf(stage) };
  const keyed = { ...starting, ...proving, VERIFY_SERVICE_SID: stage.verifyServiceSid ?? "" };
  return {
    "serve-keyed": keyed,
    "serve-twilio-verify": keyed,
    "start-verification": { ...starting, ...challengeEnv(stage, places) },
    "resend-code": { ...http, ...client, ...sending },
    "take-next-step": sending,
    "check-code": { ...http, ...client, ...table, ...numbers, ...codes, ...proving },
    "show-verification": { ...http, ...table, ...numbers, ...channels },
    "cancel-verification": { ...http, ...table },
    "publish-proof-keys": {
      ...http,
      PROOF_KEY_ARNS: places.proofKeyArns.join(","),
      PROOF_ISSUER: places.proofIssuer,
    },
    "answer-preflight": http,
    "receive-delivery": {
      ...http,
      ...table,
      ...numbers,
      ...callbacks,
      OUTCOME_FUNCTION_NAME: places.outcomeFunctionName,
      NEXT_STEP_FUNCTION_NAME: places.nextStepFunctionName,
    },
    "speak-code": { ...http, ...table, ...numbers, ...callbacks },
    "report-outcome": twilio,
    operate: { ...table, NUMBERS_KEY_ARN: places.numbersKeyArn, ...termsOf(stage) },
  };
}

function proofsOf(stage: Stage, { proofKeyArns, proofIssuer, outcomeFunctionName }: Places) {
  return {
    ...limitsEnv(stage),
    OUTCOME_FUNCTION_NAME: outcomeFunctionName,
    PROOF_KEY_ARNS: proofKeyArns.join(","),
    PROOF_ISSUER: proofIssuer,
    PROOF_AUDIENCE: stage.proofAudience,
  };
}

/** Variables of several functions. */
function partsOf(stage: Stage, places: Places, app: string) {
  return {
    http: {
      PROBLEM_DOCS_URL: problemDocsAt(places.proofIssuer, stage),
      ALLOWED_ORIGINS: stage.allowedOrigins.join(","),
      HAS_APPS: stage.nativeApps === true || stage.androidAppHash !== undefined ? "yes" : "no",
      APP: app,
    },
    table: { TABLE_NAME: places.tableName },
    numbers: { NUMBERS_KEY_ARN: places.numbersKeyArn, KEY_EPOCH: String(stage.keyEpoch) },
    codes: { CODES_KEY_ARN: places.codesKeyArn },
    twilio: {
      TWILIO_SECRET_ARN: places.twilioSecretArn,
      TWILIO_MODE: twilioModeOf(stage),
      TWILIO_BASE_URL: "https://api.twilio.com",
    },
    channels: channelsEnv(stage),
  };
}

/** This and a code are the `type` of a problem. */
export function problemDocsAt(address: string, { problemDocsUrl }: Stage): string {
  return problemDocsUrl ?? `${address}${PROBLEMS_PATH}#`;
}

function startsOf(stage: Stage) {
  return {
    FICTIONAL_NUMBERS: stage.fictionalNumbers,
    PHONE_COUNTRIES: stage.countries.join(","),
    UNALLOCATED_BLOCKS: stage.unallocatedBlocks ?? DESTINATIONS.unallocatedBlocks,
    DEFAULT_COUNTRY: stage.defaultCountry ?? "",
  };
}

function appCapOf({ spend }: Stage, app: string) {
  const dollarsPerDay = spend.apps?.[app];
  const micros = dollarsPerDay === undefined ? "" : Math.round(dollarsPerDay * 1_000_000);
  return { APP: app, APP_CAP: String(micros) };
}

export function channelsEnv({ whatsApp, voice, plan }: Stage) {
  return {
    WHATSAPP_FROM: whatsApp?.from ?? "",
    VOICE_COUNTRIES: (voice?.countries ?? []).join(","),
    CHANNEL_PLAN: (plan?.channels ?? []).join(","),
    CHANNEL_PLAN_STEPS: plan?.steps ?? "offered",
  };
}

function sendersOf(stage: Stage) {
  const { whatsApp, voice } = stage;
  const templates = Object.entries(whatsApp?.templates ?? {});
  const bySender = Map.groupBy(namedSenders(stage), ([, sender]) => senderText(sender));
  return {
    // Countries of one sender share its text: Lambda's environment is small.
    SMS_SENDERS: [...bySender]
      .map(([sender, of]) => `${of.map(([country]) => country).join(".")}=${sender}`)
      .join(","),
    WHATSAPP_TEMPLATES: templates.map(([language, sid]) => `${language}=${sid}`).join(","),
    VOICE_FROM: voice?.from ?? "",
  };
}

function messagesEnv(stage: Stage) {
  return {
    TWILIO_RECIPIENTS: twilioRecipientsOf(stage),
    BRAND: stage.brand,
    LOCALES: (stage.locales ?? LOCALES).join(","),
    ANDROID_APP_HASH: stage.androidAppHash ?? "",
  } as const;
}

export function termsOf(stage: Stage) {
  return {
    SCOPE_TERMS: JSON.stringify(scopeTermsVariable(stage)),
    SPEND_TERMS: JSON.stringify(spendTermsOf(stage)),
    ...limitsEnv(stage),
  } as const;
}

/** The differences from limits.ts. A stage without own limits has none. */
function limitsEnv({ limits = {} }: Stage) {
  return { LIMITS: Object.keys(limits).length === 0 ? "" : JSON.stringify(limits) } as const;
}

function challengeEnv(stage: Stage, { challengeSecretArn = "" }: Places) {
  const challenge = challengeOf(stage);
  return {
    CHALLENGE: challenge === undefined ? "" : JSON.stringify(challenge),
    CHALLENGE_SECRET_ARN: challengeSecretArn,
    CHALLENGE_VERIFY_URL: challenge === undefined ? "" : VERIFY_URLS[challenge.provider],
  } as const;
}

/** The allowed recipients of a stage. Live credentials outside production reach a list of numbers; test credentials deliver nothing. */
export function twilioRecipientsOf({
  twilio,
  production,
}: Pick<Stage, "twilio" | "production">): "anyone" | "listed" {
  return twilio !== "test" && !production ? "listed" : "anyone";
}

/** The only kind of Twilio credentials that a stage accepts. */
export function twilioModeOf({ twilio }: Pick<Stage, "twilio">): "test" | "live" {
  return twilio === "test" ? "test" : "live";
}
