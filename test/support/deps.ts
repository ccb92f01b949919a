import { randomBytes, randomInt } from "node:crypto";
import type { startEndpoint } from "../../functions/http/start.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import type { Challenge } from "../../functions/verification/admission.ts";
import type { ChallengeResult } from "../../functions/verification/challenge.ts";
import type { ChannelSettings } from "../../functions/verification/channels.ts";
import type { CheckDeps } from "../../functions/verification/check.ts";
import { isVerificationId, type VerificationId } from "../../functions/verification/identifiers.ts";
import type { JournalEntry } from "../../functions/verification/journal.ts";
import type { FailedMessage } from "../../functions/verification/next-step.ts";
import type { Key, Message, SendOutcome, SwitchState } from "../../functions/verification/ports.ts";
import type { ReportDeps } from "../../functions/verification/report.ts";
import type { ResendDeps } from "../../functions/verification/resend.ts";
import type { ScopeTerms } from "../../functions/verification/scopes.ts";
import type { SpeakDeps } from "../../functions/verification/speak.ts";
import type { SpendTerms } from "../../functions/verification/spend.ts";
import { type StartDeps, type StartRequest, start } from "../../functions/verification/start.ts";
import type { Stores } from "./engine-stores.ts";
import { memoryStores, OPEN_SWITCH } from "./memory-stores.ts";

/** What tests turn and look at. */
type Kept = {
  readonly time: { now: number };
  readonly messages: Message[];
  /** Messages that were reported to the provider as approved. */
  readonly approvedMessages: string[];
  /** Messages with which nothing more happens. */
  readonly redacted: string[];
  /** Steps of a plan that were requested. */
  readonly steps: FailedMessage[];
  readonly faults: string[];
  /** What was written down. */
  readonly entries: JournalEntry[];
  /** What the provider answers from now on. */
  readonly provider: { outcome: SendOutcome["kind"] };
};

/** Everything that the use cases ask for, with a clock that tests turn, a provider that keeps what it is sent, and a log of faults. */
export type Deps = StartDeps &
  ResendDeps &
  CheckDeps &
  ReportDeps &
  SpeakDeps &
  Parameters<typeof startEndpoint>[0] &
  Stores &
  Kept;

/** Noon of a day with no meaning, a whole number of every window. */
export const NOON = 1_800_000_000_000;

export function someDeps(stores: Stores = memoryStores()): Deps {
  const kept: Kept = {
    time: { now: NOON },
    messages: [],
    approvedMessages: [],
    redacted: [],
    steps: [],
    faults: [],
    entries: [],
    provider: { outcome: "accepted" },
  };
  const { time, messages, provider } = kept;
  return {
    ...stores,
    ...kept,
    clock: () => time.now,
    keys: testKeys,
    random: { integer: (below) => randomInt(below), bytes: (count) => randomBytes(count) },
    sender: {
      async send(message) {
        if (provider.outcome === "refused") return { kind: "refused", why: "provider-unavailable" };
        messages.push(message);
        if (provider.outcome === "unknown") return { kind: "unknown" };
        const kind = message.channel === "voice" ? "CA" : "SM";
        const messageId = kind + String(messages.length).padStart(32, "0");
        return { kind: "accepted", provider: "twilio", messageId };
      },
    },
    outcomes: {
      async report({ end, messageId }) {
        (end === "approved" ? kept.approvedMessages : kept.redacted).push(messageId);
      },
    },
    nextSteps: {
      async take(step) {
        kept.steps.push(step);
      },
    },
    signer: { sign: async (claims) => JSON.stringify(claims) },
    logFault: (what) => kept.faults.push(what),
    journal: (entry) => kept.entries.push(entry),
    scopeTerms: TEST_SCOPES,
    spendTerms: TEST_SPEND,
    brand: "Acme",
    androidAppHash: "",
    channels: SMS_ONLY,
    locales: ["en-GB"],
    limits: LIMITS,
    pages: { hasApps: true, host: undefined },
    keyEpoch: 1,
    fictionalNumbers: true,
    proofTerms: {
      issuer: "https://verify.example.com",
      audience: "acme",
      lifetimeSeconds: LIMITS.proofLifetimeSeconds,
    },
  };
}

/** The settings of a stage that names no channels. */
const SMS_ONLY: ChannelSettings = {
  hasWhatsApp: false,
  voiceCountries: [],
  plan: [],
  isPlanAutomatic: false,
};

