import type { Country } from "../functions/policy/destinations.ts";
import {
  SENDER_OF_LETTERS,
  SENDER_RULES,
  type SenderRule,
} from "../functions/policy/sender-rules.ts";
import type { Stage } from "./stage.ts";

export type Sender = NonNullable<NonNullable<Stage["senders"]>[Country]>;

/** A sender as the functions receive it: a number, letters, or the SID of a Messaging Service. */
export function senderText(sender: Sender): string {
  return "from" in sender ? sender.from : sender.messagingServiceSid;
}

/** The open countries with a sender of their own. */
export function namedSenders({
  countries,
  senders = {},
}: Stage): readonly (readonly [Country, Sender])[] {
  return countries.flatMap((country) => {
    const sender = senders[country];
    return sender === undefined ? [] : [[country, sender] as const];
  });
}

/** The first sender that its country does not take, with the fix. */
export function refusedSender(stage: Stage): string | undefined {
  for (const [country, sender] of namedSenders(stage)) {
    const rule = SENDER_RULES[country];
    const fault = templateFault(sender) ?? (rule && ruleFault(rule, sender));
    if (fault !== undefined)
      return `senders must give ${country} a sender that its carriers take, and ${fault}`;
  }
  return undefined;
}

/** Twilio's API has no parameter for them; a Messaging Service has them. */
function templateFault(sender: Sender): string | undefined {
  return "entityId" in sender || "templateId" in sender
    ? "entityId and templateId have no parameter in Twilio's API: register both with Twilio and name the messagingServiceSid that they are registered for"
    : undefined;
}

function ruleFault(rule: SenderRule, sender: Sender): string | undefined {
  if (!("from" in sender)) return undefined;
  const { from } = sender;
  const what = SENDER_OF_LETTERS.test(from)
    ? lettersFault(rule, sender)
    : numberFault(rule, sender);
  const since = rule.since === undefined ? "" : `, since ${rule.since}`;
  return what && `${JSON.stringify(from)} ${what}${since} (${rule.source}): ${rule.fix}`;
}

type From = Extract<Sender, { readonly from: string }>;

const UNREGISTERED = "must be registered, and set registered: true once it is";

function numberFault({ numbers, refusedNumbers }: SenderRule, { from, registered }: From) {
  if (refusedNumbers?.test(from) === true) return "is a number that carriers refuse";
  return numbers === "registered" && registered !== true ? UNREGISTERED : undefined;
}

function lettersFault({ letters, isPlain }: SenderRule, { from, registered }: From) {
  if (letters === "refused") return "is a sender of letters, which carriers refuse";
  if (isPlain === true && !/^[A-Za-z0-9]+$/.test(from)) return "has spaces or punctuation";
  return letters === "registered" && registered !== true ? UNREGISTERED : undefined;
}

/** Open countries that demand something of a sender, without a sender of their own: the default one is only in the secret. */
export function unnamedSenders({
  countries,
  senders = {},
}: Stage): readonly (readonly [Country, SenderRule])[] {
  return countries.flatMap((country) => {
    const rule = SENDER_RULES[country];
    return rule === undefined || Object.hasOwn(senders, country) ? [] : [[country, rule] as const];
  });
}
