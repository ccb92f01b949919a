import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Api } from "../../evidence/endurance/api.ts";
import type { Deeds } from "../../evidence/endurance/people.ts";
import type { Phones } from "../../evidence/endurance/phones.ts";
import type { Verdict } from "../../evidence/endurance/verdicts.ts";
import { PRICES } from "../../functions/policy/prices.ts";
import { type Evidence, leaksIn, withoutProvenNumbers } from "../local/support/leaks.ts";
import { countIn, PROMISED } from "./promised.ts";

/** All that is known once the load has ended. */
export type Ending = {
  readonly deeds: Deeds;
  readonly api: Api;
  readonly phones: Phones;
  /** As they lie in the table, as JSON of their raw attributes. */
  readonly items: readonly string[];
  /** Every header, body and log line. */
  readonly said: readonly Evidence[];
  /** How often an engine was silent for a second. */
  readonly silences: number;
};

/**
 * Twilio takes a message a moment after its number took its turn, and the moments differ: by no more than the longest that a start may hold its
 * turn before it sends, which no run comes near.
 */
const SLACK_MILLISECONDS = 12_000;

/** What the AWS client says once an engine has been silent for a second: on a machine with too much to do that is the machine, and shown apart. */
export const SILENT_ENGINE = /request-failed.*(?:configured 1000 ms requestTimeout|AbortError)/;

/** Every promise that can be told from outside, held against what came of the run. */
export function promisesOf(ending: Ending): readonly Verdict[] {
  const { deeds, api, phones, items, said, silences } = ending;
  const sent = phones.sends();
  const codes = sent.flatMap(({ code }) => code ?? []);
  const secrets = { codes, numbers: [...new Set(sent.map(({ to }) => to))] };
  const inTable = items.map((text) => ({ where: "item", text }));
  const answers = [...api.counts.values()].reduce((sum, times) => sum + times, 0);
  const tries = [...deeds.hostile.values()].reduce((sum, times) => sum + times, 0);
  const promised = [...api.counts].filter(([name]) => name.startsWith("503"));
  const elsewhere = [...promised, [`for an engine that was silent for a second`, silences]];
  return [
    ...PROMISED.sendsPerNumberWithTicket.map((row) => sendsPerNumber(ending, row)),
    guesses(ending),
    none("right codes, typed in time, without a proof", {
      found: deeds.lostApprovals,
      of: `${deeds.approved} approvals`,
    }),
    none("messages behind a refusal", {
      found: behindRefusals(ending),
      of: `${deeds.unsent.length} refusals of honest people`,
    }),
    none("repeats with a key that did more than the first", {
      found: deeds.unlikeRepeats,
      of: `${deeds.repeated} repeats`,
    }),
    money(ending),
    none("codes and numbers in answers, headers and logs", {
      found: leaksIn(withoutProvenNumbers(said), secrets),
      of: `${said.length} texts, ${codes.length} codes`,
    }),
    none("codes and numbers in the table", {
      found: leaksIn(inTable, secrets),
      of: `${items.length} items`,
    }),
    none("answers that the API's description does not have", {
      found: api.undescribed,
      of: `${answers} answers`,
    }),
    none("answers in the 500s that promise nothing, and requests without an answer", {
      found: [...api.faults.slice(silences), ...deeds.unanswered],
      of: elsewhere.map(([name, times]) => `${times} times ${name}`).join(", "),
    }),
    none("hostile requests that got what they must not", {
      found: deeds.surrenders,
      of: `${tries} attempts`,
    }),
  ];
}

function none(
  what: string,
  { found, of }: { readonly found: readonly string[]; readonly of: string },
): Verdict {
  const shown = [...new Set(found)].slice(0, 3).join(" · ");
  const seen = found.length === 0 ? `none; ${of}` : `${found.length}: ${shown}`;
  return { what, seen, bound: "none", holds: found.length === 0 };
}

function sendsPerNumber(
  { phones }: Ending,
  { max, within }: (typeof PROMISED.sendsPerNumberWithTicket)[number],
): Verdict {
  const byNumber = Map.groupBy(phones.sends(), ({ to }) => to);
  const most = [...byNumber.values()].map((sends) => {
    const times = sends.map(({ takenAt }) => takenAt);
    return Math.max(...times.map((at) => countIn(times, at, within - SLACK_MILLISECONDS)));
  });
  const found = Math.max(0, ...most);
  return {
    what: `messages to one number in ${within / 1_000} seconds`,
    seen: `${found}; ${phones.sends().length} messages to ${byNumber.size} numbers`,
    bound: `${max} at most`,
    holds: found <= max,
  };
}

function itemsOf({ items }: Ending, kind: string): readonly Readonly<Record<string, unknown>>[] {
  const all = items.map((text): Record<string, unknown> => unmarshall(JSON.parse(text)));
  return all.filter(({ pk }) => String(pk).startsWith(`${kind}#`));
}

function guesses(ending: Ending): Verdict {
  const told = ending.deeds.guesses;
  const stored = itemsOf(ending, "verification").map(({ checks }) => Number(checks));
  const most = Math.max(0, ...told.values(), ...stored);
  return {
    what: "guesses that one verification counted, by its answers and by its item",
    seen: `${most}; ${told.size} guessed at, ${stored.length} stored`,
    bound: `${PROMISED.checksPerVerification} at most`,
    holds: most <= PROMISED.checksPerVerification && stored.length > 0,
  };
}

/** A refusal promises that nothing was sent: not in the time between its asking and its answer. */
function behindRefusals({ deeds, phones }: Ending): readonly string[] {
  const sends = Map.groupBy(phones.sends(), ({ to }) => to);
  return deeds.unsent
    .filter(({ to, from, until }) =>
      sends.get(to)?.some(({ takenAt }) => takenAt >= from && takenAt <= until),
    )
    .map(({ to }) => `…${to.slice(-2)}`);
}

const SENDING = /^POST \/v1\/verifications(?:\/\{id\}\/resend)? /;

/** What is counted is what Twilio took, and what it is unknown whether it took. A start that faults may leave its price counted, and only that. */
function money(ending: Ending): Verdict {
  const { phones, api } = ending;
  const prices: Readonly<Record<string, number>> = PRICES.destinations.GB;
  const priceOf = (channel: string) => prices[channel] ?? Number.NaN;
  const sum = (figures: readonly number[]) => figures.reduce((all, figure) => all + figure, 0);
  const counted = sum(itemsOf(ending, "spend").map(({ total }) => Number(total)));
  const sent = sum(
    phones
      .sends()
      .map(({ channel, segments }) => priceOf(channel) * (channel === "sms" ? segments : 1)),
  );
  const inDoubt = sum(phones.inDoubt.map(priceOf));
  const dollars = (micros: number) => `$${(micros / 1e6).toFixed(2)}`;
  const faulted = api.faults.filter((fault) => SENDING.test(fault)).length;
  const more = counted - sent - inDoubt;
  return {
    what: "money counted, against messages taken and those in doubt, at their prices",
    seen: `${dollars(counted)}, ${dollars(sent)} + ${dollars(inDoubt)} for ${phones.inDoubt.length} in doubt, ${faulted} faults`,
    bound: "the same to the millionth, but for what a fault left counted",
    holds: counted > 0 && more >= 0 && more <= faulted * Math.max(...Object.values(prices)),
  };
}
