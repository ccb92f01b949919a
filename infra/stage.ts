import parsePhoneNumber, { isSupportedCountry } from "libphonenumber-js/mobile";
import * as v from "valibot";
import type { Country } from "../functions/policy/destinations.ts";
import { eachScope, LIMITS, SCOPE_MODES } from "../functions/policy/limits.ts";
import { LOCALES } from "../functions/policy/messages/locales.ts";
import { SENDER_OF_LETTERS } from "../functions/policy/sender-rules.ts";
import { LIMIT_SETTINGS } from "../functions/runtime/terms.ts";
import { CHALLENGE_PROVIDERS } from "../functions/verification/challenge.ts";
import { APP_NAME, OWN_APP } from "../functions/verification/identifiers.ts";
import { CHANNELS, type Channel, type Upgrade } from "../functions/verification/verification.ts";
import { FUNCTION_NAMES } from "./by-function.ts";
import { isPublicOrigin, isWebOrigin, SITE_KEYS } from "./stage-texts.ts";

/**
 * The settings of a deployment as data. The description of each field states its form: a refusal puts it behind "must be". `stage-rules.ts`
 * adds the rules over several fields.
 */

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
/** A field that may be left out, with what it must be otherwise. */
const optional = <const Schema extends v.GenericSchema>(schema: Schema, text: string) =>
  v.exactOptional(v.pipe(schema, v.description(text)));

