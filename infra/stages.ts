import type { Country } from "../functions/policy/destinations.ts";
import type { ScopeMode } from "../functions/policy/limits.ts";
import type { Locale } from "../functions/policy/messages/locales.ts";
import type { ChannelPrices } from "../functions/policy/prices.ts";
import type { FunctionName } from "../functions/runtime/environment.ts";
import type { ChallengeProvider } from "../functions/verification/challenge.ts";
import type { ScopeKind } from "../functions/verification/scopes.ts";
import type { Channel } from "../functions/verification/verification.ts";

/**
 * What differs between deployments. Data only; everything else is the same everywhere. To add a stage, add a row: `stage-rules.ts` says in
 * one sentence what is wrong with it.
 */
type Common = {
  /** Whose mobiles are sent to, the home country first. Each other one costs more and draws pumping, so each is opened by name. */
  readonly countries: readonly Country[];
  /** The country whose national form (07700 900123) is taken beside E.164. None if left out. */
  readonly defaultCountry?: Country;
  /** What becomes of UK mobiles in blocks that Ofcom has given to nobody. Refused if left out; `count` where the table has grown old. */
  readonly unallocatedBlocks?: "refuse" | "count";
  /** Who the message is from, in its words. GSM-7 characters, so that a message stays one segment. */
  readonly brand: string;
  /** The languages of messages. The first is spoken where a request asks for none of them. All, and English first, if left out. */
  readonly locales?: readonly [Locale, ...Locale[]];
  /** The eleven characters by which SMS Retriever knows the messages of an Android app. They end each message for `platform: "android"`. */
  readonly androidAppHash?: string;
  /** Codes by WhatsApp: a number with a profile there, and its approved authentication templates, by Meta's name of their language. */
  readonly whatsApp?: {
    readonly from: string;
    /** ContentSids; the first is for every language that has none. */
    readonly templates: Readonly<Record<string, string>>;
  };
  /** Codes by a call. It costs more than a message and has its own fraud, so each country is opened by name. */
  readonly voice?: {
    readonly from: string;
    readonly countries: readonly Country[];
  };
  /** What to try first, then next: offered to the person, or taken by itself where a message has definitely failed. */
  readonly plan?: {
    readonly channels: readonly Channel[];
    readonly steps: "offered" | "automatic";
  };
  /** The web pages that may call, as exact origins. */
  readonly allowedOrigins: readonly string[];
  /** `aud` of a proof: who is meant to accept it. */
  readonly proofAudience: string;
  /** This and the code of a problem are its `type` (RFC 9457). */
  readonly problemDocsUrl: string;
  /** This and the name of an alarm lead to what to do about it. */
  readonly runbooksUrl: string;
  /** The epoch that new verifications are keyed with. Raise it by one to limit the age of derived keys; after misuse of a KMS key it helps nobody, see the runbook of key-misuse. */
  readonly keyEpoch: number;
  /** The proof key before the last change, published until its last proof has run out. */
  readonly previousProofKeyArn?: string;
  /** Requests of everybody together; above it the gateway refuses before anything is paid for. AWS calls it best effort. */
  readonly throttle: Throttle;
  /** Of those, the ones that cost a message: each of start and resend. */
  readonly sendThrottle: Throttle;
  /** More requests a minute than this are a spike, whatever the hour. */
  readonly expectedRequestsPerMinute: number;
  readonly firewall: Firewall;
  /** The most that messages may cost, whoever asks for them. Reserved before each send; what is full pauses sending. */
  readonly spend: Spend;
  /**
   * Back ends may vouch on the server routes that they know a number (`knownNumber: true`): so many messages a day, at the home country's price, are
   * kept for those, whatever everybody else does. At most half of the day's cap. None if left out: vouching then changes nothing.
   */
  readonly knownNumbers?: { readonly perDay: number };
  /** What Twilio asks of this account, where it is not the list price, and where no list price is known. */
  readonly prices?: Partial<Readonly<Record<Country, ChannelPrices>>>;
  /** Where the unverified sends of a scope are limited in another way than limits.ts says. */
  readonly scopes?: Partial<Readonly<Record<ScopeKind, ScopeSetting>>>;
  /** What a start must show beside all limits, under pressure or always. Nothing if left out; production must say why it has none. */
  readonly challenge?: ChallengeSetting | Off;
  /**
   * The header in which the proxy before the API names its client, such as `cloudfront-viewer-address`. Only where nobody can come past the proxy:
   * whoever could, would name any address. Left out, the address of the connection counts.
   */
  readonly clientAddressHeader?: { readonly name: string; readonly because: string };
  /** Where alarms are told beside the mail. */
  readonly slack?: Slack;
  /** Functions that get a share of the account's concurrency of their own, which also is their most. None if left out: new accounts have too little to divide. */
  readonly reservedConcurrency?: Partial<Readonly<Record<FunctionName, number>>>;
  /** The address under which the API is served, instead of the one that AWS gives; its certificate lies in the same region. */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
};

