import { isSupportedCountry } from "libphonenumber-js/mobile";
import * as v from "valibot";
import { LIMITS, SCOPE_MODES } from "../functions/policy/limits.ts";
import { LOCALES } from "../functions/policy/messages/locales.ts";
import { PRICES } from "../functions/policy/prices.ts";
import { CHALLENGE_PROVIDERS } from "../functions/verification/challenge.ts";
import { takesOriginHost } from "../functions/verification/message.ts";
import { CHANNELS } from "../functions/verification/verification.ts";
import { FUNCTION_NAMES } from "./by-function.ts";
import type { Stage } from "./stages.ts";

const WORDS = v.pipe(v.string(), v.regex(/\S+\s+\S+\s+\S+/));
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(1));
const THROTTLE = v.strictObject({ requestsPerSecond: COUNT, burst: COUNT });
const OFF = v.strictObject({ off: v.literal(true), because: WORDS });
const LIVE = v.strictObject({ live: v.literal(true), because: WORDS });
const HTTPS = v.pipe(
  v.string(),
  v.check((text) => URL.parse(text)?.protocol === "https:"),
);

const COUNTRY = v.pipe(
  v.string(),
  v.check((code) => isSupportedCountry(code)),
);

const NUMBER = v.pipe(v.string(), v.regex(/^\+[1-9]\d{6,14}$/));

const PUBLIC = v.pipe(v.string(), v.regex(/^https:\/\/(?!localhost|127\.|\[)/));

const MONEY = v.pipe(v.number(), v.minValue(0.1), v.maxValue(100_000));
const CAP = {
  dollarsPerHour: MONEY,
  dollarsPerDay: MONEY,
};
/** No message costs less than a tenth of a cent: a price in cents or in dollars would leave every cap without meaning. */
const MICROS = v.pipe(v.number(), v.integer(), v.minValue(1_000), v.maxValue(10_000_000));
/** A limit above the messages of the dearest day that a cap allows is none. */
const LIMIT = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000));
const SCOPE_KINDS = v.picklist(Object.keys(LIMITS.unverifiedSends));

/** Each field: what it takes, and that in words behind "must be". */
const CHALLENGE = v.strictObject({
  provider: v.picklist(CHALLENGE_PROVIDERS),
  siteKey: v.pipe(v.string(), v.regex(/^[\w-]{10,100}$/)),
  when: v.picklist(["always", "under-pressure"]),
  whenUnreachable: v.picklist(["refuse", "allow"]),
});