const WORDS = v.pipe(v.string(), v.regex(/\S+\s+\S+\s+\S+/));
/** API Gateway admits 10,000 requests a second in a region until AWS raises that; ten times as much is a typing error. */
const COUNT = whole(1, 100_000);
const THROTTLE = v.pipe(
  v.strictObject({ requestsPerSecond: COUNT, burst: COUNT }),
  v.description("requestsPerSecond and burst, both whole numbers from 1 to 100000"),
);
/** Switched off, with a reason. */
const OFF = v.strictObject({ off: v.literal(true), because: WORDS });
/** Credentials that cost money and reach people. */
const LIVE = v.strictObject({ live: v.literal(true), because: WORDS });
/** Without credentials, and as a URL parser writes it, because it is used unchanged. A host alone may lack its slash. */
const HTTPS = v.pipe(
  v.string(),
  v.regex(/^https:\/\/[^/@]+(\/|$)/),
  v.check((text) => [text, `${text}/`].includes(`${URL.parse(text)?.href}`)),
);
/** RFC 1123. A top-level domain is of letters, or as RFC 5890 encodes others (xn--p1ai). */
const HOST = /([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/;
const MAIL = v.pipe(v.string(), v.regex(new RegExp(`^[\\w+-]+(\\.[\\w+-]+)*@${HOST.source}`, "i")));
/** Its last word is ip, addr or address, which some write together with the one before: x-azure-clientip, but not x-zip. */
const ONE_ADDRESS =
  /^(?=[a-z])[a-z0-9-]*(-|client|ip|origin|real|remote|socket|source|true|user)(ip|addr|address)$/;
const COUNTRY = v.custom<Country>((code) => typeof code === "string" && isSupportedCountry(code));
/** With a national zero (+4407…) it is a number for people, and Twilio refuses it. */
const isNumber = (text: string) =>
  /^\+[1-9]\d{6,14}$/.test(text) && parsePhoneNumber(text)?.number === text;
const NUMBER = v.pipe(v.string(), v.check(isNumber));

/** Who sends the SMS of one country. `registered`: its carriers or Twilio have registered it. */
const SMS_SENDER = v.union([
  v.strictObject({
    from: v.pipe(
      v.string(),
      v.check((from) => isNumber(from) || /^\d{5,6}$/.test(from) || SENDER_OF_LETTERS.test(from)),
    ),
    registered: v.exactOptional(v.literal(true)),
    /** India's, which Twilio takes by a Messaging Service only. */
    entityId: v.exactOptional(v.string()),
    templateId: v.exactOptional(v.string()),
  }),
  v.strictObject({ messagingServiceSid: v.pipe(v.string(), v.regex(/^MG[0-9a-fA-F]{32}$/)) }),
]);

/** A hundred million messages to the UK a month take $200,000 a day. */
const MONEY = v.pipe(v.number(), v.minValue(0.1), v.maxValue(10_000_000));
const CAP = { dollarsPerHour: MONEY, dollarsPerDay: MONEY };
/** No message costs less than a tenth of a cent: a price in cents or in dollars would make every cap useless. */
const MICROS = whole(1_000, 10_000_000);
/** A limit above the messages of the most expensive day that a cap allows has no effect. */
const LIMIT = whole(1, 100_000);

const SCOPE = v.strictObject({
  mode: v.exactOptional(v.picklist(SCOPE_MODES)),
  max: v.exactOptional(LIMIT),
  maxPerDay: v.exactOptional(LIMIT),
});

const ORIGIN = v.pipe(v.string(), v.check(isWebOrigin));

const APP = v.pipe(v.string(), v.regex(APP_NAME));

/** A placeholder of the example, which is refused at deployment. */
export const EXAMPLE_SITE_KEY = "example-site-key";

const CHALLENGE = v.pipe(
  v.strictObject({
    provider: v.picklist(CHALLENGE_PROVIDERS),
    siteKey: v.string(),
    when: v.picklist(["always", "under-pressure"]),
    /** The result of a start if the provider does not answer. */
    whenUnreachable: v.picklist(["refuse", "allow"]),
    /** The apps whose reCAPTCHA for Android passes: its tokens name a package in place of a host. */
    androidPackages: v.exactOptional(v.array(v.pipe(v.string(), v.regex(/^[a-z]\w*(\.\w+)+$/i)))),
  }),
  v.check(
    ({ provider, siteKey }) => siteKey === EXAMPLE_SITE_KEY || SITE_KEYS[provider].test(siteKey),
  ),
  v.check(({ provider, androidPackages }) => provider === "recaptcha" || !androidPackages),
);

const CHALLENGE_TEXT = `off: true with because in at least three words, or provider (${CHALLENGE_PROVIDERS.join(", ")}), siteKey (of that provider, and none of its keys for tests), when ("always" or "under-pressure") and whenUnreachable ("refuse" or "allow"); for recaptcha androidPackages, a list of names of apps, if it is given`;

/** Each has counters in the item of a day's money. */
const MOST_APPS = 20;

const COMMON = {
  /**
   * Countries whose mobile numbers receive codes, the home country first. Every other country costs more and attracts pumping, so each is opened
   * by name.
   */
  countries: v.pipe(
    v.array(COUNTRY),
    v.minLength(1),
    v.check((list) => isEachOnce(list)),
    v.description("a list of at least one ISO 3166-1 code such as GB, each once"),
  ),
  /** The country whose national form (07700 900123) is accepted beside E.164. None by default. */
  defaultCountry: optional(COUNTRY, "an ISO 3166-1 code such as GB, if it is given"),
  /** UK mobile numbers in blocks that Ofcom has not allocated. Refused by default; `count` if the table is old. */
  unallocatedBlocks: optional(
    v.picklist(["refuse", "count"]),
    '"refuse" or "count", if it is given',
  ),
  /** The sender's name in the message. GSM-7 characters, so that a message stays one segment. Four digits in a row could be taken for the code. */
  brand: v.pipe(
    v.string(),
    v.regex(/^(?!.*\d{4})(?! |.* $)(?=.*[A-Za-z0-9])[A-Za-z0-9 .&'-]{1,20}$/),
    v.description(
      "1 to 20 letters, digits (three in a row at most), spaces or . & ' -, with a letter or a digit, and no space at an end",
    ),
  ),
  /** The languages of messages. The first is used where a request asks for none of them. All, and English first, if left out. */
  locales: optional(
    v.pipe(
      v.tupleWithRest([v.picklist(LOCALES)], v.picklist(LOCALES)),
      v.check((list) => isEachOnce(list)),
    ),
    `a list of at least one of ${LOCALES.join(", ")}, each once, if it is given`,
  ),
  /** The eleven characters by which SMS Retriever recognizes the messages of an Android app. They end each message for `platform: "android"`. */
  androidAppHash: optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{11}$/)),
    "the eleven characters that SMS Retriever gives an app, if it is given",
  ),
  /**
   * Whether apps of iOS or Android start verifications without a page; so does an `androidAppHash`. Where they do not, each message ends with the
   * line by which browsers fill the code in on the stage's page only, whatever platform the caller states.
   */
  nativeApps: optional(v.boolean(), "true or false, if it is given"),
  /**
   * Senders of SMS by the country of the number. Every other country is sent to by the sender beside the credentials. The demands of a country:
   * functions/policy/sender-rules.ts.
   */
  senders: v.exactOptional(
    v.pipe(
      v.record(COUNTRY, SMS_SENDER),
      v.description(
        "a sender by country: from (a number in E.164, a short code, or 1 to 11 letters, digits, spaces and & _ + - with a letter among them) with registered: true where it is registered, or messagingServiceSid (MG and 32 hex digits), if it is given",
      ),
    ),
  ),
  /**
   * Codes by WhatsApp: a number with a profile there, and its approved authentication templates (ContentSids), by Meta's name of their language.
   * The first serves every language that has none.
   */
  whatsApp: optional(
    v.strictObject({
      from: NUMBER,
      templates: v.pipe(
        v.record(
          v.pipe(v.string(), v.regex(/^[a-z]{2,3}(_[A-Z]{2})?$/)),
          v.pipe(v.string(), v.regex(/^HX[0-9a-fA-F]{32}$/)),
        ),
        v.check((templates) => Object.keys(templates).length > 0),
      ),
    }),
    "from (a number in E.164) and templates (such as en_GB: HX and 32 hex digits), if it is given",
  ),
  /** Codes by a call. It costs more than a message and has its own kinds of fraud, so each country is opened by name. */
  voice: optional(
    v.strictObject({
      from: NUMBER,
      countries: v.pipe(
        v.array(COUNTRY),
        v.minLength(1),
        v.check((list) => isEachOnce(list)),
      ),
    }),
    "from (a number in E.164) and countries (ISO 3166-1, each once), if it is given",
  ),
  /** The channels in order: the next one is offered to the person, or used automatically if a message has definitely failed. */
  plan: optional(
    v.strictObject({
      channels: v.pipe(
        v.array(v.picklist(CHANNELS)),
        v.minLength(2),
        v.check((list) => isEachOnce(list)),
      ),
      steps: v.picklist(["offered", "automatic"]),
    }),
    'channels (two at least, each once) and steps ("offered" or "automatic"), if it is given',
  ),
  /** `aud` of a proof: the service that accepts it. */
  proofAudience: v.pipe(
    v.string(),
    v.regex(/^\S{1,100}$/),
    v.description("1 to 100 characters without spaces"),
  ),
  /** The sid that code for Twilio Verify names as its service (`VA` and 32 hex digits). Any is taken by default. */
  verifyServiceSid: optional(
    v.pipe(v.string(), v.regex(/^VA[0-9a-f]{32}$/)),
    "VA and 32 hex digits, if it is given",
  ),
  /** This and the code of a problem are its `type` (RFC 9457), in place of the page that the deployment serves. */
  problemDocsUrl: optional(
    v.pipe(HTTPS, v.regex(/^https:\/\/[^/$]+\/[^$]*$/)),
    "a URL-encoded https address to which the code of a problem can be added (it is sent unchanged), with a path and without $ (a variable of the gateway begins with it), if it is given",
  ),
  /** This and the name of a runbook are the link of an alarm, in place of the dashboard, which shows the runbooks. */
  runbooksUrl: optional(
    v.pipe(HTTPS, v.endsWith("/")),
    "a URL-encoded https address ending in / to which the name of a runbook can be added (it is sent unchanged), if it is given",
  ),
  /** The epoch that new verifications are keyed with. Raise it by one to limit the age of derived keys; it is no remedy for misuse of a KMS key, see the runbook of key-misuse. */
  keyEpoch: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(9_999),
    v.description("a whole number from 0 to 9999"),
  ),
  /**
   * The proof keys that are made and published, by number, oldest first; [1] if left out. To change the key, add the next number: the new key is
   * published at once and signs by itself when no verifier can lack it (functions/policy/proof-key-change.ts). Remove the old number five minutes later.
   */
  proofKeys: optional(
    v.pipe(
      v.array(whole(1, 99)),
      v.minLength(1),
      v.maxLength(2),
      v.check(([first = 0, second = 100]) => first < second),
    ),
    "one or two numbers from 1 to 99, the older first, if they are given",
  ),
  /** Requests of all callers together; above it the gateway refuses before anything costs money. AWS calls it best effort. */
  throttle: THROTTLE,
  /** The part of it for requests that cost a message: each of start and resend. */
  sendThrottle: THROTTLE,
  /** More requests a minute than this are a spike, at any hour. */
  expectedRequestsPerMinute: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.description("a whole number from 1"),
  ),
  /**
   * `requestsPerAddress`: of one address, in five minutes; a carrier shares one address among thousands of phones. `tokenRequired`: whether a
   * start, and a resend, must carry the token of the firewall's script; only where every caller is a page that loads it. AWS takes no limit below 10.
   */
  firewall: v.pipe(
    v.union([
      v.strictObject({ requestsPerAddress: whole(10, 2_000_000_000), tokenRequired: v.boolean() }),
      OFF,
    ]),
    v.description(
      "requestsPerAddress (from 10) and tokenRequired, or off: true with because in at least three words",
    ),
  ),
  /**
   * The most that all messages together may cost. Reserved before each send; a full cap pauses sending. `countries`: caps of single countries;
   * any but the home country has a tenth of the total by default. `keptForTickets`: the share of each cap that only people with a returning
   * ticket may use, so that an attack does not stop them.
   */
  spend: v.pipe(
    v.strictObject({
      ...CAP,
      countries: v.exactOptional(v.record(COUNTRY, v.strictObject(CAP))),
      /** Dollars a day. The stage's own app is `main`. */
      apps: v.exactOptional(v.record(APP, MONEY)),
      /** The reason for a day's cap above `UNCONFIRMED_DOLLARS`. */
      because: v.exactOptional(WORDS),
      keptForTickets: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)),
    }),
    v.description(
      "dollarsPerHour and dollarsPerDay (0.1 to 10000000, the day at least the hour), keptForTickets (0 to 0.9), and countries, apps (dollars a day by name) and because (three words) if any",
    ),
  ),
  /**
   * Back ends may declare on the server routes that they know a number (`knownNumber: true`): so many messages a day, at the home country's
   * price, are reserved for those within the day's cap, and later ones count as strangers'. None by default: the declaration then has no effect.
   */
  knownNumbers: optional(
    v.strictObject({ perDay: COUNT }),
    "perDay, a whole number from 1, worth at most half of the day's cap",
  ),
  /** Twilio's price for this account, if it differs from the list price or no list price is known. */
  prices: optional(
    v.record(
      COUNTRY,
      v.strictObject({
        sms: MICROS,
        whatsapp: v.exactOptional(MICROS),
        voice: v.exactOptional(MICROS),
        rcs: v.exactOptional(MICROS),
      } satisfies Readonly<Record<Channel | Upgrade, v.GenericSchema>>),
    ),
    "for each country sms, and whatsapp, voice and rcs if any, in millionths of a dollar, from 1000 (a tenth of a cent) to 10000000, if it is given",
  ),
  /** Limits of codes, numbers, tickets and proofs that differ from limits.ts, within its bounds. */
  limits: optional(
    LIMIT_SETTINGS,
    `whole numbers for any of ${Object.keys(LIMIT_SETTINGS.entries).join(", ")}, if it is given`,
  ),
  /** Limits of unverified sends of a scope that differ from limits.ts. */
  scopes: optional(
    v.strictObject(eachScope(() => v.exactOptional(SCOPE))),
    `for any of ${Object.keys(LIMITS.unverifiedSends).join(", ")}: mode (${SCOPE_MODES.join(", ")}), max and maxPerDay (1 to 100000)`,
  ),
  /**
   * The token that a start must carry, above a threshold or always. None by default; production must give a reason for none. `siteKey` is the
   * public key; `npm run secrets` asks for the secret one.
   */
  challenge: optional(v.union([CHALLENGE, OFF]), `${CHALLENGE_TEXT}, if it is given`),
  /**
   * The header in which the proxy in front of the API sends its client's address, such as `cf-connecting-ip`. Only if every request passes the
   * proxy: another caller could send any address. Other names stand for a list, whose first entry is the caller's own, or for no address, with
   * which every client would be unknown. By default the address of the connection counts.
   */
  clientAddressHeader: optional(
    v.strictObject({
      name: v.pipe(v.string(), v.maxLength(64), v.regex(ONE_ADDRESS)),
      because: WORDS,
    }),
    "name (one header in lower case that the proxy sets itself, ending in the word ip, addr or address, as others hold a list or no address) and because in at least three words, if it is given",
  ),
  /** Whether events of verifications are put on a bus of EventBridge, made from the logs: docs/reference/events.md. Off by default. */
  events: v.exactOptional(v.pipe(v.boolean(), v.description("true or false, if it is given"))),
  /** A Slack channel that receives alarms beside the mail. The workspace is connected once by hand, in the console of Amazon Q Developer in chat applications. */
  slack: optional(
    v.strictObject({
      workspaceId: v.pipe(v.string(), v.regex(/^[0-9A-Z]{1,255}$/)),
      channelId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,256}$/)),
    }),
    "workspaceId (such as T0123ABCD) and channelId (such as C0123ABCD), if it is given",
  ),
  /**
   * Functions with a reserved share of the account's concurrency, which is also their maximum. None by default: new accounts have too little to
   * divide.
   */
  reservedConcurrency: optional(
    v.record(v.picklist(FUNCTION_NAMES), COUNT),
    "whole numbers from 1 by the names of functions, if it is given",
  ),
  /** The address under which the API is served, instead of the one that AWS gives; its certificate lies in the same region. */
  domain: optional(
    v.strictObject({
      name: v.pipe(v.string(), v.maxLength(253), v.regex(new RegExp(`^${HOST.source}`))),
      certificateArn: v.pipe(
        v.string(),
        v.regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/),
      ),
    }),
    "name (such as verify.example.com) and certificateArn (of ACM, in the same region), if it is given",
  ),
};

