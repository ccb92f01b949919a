import * as v from "valibot";
import {
  reachingAsFarAs,
  type TwilioCredentials,
} from "../../functions/adapters/twilio/credentials.ts";
import { SENDER_OF_LETTERS } from "../../functions/policy/sender-rules.ts";
import { twilioModeOf, twilioRecipientsOf } from "../../infra/environments.ts";
import { namedSenders, unnamedSenders } from "../../infra/sender-faults.ts";
import type { Finding } from "../checklist/question.ts";
import { faultsOf } from "../checklist/question.ts";
import type { LiveDeps, LiveQuestion } from "./question.ts";
import { CouldNotAsk } from "./twilio-reader.ts";

const TOPIC = "Twilio";

export const TWILIO_LIVE: readonly LiveQuestion[] = [
  { id: "mode", topic: TOPIC, asks: "Are its credentials those of the stage?", find: mode },
  { id: "account", topic: TOPIC, asks: "Is the account active, with credit?", find: live(account) },
  {
    id: "sms-countries",
    topic: TOPIC,
    asks: "May it send to the stage's countries, and to no other?",
    find: live(smsCountries),
  },
  {
    id: "calls",
    topic: TOPIC,
    asks: "May it call the stage's countries at most, and no expensive number?",
    find: live(calls),
  },
  { id: "senders", topic: TOPIC, asks: "Is there a sender?", find: live(senders) },
  {
    id: "trigger",
    topic: TOPIC,
    asks: "Does Twilio also warn of high spending?",
    find: live(triggers),
  },
];

/** Facts that no API reports. A person looks in Twilio's Console. */
export const BY_HAND: readonly string[] = [
  "SMS pumping protection is on: Console, Messaging, Settings, General",
  "Auto-recharge has a limit, or is off: Console, Billing, Manage billing",
  "Message bodies are redacted, or kept as short as can be: Console, Messaging, Settings, General",
  "The account's people have two factors: Console, Admin, Users",
];

async function mode({ stage, credentials }: LiveDeps): Promise<Finding> {
  const found = await credentials();
  const wanted = twilioModeOf(stage);
  const reach = twilioRecipientsOf(stage);
  const count = found.recipients?.length;
  return {
    value: `${found.mode} credentials${count === undefined ? "" : `, for ${count} recipients`}`,
    faults: faultsOf({
      [`the secret is ${found.mode}, and the stage is ${wanted}`]: found.mode !== wanted,
      [`the secret ${count === undefined ? "names no" : "names"} recipients, and the stage sends to ${reach === "listed" ? "those only" : "anyone"}`]:
        !fits(found, reach),
    }),
  };
}

function fits(found: TwilioCredentials, reach: "anyone" | "listed"): boolean {
  try {
    return reachingAsFarAs(reach, found) === found;
  } catch {
    return false;
  }
}

type OfAccount = (deps: LiveDeps, credentials: TwilioCredentials) => Promise<Finding>;

/** Test credentials have no account to look into, and deliver nothing. */
function live(find: OfAccount): LiveQuestion["find"] {
  return async (deps) => {
    const credentials = await deps.credentials();
    return credentials.mode === "test"
      ? { value: "test credentials, which reach no phone", faults: [] }
      : find(deps, credentials);
  };
}

const ACCOUNT = v.object({ status: v.string(), type: v.string() });
const BALANCE = v.object({
  balance: v.pipe(v.string(), v.transform(Number)),
  currency: v.string(),
});

async function account({ twilio }: LiveDeps, credentials: TwilioCredentials): Promise<Finding> {
  const path = `/2010-04-01/Accounts/${credentials.accountSid}`;
  const [found, funds] = [
    await twilio(credentials, "api", `${path}.json`, ACCOUNT),
    await twilio(credentials, "api", `${path}/Balance.json`, BALANCE),
  ];
  return {
    value: `${found?.status ?? "unknown"}, ${found?.type ?? "unknown"}, ${funds === undefined ? "of unknown balance" : `${funds.balance} ${funds.currency}`}`,
    faults: faultsOf({
      [`the account is ${found?.status}`]: found?.status !== "active",
      "a trial account sends to verified numbers only": found?.type === "Trial",
      "the account is out of funds": funds !== undefined && !(funds.balance > 0),
    }),
  };
}