const FIELDS = {
  production: [v.boolean(), "true or false"],
  countries: [
    v.pipe(v.array(COUNTRY), v.minLength(1)),
    "a list of at least one ISO 3166-1 code such as GB",
  ],
  defaultCountry: [v.optional(COUNTRY), "an ISO 3166-1 code such as GB, if it is given"],
  unallocatedBlocks: [
    v.optional(v.picklist(["refuse", "count"])),
    '"refuse" or "count", if it is given',
  ],
  brand: [
    // Four digits in a row could be taken for the code.
    v.pipe(v.string(), v.regex(/^(?!.*\d{4})[A-Za-z0-9 .&'-]{1,20}$/)),
    "1 to 20 letters, digits (three in a row at most), spaces or . & ' -",
  ],
  locales: [
    v.optional(v.pipe(v.array(v.picklist(LOCALES)), v.minLength(1))),
    `a list of at least one of ${LOCALES.join(", ")}, if it is given`,
  ],
  androidAppHash: [
    v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{11}$/))),
    "the eleven characters that SMS Retriever gives an app, if it is given",
  ],
  whatsApp: [
    v.optional(
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
    ),
    "from (a number in E.164) and templates (such as en_GB: HX and 32 hex digits), if it is given",
  ],
  voice: [
    v.optional(
      v.strictObject({ from: NUMBER, countries: v.pipe(v.array(COUNTRY), v.minLength(1)) }),
    ),
    "from (a number in E.164) and countries (ISO 3166-1), if it is given",
  ],
  plan: [
    v.optional(
      v.strictObject({
        channels: v.pipe(
          v.array(v.picklist(CHANNELS)),
          v.minLength(2),
          v.check((channels) => isEachOnce(channels)),
        ),
        steps: v.picklist(["offered", "automatic"]),
      }),
    ),
    'channels (two at least, each once) and steps ("offered" or "automatic"), if it is given',
  ],
  allowedOrigins: [
    v.array(v.pipe(v.string(), v.check(isOrigin))),
    "a list of exact origins such as https://app.example.com",
  ],
  proofAudience: [v.pipe(v.string(), v.regex(/^\S{1,100}$/)), "1 to 100 characters without spaces"],
  problemDocsUrl: [HTTPS, "an https address to which the code of a problem can be added"],
  runbooksUrl: [
    v.pipe(HTTPS, v.endsWith("/")),
    "an https address ending in / to which the name of an alarm can be added",
  ],
  keyEpoch: [v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999)), "0 to 9999"],
  previousProofKeyArn: [
    v.optional(v.pipe(v.string(), v.startsWith("arn:"), v.includes(":kms:"))),
    "the ARN of a KMS key, if it is given",
  ],
  throttle: [THROTTLE, "requestsPerSecond and burst, both whole numbers from 1"],
  sendThrottle: [THROTTLE, "requestsPerSecond and burst, both whole numbers from 1"],
  expectedRequestsPerMinute: [COUNT, "a whole number from 1"],
  firewall: [
    v.union([
      // AWS takes no limit below 10.
      v.strictObject({
        requestsPerAddress: v.pipe(v.number(), v.integer(), v.minValue(10)),
        tokenRequired: v.boolean(),
      }),
      OFF,
    ]),
    "requestsPerAddress (from 10) and tokenRequired, or off: true with because in at least three words",
  ],
  spend: [
    v.pipe(
      v.strictObject({
        ...CAP,
        countries: v.optional(v.record(COUNTRY, v.strictObject(CAP))),
        keptForTickets: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)),
      }),
      v.check(({ dollarsPerHour, dollarsPerDay }) => dollarsPerHour <= dollarsPerDay),
    ),
    "dollarsPerHour and dollarsPerDay (0.1 to 100000, the day at least the hour), keptForTickets (0 to 0.9), and countries if any",
  ],
  knownNumbers: [
    v.optional(v.strictObject({ perDay: COUNT })),
    "perDay (a whole number from 1), if it is given",
  ],
  prices: [
    v.optional(
      v.record(
        COUNTRY,
        v.strictObject({ sms: MICROS, whatsapp: v.optional(MICROS), voice: v.optional(MICROS) }),
      ),
    ),
    "for each country sms, whatsapp and voice in millionths of a dollar, from 1000 (a tenth of a cent) to 10000000, if it is given",
  ],
  scopes: [
    v.optional(
      v.record(
        SCOPE_KINDS,
        v.strictObject({ mode: v.optional(v.picklist(SCOPE_MODES)), max: v.optional(LIMIT) }),
      ),
    ),
    `for any of ${Object.keys(LIMITS.unverifiedSends).join(", ")}: mode (${SCOPE_MODES.join(", ")}) and limit (1 to 100000)`,
  ],
  challenge: [
    v.optional(v.union([CHALLENGE, OFF])),
    `provider (${CHALLENGE_PROVIDERS.join(", ")}), siteKey, when ("always" or "under-pressure") and whenUnreachable ("refuse" or "allow"), or off: true with because in at least three words, if it is given`,
  ],
  clientAddressHeader: [
    v.optional(
      v.strictObject({
        // Lists to which every proxy adds, and in which the caller has the first word.
        name: v.pipe(v.string(), v.regex(/^(?!(x-forwarded-for|forwarded)$)[a-z][a-z0-9-]{2,63}$/)),
        because: WORDS,
      }),
    ),
    "name (one header in lower case that the proxy sets itself, so neither x-forwarded-for nor forwarded) and because in at least three words, if it is given",
  ],
  slack: [
    v.optional(
      v.strictObject({
        workspaceId: v.pipe(v.string(), v.regex(/^[0-9A-Z]{1,255}$/)),
        channelId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,256}$/)),
      }),
    ),
    "workspaceId (such as T0123ABCD) and channelId (such as C0123ABCD), if it is given",
  ],
  reservedConcurrency: [
    v.optional(v.record(v.picklist(FUNCTION_NAMES), COUNT)),
    "whole numbers from 1 by the names of functions, if it is given",
  ],
  domain: [
    v.optional(
      v.strictObject({
        name: v.pipe(v.string(), v.regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/)),
        certificateArn: v.pipe(v.string(), v.startsWith("arn:"), v.includes(":acm:")),
      }),
    ),
    "name (such as verify.example.com) and certificateArn (of ACM, in the same region), if it is given",
  ],
  fictionalNumbers: [v.picklist(["accepted", "refused"]), '"accepted" or "refused"'],
  logRetentionDays: [v.picklist([7, 30, 365]), "7, 30 or 365"],
  twilio: [
    v.union([v.literal("test"), LIVE]),
    '"test", or live: true with because in at least three words',
  ],
  alertEmail: [v.optional(v.pipe(v.string(), v.email())), "an e-mail address, if it is given"],
  securityContact: [
    v.optional(v.union([v.pipe(v.string(), v.email()), HTTPS])),
    "an e-mail address or an https page, if it is given",
  ],
} as const satisfies Readonly<Record<keyof Everything, readonly [v.GenericSchema, string]>>;

type Everything = Required<Extract<Stage, { production: true }>>;