/**
 * Other apps of the stage by name, for pages and native clients with a brand and proofs of their own. The settings above are those of the stage's
 * own app, `main`, and an app has them too where it sets no other; limits of numbers and money are shared. docs/production/configuration.md
 */
const APPS = optional(
  v.pipe(
    v.record(
      v.pipe(APP, v.notValue(OWN_APP)),
      v.strictObject({
        brand: COMMON.brand,
        allowedOrigins: v.array(ORIGIN),
        proofAudience: COMMON.proofAudience,
        locales: COMMON.locales,
        androidAppHash: COMMON.androidAppHash,
        nativeApps: COMMON.nativeApps,
        senders: COMMON.senders,
        verifyServiceSid: COMMON.verifyServiceSid,
      }),
    ),
    v.minEntries(1),
    v.maxEntries(MOST_APPS),
  ),
  `up to ${MOST_APPS} by name (1 to 20 lower-case letters, digits and hyphens, not main), each with brand, allowedOrigins and proofAudience, and locales, androidAppHash, nativeApps, senders or verifyServiceSid of its own, if it is given`,
);

/** Production keeps its data when its stack is deleted, sends to no fictional number and alerts a person. */
const PRODUCTION = {
  ...COMMON,
  apps: APPS,
  production: v.literal(true),
  /** The web pages that may call, as exact origins. */
  allowedOrigins: v.pipe(
    v.array(v.pipe(ORIGIN, v.check(isPublicOrigin))),
    v.minLength(1),
    v.check((list) => isEachOnce(list)),
    v.description(
      "a list of exact origins such as https://app.example.com, each once, at least one https origin, and none of a private network or a developer's machine",
    ),
  ),
  fictionalNumbers: v.pipe(
    v.literal("refused"),
    v.description('"refused" (numbers of fiction are for development)'),
  ),
  challenge: v.pipe(
    v.union([CHALLENGE, OFF]),
    v.description(
      `a challenge (without one few addresses keep out all strangers): ${CHALLENGE_TEXT}`,
    ),
  ),
  /** A year: abuse is found late. */
  logRetentionDays: v.pipe(v.literal(365), v.description("365 (abuse is found late)")),
  twilio: v.pipe(
    LIVE,
    v.description(
      "live: true with because in at least three words (test credentials send nothing)",
    ),
  ),
  /** The address that receives alarms. Must be confirmed by a click in the first mail. */
  alertEmail: v.pipe(MAIL, v.description("the e-mail address that receives alarms")),
  /** The address for reports of vulnerabilities: a mail address or a page. `npm run docs -- --write` puts it into SECURITY.md. */
  securityContact: v.pipe(
    v.union([MAIL, HTTPS]),
    v.description("an e-mail address or a URL-encoded https page for reports of vulnerabilities"),
  ),
};