const GEO = v.object({
  permissions: v.array(v.object({ country_code: v.string(), enabled: v.boolean() })),
});

async function smsCountries(
  { twilio, stage }: LiveDeps,
  credentials: TwilioCredentials,
): Promise<Finding> {
  const geo = await twilio(credentials, "accounts", "/v1/Messaging/GeoPermissions", GEO);
  if (geo === undefined) throw new CouldNotAsk("Twilio knows no geo permissions of this account");
  const open = geo.permissions.filter(({ enabled }) => enabled).map((one) => one.country_code);
  const wanted: readonly string[] = stage.countries;
  return {
    value: `open: ${open.join(", ") || "none"}`,
    faults: [
      ...open
        .filter((country) => !wanted.includes(country))
        .map((country) => `${country} is open at Twilio, and not in the stage`),
      ...wanted
        .filter((country) => !open.includes(country))
        .map((country) => `${country} is in the stage, and closed at Twilio`),
    ],
  };
}

const COUNTRIES = v.object({
  content: v.array(
    v.object({
      iso_code: v.string(),
      low_risk_numbers_enabled: v.boolean(),
      high_risk_special_numbers_enabled: v.boolean(),
      high_risk_tollfraud_numbers_enabled: v.boolean(),
    }),
  ),
  meta: v.object({ next_page_url: v.nullish(v.string()) }),
});

async function calls(
  { twilio, stage }: LiveDeps,
  credentials: TwilioCredentials,
): Promise<Finding> {
  const found: v.InferOutput<typeof COUNTRIES>["content"] = [];
  let path: string | undefined = "/v1/DialingPermissions/Countries?PageSize=1000";
  while (path !== undefined) {
    const page: v.InferOutput<typeof COUNTRIES> | undefined = await twilio(
      credentials,
      "voice",
      path,
      COUNTRIES,
    );
    found.push(...(page?.content ?? []));
    const next = URL.parse(page?.meta.next_page_url ?? "");
    path = next === null ? undefined : `${next.pathname}${next.search}`;
  }
  const wanted: readonly string[] = stage.countries;
  const open = found.filter((one) => one.low_risk_numbers_enabled).map((one) => one.iso_code);
  const dear = found.filter(
    (one) => one.high_risk_special_numbers_enabled || one.high_risk_tollfraud_numbers_enabled,
  );
  return {
    value: `calls open: ${open.join(", ") || "none"}`,
    faults: [
      ...open
        .filter((country) => !wanted.includes(country))
        .map((country) => `calls to ${country} are open, and it is not in the stage`),
      ...dear.map(
        ({ iso_code }) => `calls to premium or fraud-prone numbers of ${iso_code} are open`,
      ),
    ],
  };
}

/** The rows of a list: Twilio names the list after what is in it. */
const ROWS = v.pipe(
  v.looseObject({}),
  v.transform((page) => Object.values(page).find((one) => Array.isArray(one))),
  v.array(v.unknown()),
);

/** The default sender of the secret, and those of single countries. */
async function senders(deps: LiveDeps, credentials: TwilioCredentials): Promise<Finding> {
  const found = [await senderFinding(deps, credentials, credentials)];
  for (const [country, sender] of namedSenders(deps.stage)) {
    const { value, faults } = await senderFinding(deps, credentials, sender);
    const isApproved = country !== "US" && country !== "CA";
    const unapproved = isApproved ? [] : await unapprovedIn(deps, credentials, sender);
    found.push({
      value: `${country}: ${value}`,
      faults: [...faults, ...unapproved].map((fault) => `${country}: ${fault}`),
    });
  }
  return {
    value: found.map(({ value }) => value).join("; "),
    faults: [...found.flatMap(({ faults }) => faults), ...refusedDefault(deps, credentials)],
  };
}

