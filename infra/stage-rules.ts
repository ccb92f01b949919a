import { inspect } from "node:util";
import * as v from "valibot";
import { DESTINATIONS } from "../functions/policy/destinations.ts";
import { LIMITS, limitFault } from "../functions/policy/limits.ts";
import { LOCALES } from "../functions/policy/messages/locales.ts";
import { channelSettings, channelsFor } from "../functions/verification/channels.ts";
import { OWN_APP } from "../functions/verification/identifiers.ts";
import { takesOriginHost } from "../functions/verification/message.ts";
import { appStages } from "./apps.ts";
import { channelsEnv } from "./environments.ts";
import { refusedSender } from "./sender-faults.ts";
import { knownShareOf, spendTermsOf } from "./sending-terms.ts";
import { EXAMPLE_SITE_KEY, STAGE_SCHEMAS, type Stage } from "./stage.ts";

/** A setting that cannot be deployed. Its message is one sentence for the owner of latchkey.config.ts. */
export class StageFault extends Error {
  override readonly name = "StageFault";
}

/** Throws a `StageFault` for an invalid stage: the field, what it must be, and its value. */
export function validateStage(name: string, stage: unknown): asserts stage is Stage {
  const refuse = (sentence: string): never => {
    throw new StageFault(`Stage ${name}: ${sentence}.`);
  };
  if (!/^[a-z][a-z0-9]{1,11}(, app [a-z0-9-]+)?$/.test(name))
    refuse("its name must be 2 to 12 lower-case letters and digits, with a letter first");
  if (typeof stage !== "object" || stage === null || Array.isArray(stage))
    refuse(`it must be an object with the settings, not ${shown(stage)}`);
  const { production } = Object(stage);
  if (typeof production !== "boolean")
    refuse(`production must be true or false${isNow(production)}`);
  if (/^(prod|live)/.test(name) && production === false)
    refuse("production must be true in a stage of this name, not false");
  const schema = production === true ? STAGE_SCHEMAS.production : STAGE_SCHEMAS.development;
  const result = v.safeParse(schema, stage);
  const refusal = result.success
    ? refusalOf(result.output)
    : fieldRefusal(schema.entries, result.issues[0]);
  if (refusal !== undefined) refuse(refusal);
  if (!result.success) return;
  validateApps(name, result.output);
}

function validateApps(name: string, stage: Stage): void {
  for (const [app, ofApp] of appStages(stage)) {
    // An app without a web page is one of native clients or of back ends.
    const { allowedOrigins } = ofApp.allowedOrigins.length > 0 ? ofApp : stage;
    const { apps: _, ...spend } = stage.spend;
    validateStage(`${name}, app ${app}`, { ...ofApp, allowedOrigins, spend });
  }
}

function refusalOf(stage: Stage): string | undefined {
  return RULES.map((rule) => rule(stage)).find((text) => text !== undefined);
}

type Entries = Readonly<Record<string, v.GenericSchema>>;

function fieldRefusal(entries: Entries, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "";
  const [field = ""] = path.split(".");
  const entry = Object.hasOwn(entries, field) ? entries[field] : undefined;
  if (entry === undefined) return `${field} is no field of a stage`;
  const described = "wrapped" in entry && isSchema(entry.wrapped) ? entry.wrapped : entry;
  return `${field} must be ${v.getDescription(described)}${wrongPart(issue, path)}`;
}

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === "object" && value !== null && "~run" in value;
}

/** The wrong part of a field: an unknown name, a missing one, or a value. */
function wrongPart({ type, expected, input }: v.BaseIssue<unknown>, path: string): string {
  if (!path.includes(".")) return isNow(input);
  if (type === "strict_object" && expected === "never") return `; ${path} is no field there`;
  return `; ${path} is ${input === undefined ? "missing" : shown(input)}`;
}

function isNow(value: unknown): string {
  return value === undefined ? "" : `, not ${shown(value)}`;
}

const LONGEST_SHOWN = 100;

