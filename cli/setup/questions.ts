import { SENDER_RULES, type SenderRule } from "../../functions/policy/sender-rules.ts";
import { unnamedSenders } from "../../infra/sender-faults.ts";
import { spendTermsOf } from "../../infra/sending-terms.ts";
import type { Stage } from "../../infra/stages.ts";
import type { Change } from "./config-file.ts";

/** One question of the set-up. The schema of the stage judges what `read` makes of an answer; nothing is judged here. */
export type SetupQuestion = {
  readonly name: string;
  readonly text: (stage: Stage) => string;
  /** The fields that an answer sets; `undefined` takes one out. */
  readonly read: (answer: string, stage: Stage) => Change;
  /** The answer that keeps what the stage has. */
  readonly now: (stage: Stage) => string;
  readonly isAsked?: (stage: Stage) => boolean;
  /** The consequence of the answer, for the person who gave it. */
  readonly means?: (stage: Stage) => string;
};

const words = (answer: string): readonly string[] =>
  answer.split(/[\s,]+/).filter((word) => word !== "");

/** A number as it was typed, or the text, which the schema refuses with its own sentence. */
const amount = (word: string | undefined): unknown =>
  word === undefined || !/^\d+(\.\d+)?$/.test(word) ? word : Number(word);

/** `MG…`, or `Acme`, or `Acme registered`. */
function senderOf(answer: string): object {
  if (/^MG/.test(answer) && answer.length > 11) return { messagingServiceSid: answer };
  const from = answer.replace(/ registered$/, "");
  return from === answer ? { from } : { from, registered: true };
}

export const SETUP_QUESTIONS: readonly SetupQuestion[] = [
  {
    name: "brand",
    text: () => "Brand, as it begins each message",
    read: (brand) => ({ brand }),
    now: ({ brand }) => brand,
  },
  {
    name: "countries",
    text: () => "Countries that receive codes, the home country first (GB IE)",
    read: (answer, { senders = {} }) => {
      const countries = words(answer.toUpperCase());
      const named = Object.entries(senders);
      const open = named.filter(([country]) => countries.includes(country));
      if (open.length === named.length) return { countries };
      return { countries, senders: open.length === 0 ? undefined : Object.fromEntries(open) };
    },
    now: ({ countries }) => countries.join(" "),
  },
  {
    name: "allowedOrigins",
    text: () => "Web pages that may call (https://app.acme.com)",
    read: (answer) => ({ allowedOrigins: words(answer) }),
    now: ({ allowedOrigins }) => allowedOrigins.join(" "),
  },
  {
    name: "proofAudience",
    text: () => "Name of the service that accepts proofs (aud)",
    read: (proofAudience) => ({ proofAudience }),
    now: ({ proofAudience }) => proofAudience,
  },
  {
    name: "alertEmail",
    text: () => "E-mail address that receives alarms",
    read: (alertEmail) => ({ alertEmail }),
    now: ({ alertEmail = "" }) => alertEmail,
  },
  {
    name: "securityContact",
    text: () => "E-mail address or page for reports of vulnerabilities",
    read: (securityContact) => ({ securityContact }),
    now: ({ securityContact = "" }) => securityContact,
  },
  {
    name: "spend",
    text: () => "Most that messages may cost, in dollars an hour and a day (75 300)",
    read: (answer, { spend }) => {
      const [hour, day] = words(answer);
      const caps = { dollarsPerHour: amount(hour), dollarsPerDay: amount(day) };
      const { dollarsPerHour: _, dollarsPerDay: __, ...rest } = spend;
      // It is a share of the cap, and the next question asks for it.
      return { spend: { ...caps, ...rest }, knownNumbers: undefined };
    },
    now: ({ spend }) => `${spend.dollarsPerHour} ${spend.dollarsPerDay}`,
    means: worstBill,
  },
  {
    name: "knownNumbers",
    text: () => "Messages a day to numbers that your back end declares as known (0 for none)",
    read: (answer) => ({ knownNumbers: answer === "0" ? undefined : { perDay: amount(answer) } }),
    now: ({ knownNumbers }) => String(knownNumbers?.perDay ?? 0),
  },
  ...Object.keys(SENDER_RULES).map(senderQuestion),
  {
    name: "challenge",
    text: () =>
      "Challenge: provider and site key (turnstile 0x4AAA…), or off and a reason (off our app has none)",
    read: (answer, { challenge }) => {
      const [provider, ...rest] = answer.split(/\s+/);
      if (provider === "off") return { challenge: { off: true, because: rest.join(" ") } };
      const { when = "under-pressure", whenUnreachable = "refuse" } =
        challenge !== undefined && "when" in challenge ? challenge : {};
      return { challenge: { provider, siteKey: rest.join(" "), when, whenUnreachable } };
    },
    now: ({ challenge }) => {
      if (challenge === undefined) return "";
      return "off" in challenge
        ? `off ${challenge.because}`
        : `${challenge.provider} ${challenge.siteKey}`;
    },
  },
  {
    name: "domain",
    text: () => "Domain of the API and the ARN of its certificate, or none",
    read: (answer) => {
      const [name, certificateArn] = words(answer);
      return { domain: name === "none" ? undefined : { name, certificateArn } };
    },
    now: ({ domain }) =>
      domain === undefined ? "none" : `${domain.name} ${domain.certificateArn}`,
  },
];

/** Asked where the country is open and demands something. */
function senderQuestion(name: string): SetupQuestion {
  const rowOf = (stage: Stage) =>
    unnamedSenders({ ...stage, senders: {} }).find(([country]) => country === name);
  return {
    name: `senders.${name}`,
    text: (stage) =>
      `Sender for ${name}: MG…, or a number or letters ("Acme registered" once they are), or default\n    ${demandOf(rowOf(stage)?.[1])}`,
    read: (answer, { senders = {} }) => {
      const others = Object.entries(senders).filter(([country]) => country !== name);
      const own = answer === "default" ? [] : [[name, senderOf(answer)] as const];
      const all = [...others, ...own];
      return { senders: all.length === 0 ? undefined : Object.fromEntries(all) };
    },
    now: ({ senders = {} }) => {
      const sender = Object.entries(senders).find(([country]) => country === name)?.[1];
      if (sender === undefined) return "default";
      if (!("from" in sender)) return sender.messagingServiceSid;
      return sender.registered === true ? `${sender.from} registered` : sender.from;
    },
    isAsked: (stage) => rowOf(stage) !== undefined,
  };
}

function demandOf(rule: SenderRule | undefined): string {
  if (rule === undefined) return "";
  const isUnsure = rule.letters === "perhaps-registered";
  return `${isUnsure ? "Perhaps demanded" : "Demanded"}: ${rule.fix}`;
}

/** The worst bill of the caps, in dollars and in messages to the home country. */
function worstBill(stage: Stage): string {
  const { dollarsPerDay } = stage.spend;
  const [home] = stage.countries;
  const price = (home && spendTermsOf(stage).prices[home]?.sms) ?? 0;
  const messages = price === 0 ? "" : `, ${whole((dollarsPerDay * 1_000_000) / price)} to ${home}`;
  return `At worst $${dollarsPerDay} for messages in a day${messages}, and $${whole(dollarsPerDay * 31)} in a month.`;
}

function whole(count: number): string {
  return Math.floor(count).toLocaleString("en");
}