function refusedDefault({ stage }: LiveDeps, credentials: TwilioCredentials): readonly string[] {
  const isOfLetters = "from" in credentials && SENDER_OF_LETTERS.test(credentials.from);
  return unnamedSenders(stage)
    .filter(([, { letters }]) => isOfLetters && letters === "refused")
    .map(([country]) => `${country} refuses the letters of the default sender`);
}

type AnySender = { readonly from: string } | { readonly messagingServiceSid: string };

async function senderFinding(
  { twilio }: LiveDeps,
  credentials: TwilioCredentials,
  sender: AnySender,
): Promise<Finding> {
  if ("from" in sender) return ownSender(twilio, credentials, sender.from);
  const service = `/v1/Services/${sender.messagingServiceSid}`;
  const kinds = ["PhoneNumbers", "ShortCodes", "AlphaSenders"] as const;
  const counts: number[] = [];
  for (const kind of kinds)
    counts.push((await twilio(credentials, "messaging", `${service}/${kind}`, ROWS))?.length ?? 0);
  const count = counts.reduce((sum, one) => sum + one, 0);
  return {
    value: `the messaging service, senders in it: ${count}`,
    faults: faultsOf({ "the messaging service is not there, or has no sender": count === 0 }),
  };
}

async function ownSender(
  twilio: LiveDeps["twilio"],
  credentials: TwilioCredentials,
  from: string,
): Promise<Finding> {
  // There is no list of sender ids that need no registration.
  if (!from.startsWith("+")) return { value: "a sender id of letters", faults: [] };
  const query = new URLSearchParams({ PhoneNumber: from });
  const path = `/2010-04-01/Accounts/${credentials.accountSid}/IncomingPhoneNumbers.json?${query}`;
  const count = (await twilio(credentials, "api", path, ROWS))?.length ?? 0;
  return {
    value: "a number",
    faults: faultsOf({ "the number that is sent from is not the account's": count === 0 }),
  };
}

const STATES = v.pipe(
  ROWS,
  v.array(v.object({ campaign_status: v.optional(v.string()), status: v.optional(v.string()) })),
);

/** The reason why a sender may not send to North America: neither an approved campaign of its service nor a verified toll-free number of the account. */
async function unapprovedIn(
  { twilio }: LiveDeps,
  credentials: TwilioCredentials,
  sender: AnySender,
): Promise<readonly string[]> {
  const isShortCode = "from" in sender && !sender.from.startsWith("+");
  if (isShortCode) return [];
  const tollFree = "/v1/Tollfree/Verifications?Status=TWILIO_APPROVED";
  const verified = (await twilio(credentials, "messaging", tollFree, STATES)) ?? [];
  const campaigns =
    "from" in sender
      ? []
      : await twilio(
          credentials,
          "messaging",
          `/v1/Services/${sender.messagingServiceSid}/Compliance/Usa2p`,
          STATES,
        );
  const states = (campaigns ?? []).map((one) => one.campaign_status ?? "unknown");
  return faultsOf({
    [`no toll-free number of the account is verified, and the campaign is ${states.join(", ") || "not there"}`]:
      !states.includes("VERIFIED") && !verified.some(({ status }) => status === "TWILIO_APPROVED"),
  });
}

const TRIGGERS = v.object({ usage_triggers: v.array(v.object({ usage_category: v.string() })) });
const MONEY = /^(totalprice|sms|calls|channels)/;

async function triggers({ twilio }: LiveDeps, credentials: TwilioCredentials): Promise<Finding> {
  const path = `/2010-04-01/Accounts/${credentials.accountSid}/Usage/Triggers.json`;
  const found = await twilio(credentials, "api", path, TRIGGERS);
  const ours = (found?.usage_triggers ?? []).filter(({ usage_category: of }) => MONEY.test(of));
  return {
    value: `usage triggers on messages, calls or the total: ${ours.length}`,
    faults: faultsOf({ "no usage trigger would report it": ours.length === 0 }),
  };
}