/** All three channels, in the order of `plan`. */
export function everyChannel(
  plan: ChannelSettings["plan"] = [],
  steps: "offered" | "automatic" = "offered",
): ChannelSettings {
  return {
    hasWhatsApp: true,
    voiceCountries: ["GB"],
    plan,
    isPlanAutomatic: steps === "automatic",
  };
}

/** A challenge whose tokens pass once each, as all of them do, while its provider answers that they pass. */
export function aChallenge(
  when: Challenge["terms"]["when"],
  provider: { result: ChallengeResult } = { result: "passed" },
): Challenge {
  const used = new Set<string>();
  const site = { provider: "turnstile", siteKey: "site", action: "start" } as const;
  return {
    terms: { ...site, when, whenUnreachable: "refuse" },
    verifier: {
      async verify({ token }) {
        if (provider.result !== "passed") return provider.result;
        if (used.has(token)) return "failed";
        used.add(token);
        return "passed";
      },
    },
  };
}

/** As every stage has them, but for the range: all numbers of fiction are neighbours. */
export const TEST_SCOPES: ScopeTerms = {
  limits: { ...LIMITS.unverifiedSends, range: { ...LIMITS.unverifiedSends.range, max: 1_000 } },
  homeCountry: "GB",
};

const DOLLAR = 1_000_000;

/** A hundred dollars an hour, at ten cents a message. */
export const TEST_SPEND: SpendTerms = {
  total: { perHourMicros: 100 * DOLLAR, perDayMicros: 400 * DOLLAR },
  countries: {},
  keptForTickets: 0.2,
  knownShare: 0,
  prices: { GB: { sms: DOLLAR / 10, whatsapp: DOLLAR / 20, voice: DOLLAR / 5 } },
  shards: 1,
};

/** Keys that differ by name and by epoch, as those of KMS do. */
export function keysBy(key: (label: string) => Key | Promise<Key>): StartDeps["keys"] {
  return {
    index: async () => key("index"),
    seal: async (epoch) => key(`seal/${epoch}`),
    code: async (epoch) => key(`code/${epoch}`),
    callback: async (epoch) => key(`callback/${epoch}`),
  };
}

/** 256 bits. */
const testKeys = keysBy((label) => Buffer.from(`only tests know ${label}`.padEnd(32)));

/** A number without a phone: 07700 900000 to 900999 (Ofcom, numbers for drama). */
export function fictionalNumber(index = 123): string {
  return `+447700900${String(index).padStart(3, "0")}`;
}

export function aStart(request: Partial<StartRequest> = {}): StartRequest {
  return {
    to: fictionalNumber(),
    purpose: "login",
    locale: "en-GB",
    clientAddress: "192.0.2.1",
    ...request,
  };
}

/** Starts a verification. Its message carries `code`, unless it is a call. */
export async function started(
  deps: StartDeps & Pick<Deps, "messages">,
  request: Partial<StartRequest> = {},
) {
  const outcome = await start(deps, aStart(request));
  if (outcome.kind !== "started") throw new Error(outcome.why);
  const message = deps.messages.at(-1);
  const isCall = message?.channel === "voice";
  return {
    id: idIn(outcome.view.id),
    view: outcome.view,
    code: message === undefined || isCall ? "" : carriedBy(message),
    reportToken: message?.reportToken ?? "",
    callToken: isCall ? message.callToken : "",
  };
}

/** The same with some methods of one of its stores replaced. */
export function over<Name extends keyof Stores>(
  deps: Deps,
  store: Name,
  methods: Partial<Stores[Name]>,
): Deps {
  return { ...deps, [store]: { ...deps[store], ...methods } };
}

/** What a store does that is asked too often. */
export const throttled = () => Promise.reject(new Error("throttled"));

/** The same under another state of the switch. */
export function under(deps: Deps, state: Partial<SwitchState>): Deps {
  return { ...deps, sendingSwitch: { switchState: async () => ({ ...OPEN_SWITCH, ...state }) } };
}

export function newestCode({ messages }: Pick<Deps, "messages">): string {
  return carriedBy(messages.at(-1));
}

/** The code that a message carries. A call carries none: ask `speak`. */
export function carriedBy(message: Message | undefined): string {
  if (message?.channel === "whatsapp") return message.code;
  const code = /\b\d{6,8}\b/.exec(message?.channel === "sms" ? message.text : "")?.[0];
  if (code === undefined) throw new Error("no code in the message");
  return code;
}

export function otherThan(code: string, step = 1): string {
  return String((Number(code) + step) % 10 ** code.length).padStart(code.length, "0");
}

export function idIn(text: string): VerificationId {
  if (!isVerificationId(text)) throw new Error("no id");
  return text;
}