/** A value on one line, as far as it helps. JSON has none for a function or NaN. */
function shown(value: unknown): string {
  const isPlain = typeof value === "string" || Array.isArray(value);
  const text = isPlain ? JSON.stringify(value) : inspect(value, { breakLength: Infinity });
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** Rules over several fields that are valid by themselves. */
const RULES: readonly ((stage: Stage) => string | undefined)[] = [
  unopenedCountry,
  capsOutOfOrder,
  unconfirmedCap,
  sendsAboveThrottle,
  unreachableAlarm,
  unreachableFirewall,
  unreachableConcurrency,
  pageAtDomain,
  unlimitedClients,
  unreachableScope,
  unpricedCountry,
  longHost,
  absentChannel,
  unreadableClientHeader,
  knownNumbersAboveHalf,
  limitOutOfBounds,
  refusedSender,
  magicSender,
  sharedApp,
  unknownApp,
];

function limitOutOfBounds({ limits = {} }: Stage): string | undefined {
  const fault = limitFault(limits);
  return fault === undefined ? undefined : `limits.${fault}`;
}

/** A request is of one app: its origin, the audience of its proof or its service names it. */
function sharedApp(stage: Stage): string | undefined {
  const all: readonly (readonly [string, Stage])[] = [[OWN_APP, stage], ...appStages(stage)];
  for (const field of ["allowedOrigins", "proofAudience", "verifyServiceSid"] as const) {
    const named = all.flatMap(([app, own]) =>
      [own[field] ?? []].flat().map((value) => ({ app, value })),
    );
    const shared = [...Map.groupBy(named, ({ value }) => value)].find(([, of]) => of.length > 1);
    if (shared !== undefined)
      return `apps must each have ${field} of their own, and ${shared[1].map(({ app }) => app).join(" and ")} share ${shared[0]}`;
  }
  return undefined;
}

function unknownApp({ spend, apps }: Stage): string | undefined {
  const known = apps === undefined ? [] : [OWN_APP, ...Object.keys(apps)];
  const unknown = Object.keys(spend.apps ?? {}).find((app) => !known.includes(app));
  const above = Object.entries(spend.apps ?? {}).find(([, cap]) => cap > spend.dollarsPerDay);
  if (above !== undefined)
    return `spend must give no app more than all have, which is ${spend.dollarsPerDay} a day, and ${above[0]} has ${above[1]}`;
  return unknown && `spend must name apps of the stage, and apps does not list ${unknown}`;
}

/** The share of known numbers must leave others the larger part. */
function knownNumbersAboveHalf(stage: Stage): string | undefined {
  return knownShareOf(stage) > 0.5
    ? "knownNumbers must be worth at most half of the day's cap"
    : undefined;
}

/** A setting of a country that receives no codes has no effect, and its owner would expect one. */
function unopenedCountry(stage: Stage): string | undefined {
  const { countries, defaultCountry, voice, spend, prices, senders } = stage;
  const named: readonly (readonly [field: string, countries: readonly string[]])[] = [
    ["defaultCountry", defaultCountry === undefined ? [] : [defaultCountry]],
    ["voice", voice?.countries ?? []],
    ["spend", Object.keys(spend.countries ?? {})],
    ["prices", Object.keys(prices ?? {})],
    ["senders", Object.keys(senders ?? {})],
  ];
  const open: readonly string[] = countries;
  for (const [field, list] of named) {
    const closed = list.find((country) => !open.includes(country));
    if (closed !== undefined)
      return `${field} must name open countries, and countries does not list ${closed}`;
  }
  return undefined;
}

function capsOutOfOrder({ spend }: Stage): string | undefined {
  const { countries = {}, dollarsPerHour, dollarsPerDay } = spend;
  if (dollarsPerHour > dollarsPerDay)
    return `spend must be dollarsPerHour and dollarsPerDay with the day at least the hour, and ${dollarsPerHour} is above ${dollarsPerDay}`;
  for (const [country, cap] of Object.entries(countries)) {
    if (cap.dollarsPerHour > cap.dollarsPerDay)
      return `spend must give ${country} a day of at least its hour, and ${cap.dollarsPerHour} is above ${cap.dollarsPerDay}`;
    if (cap.dollarsPerHour > dollarsPerHour || cap.dollarsPerDay > dollarsPerDay)
      return `spend must give ${country} no more than all countries together have, which is ${dollarsPerHour} an hour and ${dollarsPerDay} a day`;
  }
  return undefined;
}

/** A day's cap above this could be a typing error, so it needs a reason in words. */
const UNCONFIRMED_DOLLARS = 100_000;

function unconfirmedCap({ spend: { dollarsPerDay, because } }: Stage): string | undefined {
  return dollarsPerDay > UNCONFIRMED_DOLLARS && because === undefined
    ? `spend must give because in at least three words for a cap above ${UNCONFIRMED_DOLLARS} dollars a day, and dollarsPerDay is ${dollarsPerDay}`
    : undefined;
}

function sendsAboveThrottle({ throttle, sendThrottle }: Stage): string | undefined {
  const above = (["requestsPerSecond", "burst"] as const).find(
    (field) => sendThrottle[field] > throttle[field],
  );
  return above === undefined
    ? undefined
    : `sendThrottle must stay within throttle, and its ${above} of ${sendThrottle[above]} is above ${throttle[above]}`;
}

/** The alarm of a spike could never go off above the throttle. */
function unreachableAlarm({ throttle, expectedRequestsPerMinute }: Stage): string | undefined {
  const most = 60 * throttle.requestsPerSecond;
  return expectedRequestsPerMinute > most
    ? `expectedRequestsPerMinute must stay within the throttle, which lets ${most} through, and is ${expectedRequestsPerMinute}`
    : undefined;
}

/** A stage that throttles all callers more strictly than one address limits no address. AWS WAF counts for five minutes. */
function unreachableFirewall({ throttle, firewall }: Stage): string | undefined {
  const most = 300 * throttle.requestsPerSecond + throttle.burst;
  return "off" in firewall || firewall.requestsPerAddress <= most
    ? undefined
    : `firewall must limit an address to what the throttle lets through in five minutes, which is ${most}, and its requestsPerAddress is ${firewall.requestsPerAddress}`;
}

/** API Gateway waits this long for a function, so that more never run at once. */
const LONGEST_RUN_SECONDS = 29;

function unreachableConcurrency({ throttle, reservedConcurrency = {} }: Stage): string | undefined {
  const most = LONGEST_RUN_SECONDS * throttle.requestsPerSecond + throttle.burst;
  const [name, above] = Object.entries(reservedConcurrency).find(([, share]) => share > most) ?? [];
  return name === undefined
    ? undefined
    : `reservedConcurrency must be within the requests that the throttle lets run at once, which are ${most}, and ${name} has ${above}`;
}

/** API Gateway serves all of its domain. */
function pageAtDomain({ allowedOrigins, domain }: Stage): string | undefined {
  return domain !== undefined && allowedOrigins.includes(`https://${domain.name}`)
    ? `domain must be a host for the API alone, and allowedOrigins has a page at ${domain.name}`
    : undefined;
}

function unreachableScope({ scopes = {} }: Stage): string | undefined {
  const limits: Readonly<Record<string, { readonly max: number; readonly maxPerDay?: number }>> =
    LIMITS.unverifiedSends;
  for (const [kind, own] of Object.entries(scopes)) {
    const { max = 0, maxPerDay = max } = { ...limits[kind], ...own };
    if (max > maxPerDay)
      return `scopes must give ${kind} a maxPerDay of at least its max, and ${max} is above ${maxPerDay}`;
  }
  return undefined;
}

export const CLIENTS = ["ipv4", "ipv6-64", "ipv6-48", "client-unknown"] as const;

/** A carrier may need more than limits.ts gives; ten times as much is still a limit. */
const MOST_TIMES_THE_LIMIT = 10;

/** In production no client may be unlimited, whatever a stage watches. */
function unlimitedClients({ production, scopes = {} }: Stage): string | undefined {
  const isLimited = (kind: (typeof CLIENTS)[number]) => {
    const { mode = "enforce", max = 0 } = scopes[kind] ?? {};
    return mode === "enforce" && max <= MOST_TIMES_THE_LIMIT * LIMITS.unverifiedSends[kind].max;
  };
  const unlimited = CLIENTS.find((kind) => !isLimited(kind));
  return !production || unlimited === undefined
    ? undefined
    : `scopes must be such that no client goes unlimited: ${CLIENTS.join(", ")} keep mode enforce, and a limit of ten times that of limits.ts at most; ${unlimited} does not`;
}

/** A country or a channel without a price cannot be capped. */
function unpricedCountry(stage: Stage): string | undefined {
  const { prices } = spendTermsOf(stage);
  for (const country of stage.countries) {
    const row = prices[country];
    if (row === undefined)
      return `prices must name ${country}, which is opened and has no price in prices.ts`;
    const channels = channelsFor(country, channelSettings(channelsEnv(stage)));
    const unpriced = channels.find((channel) => row[channel] === undefined);
    if (unpriced !== undefined)
      return `prices must give ${country} a price of ${unpriced}, which the stage opens there: a row replaces that of prices.ts`;
  }
  return undefined;
}

/** A host whose autofill line does not fit into every message: two segments are the most that is paid for. */
function longHost({ allowedOrigins, brand, locales = LOCALES }: Stage): string | undefined {
  const long = allowedOrigins
    .map((origin) => new URL(origin).hostname)
    .find((host) => !takesOriginHost(host, { brand, locales: [...locales] }));
  return long === undefined
    ? undefined
    : `allowedOrigins must be hosts that fit into a message, and ${long} is too long for two segments`;
}

/** Numbers of fiction, and Twilio's for test credentials, from which live ones send nothing. */
function magicSender({ production, senders = {}, whatsApp, voice }: Stage): string | undefined {
  const all = Object.entries({ ...senders, whatsApp, voice });
  const isMagic = (from: string) => /^\+1500555/.test(from) || DESTINATIONS.fictional.test(from);
  const [name, sender] = all.find(([, one]) => one && "from" in one && isMagic(one.from)) ?? [];
  if (!production || name === undefined || !sender || !("from" in sender)) return undefined;
  const field = Object.hasOwn(senders, name) ? "senders" : name;
  return `${field} must be a sender of your account in production, and ${sender.from} is one for tests or fiction`;
}

/** A step of the plan without a sender. */
function absentChannel({ plan, whatsApp, voice }: Stage): string | undefined {
  const senders = { sms: true, whatsapp: whatsApp, voice };
  const absent = plan?.channels.find((channel) => senders[channel] === undefined);
  return absent === undefined
    ? undefined
    : `plan must name channels that the stage sets up, and it sets up no ${absent}`;
}

/** This header holds a port too, by which the firewall would take each connection for another client. */
const WITH_PORT = "cloudfront-viewer-address";

function unreadableClientHeader({ clientAddressHeader, firewall }: Stage): string | undefined {
  return clientAddressHeader?.name === WITH_PORT && !("off" in firewall)
    ? `clientAddressHeader must be a header with an address alone where the firewall counts by it, and ${WITH_PORT} holds a port; let the proxy copy the address into a header of its own, or switch the firewall off with a reason`
    : undefined;
}

/** A host below `.example` or of a domain for documents (RFC 2606), or a key that is none. */
const PLACEHOLDER = new RegExp(
  `\\.example(?=["/:]|$)|\\bexample\\.(com|net|org)(?=["/:]|$)|"${EXAMPLE_SITE_KEY}"`,
);

/** Values that latchkey.config.ts is shipped with. End users would read the first in each message, and another deployment could accept proofs for the second. */
const EXAMPLE_NAMES: Readonly<Record<string, string>> = {
  brand: "Latchkey",
  proofAudience: "latchkey",
};

/** Examples that remain in a production stage. Synthesis accepts them, so that every stage can be inspected; a deployment does not. */
export function placeholdersOf(stage: Stage): readonly string[] {
  if (!stage.production) return [];
  return Object.entries(stage)
    .filter(
      ([field, value]) => value === EXAMPLE_NAMES[field] || PLACEHOLDER.test(JSON.stringify(value)),
    )
    .map(([field]) => field);
}