/** What production must have, beyond what its type asks, and must not have. */
const PRODUCTION = {
  fictionalNumbers: [v.literal("refused"), '"refused": numbers of fiction are for development'],
  twilio: [LIVE, "live: true with because: test credentials send nothing"],
  alertEmail: [v.string(), "the address of somebody who is told of alarms"],
  securityContact: [v.string(), "where somebody who found a hole can write"],
  allowedOrigins: [
    v.pipe(v.array(PUBLIC), v.minLength(1)),
    "at least one https origin, and none of a developer's machine",
  ],
  logRetentionDays: [v.literal(365), "365: abuse is found late"],
  challenge: [
    v.union([CHALLENGE, OFF]),
    "a challenge, or off: true with because in at least three words: without one few addresses lock out all strangers",
  ],
  scopes: [
    v.optional(v.pipe(v.record(v.string(), v.unknown()), v.check(areClientsEnforced))),
    "such that no client goes unlimited: ipv4, ipv6-64, ipv6-48 and client-unknown keep mode enforce, and a limit of ten times that of limits.ts at most",
  ],
} as const satisfies Partial<Record<keyof Everything, readonly [v.GenericSchema, string]>>;

function isEachOnce(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}

const CLIENTS = ["ipv4", "ipv6-64", "ipv6-48", "client-unknown"] as const;

/** A carrier may need more than limits.ts gives; ten times as much is still a limit. */
const MOST_TIMES_THE_LIMIT = 10;

/** Whatever a stage watches to learn, in production no client may do without limit. */
function areClientsEnforced(scopes: Readonly<Record<string, unknown>>): boolean {
  return CLIENTS.every((kind) => {
    const { mode = "enforce", max = 0 } = Object(scopes[kind]);
    return mode === "enforce" && max <= MOST_TIMES_THE_LIMIT * LIMITS.unverifiedSends[kind].max;
  });
}

function isOrigin(text: string): boolean {
  return URL.parse(text)?.origin === text;
}

/**
 * Throws where a stage is not right, with one sentence that names the stage and the field. Types say most of it already; this is for those
 * who read the output and not the editor, and for what types cannot say.
 */
export function validateStage(name: string, stage: unknown): void {
  if (!/^[a-z][a-z0-9]{1,11}$/.test(name))
    throw new Error(
      `Stage ${name}: its name must be 2 to 12 lower-case letters and digits, with a letter first.`,
    );
  const row = v.parse(v.record(v.string(), v.unknown()), stage);
  const stranger = Object.keys(row).find((field) => !Object.hasOwn(FIELDS, field));
  if (stranger !== undefined) throw new Error(`Stage ${name}: ${stranger} is no field of a stage.`);
  const rules = [FIELDS, row["production"] === true ? PRODUCTION : {}].flatMap(Object.entries);
  for (const [field, [schema, must]] of rules) {
    if (!v.is(schema, row[field])) throw new Error(`Stage ${name}: ${field} must be ${must}.`);
  }
  refuseUnpriced(name, row);
  refuseLongHosts(name, row);
  const missing = unheardOf(row);
  if (missing !== undefined)
    throw new Error(`Stage ${name}: plan names ${missing}, which the stage does not set up.`);
}

/** A step of the plan that nobody could be sent. */
function unheardOf({ plan, whatsApp, voice }: Readonly<Record<string, unknown>>) {
  const steps = v.parse(v.optional(v.looseObject({ channels: v.array(v.string()) })), plan);
  const absent = [
    ...(whatsApp === undefined ? ["whatsapp"] : []),
    ...(voice === undefined ? ["voice"] : []),
  ];
  return absent.find((channel) => steps?.channels.includes(channel));
}

const PRICED = v.object({
  countries: v.array(v.string()),
  prices: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** What cannot be booked cannot be capped. */
function refuseUnpriced(name: string, row: unknown): void {
  const { countries, prices } = v.parse(PRICED, row);
  const priced = { ...PRICES.destinations, ...prices };
  const unpriced = countries.find((country) => !Object.hasOwn(priced, country));
  if (unpriced !== undefined)
    throw new Error(
      `Stage ${name}: prices must name ${unpriced}, which is opened and has no price in prices.ts.`,
    );
}

/** What the fields together say of a message, once each is right. */
const MESSAGES = v.object({
  brand: v.string(),
  locales: v.optional(v.array(v.picklist(LOCALES)), [...LOCALES]),
  allowedOrigins: v.array(v.string()),
});

/** A host whose line for autofill some message could never take: two segments are the most that is paid for. */
function refuseLongHosts(name: string, row: unknown): void {
  const { allowedOrigins, ...words } = v.parse(MESSAGES, row);
  const long = allowedOrigins
    .map((origin) => new URL(origin).hostname)
    .find((host) => !takesOriginHost(host, words));
  if (long !== undefined)
    throw new Error(
      `Stage ${name}: allowedOrigins must be hosts that fit into a message, and ${long} is too long for two segments.`,
    );
}

/** A host below `.example` (RFC 2606), or a key that is none. */
const PLACEHOLDER = /\.example(?=["/:]|$)|"example-site-key"/;

/**
 * What stands in a production stage only as an example: fields that hold a host or an address below `.example` (RFC 2606). Synthesis takes
 * them, so that every stage can be looked at as it comes; a deployment must not.
 */
export function placeholdersOf(stage: Stage): readonly string[] {
  if (!stage.production) return [];
  return Object.entries(stage)
    .filter(([, value]) => PLACEHOLDER.test(JSON.stringify(value)))
    .map(([field]) => field);
}