type Cap = { readonly dollarsPerHour: number; readonly dollarsPerDay: number };

type Spend = Cap & {
  /** Of single countries; each but the home country has a tenth of the whole if it is not named. */
  readonly countries?: Partial<Readonly<Record<Country, Cap>>>;
  /** The share of each cap that only people with a returning ticket may use, so that an attack on the rest does not stop them. 0 to 0.9. */
  readonly keptForTickets: number;
};

type ScopeSetting = { readonly mode?: ScopeMode; readonly max?: number };

type ChallengeSetting = {
  readonly provider: ChallengeProvider;
  /** The public half; `npm run secrets` asks for the other. */
  readonly siteKey: string;
  readonly when: "always" | "under-pressure";
  /** What becomes of a start when the provider does not answer. */
  readonly whenUnreachable: "refuse" | "allow";
};

/** A channel that hears of alarms beside the mail. The workspace is connected once by hand, in the console of Amazon Q Developer in chat applications. */
type Slack = { readonly workspaceId: string; readonly channelId: string };

type Throttle = { readonly requestsPerSecond: number; readonly burst: number };

type Firewall =
  | {
      /** Of one address, in five minutes. A carrier shares one address among thousands of phones. */
      readonly requestsPerAddress: number;
      /** Whether a start, and a resend, must carry the token of the firewall's script. Only where every caller is a page that loads it. */
      readonly tokenRequired: boolean;
    }
  | Off;

/** Something is switched off, and somebody said why. */
type Off = { readonly off: true; readonly because: string };

/** Credentials that cost money and reach people. */
type Live = { readonly live: true; readonly because: string };

/** Production keeps its data whatever happens to the stack, sends to no number of fiction and wakes somebody up. */
type Production = Common & {
  readonly production: true;
  readonly challenge: ChallengeSetting | Off;
  readonly fictionalNumbers: "refused";
  /** A year: abuse is found late. */
  readonly logRetentionDays: 365;
  readonly twilio: Live;
  /** Who is told of alarms. Must be confirmed by a click in the first mail. */
  readonly alertEmail: string;
  /** Where somebody who found a hole writes: a mail address that is read, or a page. `npm run security -- --write` puts it into SECURITY.md. */
  readonly securityContact: string;
};

type Development = Common & {
  readonly production: false;
  /** 07700 900000–900999: numbers for drama, which reach nobody. */
  readonly fictionalNumbers: "accepted" | "refused";
  readonly logRetentionDays: 7 | 30;
  /** Twilio's test credentials send nothing. Live ones outside production need a reason, and reach the numbers only that `npm run secrets` asks for. */
  readonly twilio: "test" | Live;
  readonly alertEmail?: string;
  readonly securityContact?: string;
};

export type Stage = Production | Development;

/** Where the operator puts this repository. A host that ends in `.example` stands for "yours", and is refused when it is deployed to production. */
const PROJECT_URL = "https://latchkey.example";
const PROBLEM_DOCS_URL = `${PROJECT_URL}/README.md#`;
const RUNBOOKS_URL = `${PROJECT_URL}/docs/runbooks/`;