const DEVELOPMENT = {
  ...COMMON,
  apps: APPS,
  production: v.literal(false),
  /** The web pages that may call, as exact origins. */
  allowedOrigins: v.pipe(
    v.array(ORIGIN),
    v.check((list) => isEachOnce(list)),
    v.description("a list of exact origins such as https://app.example.com, each once"),
  ),
  /** 07700 900000–900999: numbers for drama, which reach no phone. */
  fictionalNumbers: v.pipe(
    v.picklist(["accepted", "refused"]),
    v.description('"accepted" or "refused"'),
  ),
  logRetentionDays: v.pipe(v.picklist([7, 30]), v.description("7 or 30")),
  /**
   * Twilio's test credentials deliver nothing. Live ones outside production need a reason, and reach only the numbers that `npm run secrets` asks
   * for.
   */
  twilio: v.pipe(
    v.union([v.literal("test"), LIVE]),
    v.description('"test", or live: true with because in at least three words'),
  ),
  alertEmail: optional(MAIL, "an e-mail address, if it is given"),
  securityContact: optional(
    v.union([MAIL, HTTPS]),
    "an e-mail address or a URL-encoded https page, if it is given",
  ),
};

/** The two kinds of stage. */
export const STAGE_SCHEMAS = {
  production: v.strictObject(PRODUCTION),
  development: v.strictObject(DEVELOPMENT),
} as const;

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

/** The settings of one deployment. */
export type Stage =
  | Frozen<v.InferOutput<typeof STAGE_SCHEMAS.production>>
  | Frozen<v.InferOutput<typeof STAGE_SCHEMAS.development>>;

/** Types the stages of latchkey.config.ts by the schema, so that an editor shows mistakes. `validateStage` checks each where it is used. */
export function defineLatchkey<const Stages extends Readonly<Record<string, Stage>>>(
  stages: Stages,
): Stages {
  return stages;
}

function isEachOnce(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}
