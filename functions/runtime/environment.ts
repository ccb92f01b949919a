import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PageSettings } from "../verification/start.ts";

/**
 * The environment of each function. The stack is typed against these lists: a variable that a function reads and the stack does not set does not
 * compile.
 */

const TABLE = ["TABLE_NAME"] as const;
/** The name of the app whose settings these are, empty where the stage has no other: see `appEnvironments`. */
const APP = ["APP"] as const;
/**
 * `PROBLEM_DOCS_URL` + code is the `type` of a problem; `ALLOWED_ORIGINS` is a comma-separated list of exact origins; `HAS_APPS` states whether
 * native apps start verifications, `yes` or `no`.
 */
const HTTP = ["PROBLEM_DOCS_URL", "ALLOWED_ORIGINS", "HAS_APPS", ...APP] as const;
/** The header in which a proxy sends its client's address; empty for none. */
const CLIENT = ["CLIENT_ADDRESS_HEADER"] as const;
/** Two KMS HMAC keys, by ARN, and the epoch that new verifications are keyed with. */
const NUMBER_KEYS = ["NUMBERS_KEY_ARN", "KEY_EPOCH"] as const;
const CODE_KEYS = ["CODES_KEY_ARN"] as const;
/** The published proof keys by ARN, oldest first, separated by commas. */
const PROOF_KEYS = ["PROOF_KEY_ARNS"] as const;
/**
 * A secret `{mode, accountSid, apiKeySid, apiKeySecret, from | messagingServiceSid}`, the only mode that is allowed here, and the address of
 * Twilio's API.
 */
const TWILIO = ["TWILIO_SECRET_ARN", "TWILIO_MODE", "TWILIO_BASE_URL"] as const;

/**
 * Settings of messages: whether they may go to `anyone`, or only to the numbers `listed` in the secret; the brand; the languages, the default
 * first; and the hash by which an Android app gets its messages, empty for none.
 */
const MESSAGES = [...TWILIO, "TWILIO_RECIPIENTS", "BRAND", "LOCALES", "ANDROID_APP_HASH"] as const;
/** A secret `{authTokens}` for the signatures of callbacks, and the address of the callbacks. */
const CALLBACKS = ["TWILIO_AUTH_SECRET_ARN", "PUBLIC_URL"] as const;
/** The channels beside SMS, and their order: see channels.ts. Lists are separated by commas, and any may be empty. */
const CHANNELS = [
  "WHATSAPP_FROM",
  "VOICE_COUNTRIES",
  "CHANNEL_PLAN",
  "CHANNEL_PLAN_STEPS",
] as const;
/** The limits of sends and of money: JSON, see terms.ts. */
const TERMS = ["SCOPE_TERMS", "SPEND_TERMS"] as const;
/** The most that the messages of one app may cost in a day, in millionths; empty for no other than that of all. */
const APP_CAP = ["APP_CAP"] as const;
/** The changed limits of a stage: JSON, empty for none. */
const LIMITS = ["LIMITS"] as const;
/** `SMS_SENDERS` is a list of countries=sender, see requests.ts; `WHATSAPP_TEMPLATES` is a list of language=ContentSid; `PUBLIC_URL` is the address of Twilio's callbacks, and `CALLBACK_PASS` what the firewall lets them through by. */
const SENDING = [
  ...TABLE,
  ...NUMBER_KEYS,
  ...CODE_KEYS,
  ...CHANNELS,
  "SMS_SENDERS",
  "WHATSAPP_TEMPLATES",
  "VOICE_FROM",
  "PUBLIC_URL",
  "CALLBACK_PASS",
  ...MESSAGES,
  ...TERMS,
  ...LIMITS,
  ...APP_CAP,
] as const;

/** The allowed numbers: see phone-policy.ts. */
const PHONE = [
  "FICTIONAL_NUMBERS",
  "PHONE_COUNTRIES",
  "UNALLOCATED_BLOCKS",
  "DEFAULT_COUNTRY",
] as const;
/** The challenge of starts: JSON, empty for none; the ARN of its secret, empty with it; and the address that verifies its tokens. */
const CHALLENGE = ["CHALLENGE", "CHALLENGE_SECRET_ARN", "CHALLENGE_VERIFY_URL"] as const;

const KEYED = [
  ...HTTP,
  ...CLIENT,
  ...SENDING,
  ...PHONE,
  ...PROOF_KEYS,
  "PROOF_ISSUER",
  "PROOF_AUDIENCE",
  "OUTCOME_FUNCTION_NAME",
  // The service sid of the shape of Twilio Verify; empty for any.
  "VERIFY_SERVICE_SID",
] as const;