export const STAGES = {
  dev: {
    production: false,
    brand: "Latchkey Dev",
    countries: ["GB"],
    allowedOrigins: ["http://localhost:3000"],
    proofAudience: "latchkey-dev",
    problemDocsUrl: PROBLEM_DOCS_URL,
    runbooksUrl: RUNBOOKS_URL,
    fictionalNumbers: "accepted",
    twilio: "test",
    // All there is, for whoever builds a page; Twilio's test credentials send none of it, and the local handset shows it.
    whatsApp: { from: "+15005550006", templates: { en_GB: `HX${"0".repeat(32)}` } },
    voice: { from: "+15005550006", countries: ["GB"] },
    keyEpoch: 1,
    throttle: { requestsPerSecond: 10, burst: 20 },
    sendThrottle: { requestsPerSecond: 5, burst: 10 },
    expectedRequestsPerMinute: 300,
    firewall: { off: true, because: "It costs nine dollars a month, and nothing here sends." },
    // Test credentials cost nothing: far enough off not to stop anybody who tries things, and there all the same.
    spend: { dollarsPerHour: 100, dollarsPerDay: 500, keptForTickets: 0.2 },
    // All numbers of fiction are one range.
    scopes: { range: { max: 1_000 } },
    logRetentionDays: 7,
  },
  staging: {
    production: false,
    brand: "Latchkey Staging",
    countries: ["GB"],
    allowedOrigins: ["https://staging.app.example"],
    proofAudience: "latchkey-staging",
    problemDocsUrl: PROBLEM_DOCS_URL,
    runbooksUrl: RUNBOOKS_URL,
    fictionalNumbers: "accepted",
    twilio: "test",
    keyEpoch: 1,
    throttle: { requestsPerSecond: 50, burst: 100 },
    sendThrottle: { requestsPerSecond: 25, burst: 50 },
    expectedRequestsPerMinute: 600,
    firewall: { requestsPerAddress: 1_000, tokenRequired: false },
    // Test credentials cost nothing: far enough off not to stop anybody who tries things, and there all the same.
    spend: { dollarsPerHour: 100, dollarsPerDay: 500, keptForTickets: 0.2 },
    // All numbers of fiction are one range.
    scopes: { range: { max: 1_000 } },
    logRetentionDays: 30,
  },
  prod: {
    production: true,
    brand: "Latchkey",
    countries: ["GB"],
    allowedOrigins: ["https://app.example"],
    proofAudience: "latchkey",
    problemDocsUrl: PROBLEM_DOCS_URL,
    runbooksUrl: RUNBOOKS_URL,
    fictionalNumbers: "refused",
    twilio: { live: true, because: "Its messages go to people who sign in." },
    alertEmail: "oncall@latchkey.example",
    securityContact: "security@latchkey.example",
    keyEpoch: 1,
    // 12.5 verifications a second from web pages, four requests each with their preflights: a million a day. Sends have twice that, for
    // people who want another code and back ends, which ask for no preflight.
    throttle: { requestsPerSecond: 50, burst: 100 },
    sendThrottle: { requestsPerSecond: 25, burst: 50 },
    expectedRequestsPerMinute: 600,
    firewall: { requestsPerAddress: 1_000, tokenRequired: false },
    // 5,000 UK messages a day and 1,250 an hour, a fifth of them for known numbers. Raise it with your sign-ins: it is the worst bill, and what runs out under attack.
    // A fifth of the other 4,000 is for tickets alone, so that people who return are served on a day on which strangers have used up the rest.
    spend: { dollarsPerHour: 75, dollarsPerDay: 300, keptForTickets: 0.2 },
    knownNumbers: { perDay: 1_000 },
    // Limits cannot tell the first start of a stranger from that of an attacker; a challenge can. Its key comes from the provider.
    challenge: {
      provider: "turnstile",
      siteKey: "example-site-key",
      when: "under-pressure",
      whenUnreachable: "refuse",
    },
    logRetentionDays: 365,
  },
} as const satisfies Readonly<Record<string, Stage>>;

export type StageName = keyof typeof STAGES;

export function isStageName(name: unknown): name is StageName {
  return typeof name === "string" && Object.hasOwn(STAGES, name);
}