export const ENV = {
  "start-verification": [...HTTP, ...CLIENT, ...SENDING, ...PHONE, ...CHALLENGE],
  "resend-code": [...HTTP, ...CLIENT, ...SENDING],
  "take-next-step": [...SENDING, ...APP],
  "check-code": [
    ...HTTP,
    ...CLIENT,
    ...TABLE,
    ...NUMBER_KEYS,
    ...CODE_KEYS,
    ...PROOF_KEYS,
    "PROOF_ISSUER",
    "PROOF_AUDIENCE",
    "OUTCOME_FUNCTION_NAME",
    ...LIMITS,
  ],
  "serve-keyed": KEYED,
  "serve-twilio-verify": KEYED,
  "show-verification": [...HTTP, ...TABLE, ...NUMBER_KEYS, ...CHANNELS],
  "cancel-verification": [...HTTP, ...TABLE],
  "publish-proof-keys": [...HTTP, ...PROOF_KEYS, "PROOF_ISSUER"],
  "answer-preflight": [...HTTP],
  "receive-delivery": [
    ...HTTP,
    ...TABLE,
    ...NUMBER_KEYS,
    ...CALLBACKS,
    "OUTCOME_FUNCTION_NAME",
    "NEXT_STEP_FUNCTION_NAME",
  ],
  "speak-code": [...HTTP, ...TABLE, ...NUMBER_KEYS, ...CALLBACKS],
  "report-outcome": [...TWILIO],
  "publish-events": ["EVENT_BUS_NAME"],
  operate: [...TABLE, "NUMBERS_KEY_ARN", ...TERMS, ...LIMITS],
} as const;

export type AnyFunctionName = keyof typeof ENV;
/** The functions of every stage: all but the one of a stage with events. */
export type FunctionName = Exclude<AnyFunctionName, "publish-events">;
type Key<F extends AnyFunctionName> = (typeof ENV)[F][number];
export type Env<F extends AnyFunctionName> = { readonly [K in Key<F>]: string };

/**
 * Variables that may be empty: no allowed web page, no default country, no sender of one country, no channel but SMS, no Android app, no other app, no proxy, no
 * challenge, and no changed limit.
 */
const MAY_BE_EMPTY: readonly string[] = [
  "ALLOWED_ORIGINS",
  "DEFAULT_COUNTRY",
  "SMS_SENDERS",
  "WHATSAPP_FROM",
  "WHATSAPP_TEMPLATES",
  "VOICE_FROM",
  "VOICE_COUNTRIES",
  "CHANNEL_PLAN",
  "ANDROID_APP_HASH",
  "VERIFY_SERVICE_SID",
  ...APP,
  ...APP_CAP,
  ...CLIENT,
  ...CHALLENGE,
  ...LIMITS,
];

/** The environment of one function, read once at cold start. A fault names every missing variable at once. */
export function readEnv<F extends AnyFunctionName>(
  name: F,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Env<F> {
  const keys: readonly Key<F>[] = ENV[name];
  const missing = keys.filter(
    (key) => source[key] === undefined || (source[key] === "" && !MAY_BE_EMPTY.includes(key)),
  );
  if (missing.length > 0) throw new Error(`${name} misses ${missing.join(", ")}`);
  const entries = keys.map((key) => [key, source[key]]);
  return Object.fromEntries(entries);
}

/** The file beside the code in which the other apps of a stage are: Lambda's environment holds 4 KB. For each app the variables that differ from the stage's own. */
export const APPS_FILE = "apps.json";

/** The environment of each app of the stage, its own first. Throws where a stage has several and their file is missing. */
export function appEnvironments<E extends { readonly APP: string }>(
  env: E,
  source: Readonly<Record<string, string | undefined>> = process.env,
): readonly [E, ...E[]] {
  if (env.APP === "") return [env];
  const path = join(source["LAMBDA_TASK_ROOT"] ?? "", APPS_FILE);
  const others: readonly Readonly<Record<string, string>>[] = JSON.parse(
    readFileSync(path, "utf8"),
  );
  return [env, ...others.map((own) => ({ ...env, ...own }))];
}

/** The part of the environment that every route reads: the pages of all apps may ask. */
export function apiSettings(env: {
  readonly PROBLEM_DOCS_URL: string;
  readonly ALLOWED_ORIGINS: string;
  readonly APP: string;
}) {
  const allowedOrigins = appEnvironments(env).flatMap((app) => originsIn(app.ALLOWED_ORIGINS));
  return { docsUrl: env.PROBLEM_DOCS_URL, allowedOrigins };
}

/** The origins of a list that may be empty. */
export function originsIn(list: string): readonly string[] {
  return list === "" ? [] : list.split(",");
}

/** Messages are for the first web page that may call, where no other is named. */
export function pageSettings(env: {
  readonly HAS_APPS: string;
  readonly ALLOWED_ORIGINS: string;
}): PageSettings {
  const pages = env.ALLOWED_ORIGINS.split(",").filter((origin) => /^https?:/.test(origin));
  return { hasApps: env.HAS_APPS === "yes", host: pages[0] && URL.parse(pages[0])?.host };
}

export function addressSource(env: { readonly CLIENT_ADDRESS_HEADER: string }) {
  return { header: env.CLIENT_ADDRESS_HEADER || undefined };
}

/** The epoch of the keys. Anything but a small whole number is a fault at cold start, not at the first request. */
export function keyEpochOf(env: { readonly KEY_EPOCH: string }): number {
  if (!/^\d{1,4}$/.test(env.KEY_EPOCH))
    throw new Error("KEY_EPOCH is a whole number from 0 to 9999");
  return Number(env.KEY_EPOCH);
}

/** The name of the deployment in metrics. Every function receives it beside its list; `none` outside a deployment. */
export function deploymentOf(
  source: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return source["DEPLOYMENT"] ?? "none";
}
