import type { Heard } from "../../evidence/endurance/api.ts";
import type { Deeds } from "../../evidence/endurance/deeds.ts";
import type { Phones } from "../../evidence/endurance/phones.ts";
import { kindOf, type Row } from "../../evidence/endurance/rows.ts";
import type { Verdict } from "../../evidence/endurance/verdicts.ts";
import { PRICES } from "../../functions/policy/prices.ts";
import { leaksIn } from "../local/support/leaks.ts";
import { countIn, PROMISED } from "./promised.ts";

/** All that is known once the load has ended. */
export type Ending = {
  readonly deeds: Deeds;
  readonly heard: Heard;
  readonly phones: Phones;
  readonly rows: readonly Row[];
  readonly lines: readonly string[];
  readonly isAlive: boolean;
};

/**
 * Twilio takes a message a moment after its number took its turn, and the moments differ: by no more than the longest that a start may hold its
 * turn before it sends, which no run comes near.
 */
const SLACK_MILLISECONDS = 12_000;

/** Every promise that can be told from outside, held against what came of the run. */
export function promisesOf(ending: Ending): readonly Verdict[] {
  return [
    ...PROMISED.sendsPerNumberWithTicket.map((row) => sendsPerNumber(ending, row)),
    guesses(ending),
    approvals(ending),
    nothingBehindRefusals(ending),
    repeats(ending),
    money(ending),
    noCodeShown(ending),
    storedUnreadably(ending),
    described(ending),
    noFaults(ending),
    surrenders(ending),
  ];
}

function none(what: string, found: readonly string[], of: string): Verdict {
  return {
    what,
    seen:
      found.length === 0
        ? `none; ${of}`
        : `${found.length}: ${[...new Set(found)].slice(0, 3).join(" · ")}`,
    bound: "none",
    holds: found.length === 0,
  };
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

function guesses({ deeds, rows }: Ending): Verdict {
  const stored = rows
    .filter((row) => kindOf(row) === "verification")
    .map((row) => Number(row["checks"]));
  const most = Math.max(0, ...deeds.guesses.values(), ...stored);
  return {
    what: "guesses that one verification counted, by its answers and by its item",
    seen: `${most}; ${deeds.guesses.size} guessed at, ${stored.length} stored`,
    bound: `${PROMISED.checksPerVerification} at most`,
    holds: most <= PROMISED.checksPerVerification && stored.length > 0,
  };
}

function approvals({ deeds }: Ending): Verdict {
  const { approved, lostApprovals } = deeds;
  return none(
    "right codes, typed in time, without a proof",
    lostApprovals,
    `${approved} approvals`,
  );
}

/** A refusal promises that nothing was sent: not in the time between its asking and its answer. */
function nothingBehindRefusals({ deeds, phones }: Ending): Verdict {
  const sends = Map.groupBy(phones.sends(), ({ to }) => to);
  const found = deeds.unsent.filter(({ to, from, until }) =>
    sends.get(to)?.some(({ takenAt }) => takenAt >= from && takenAt <= until),
  );
  return none(
    "messages behind a refusal",
    found.map(({ to }) => `…${to.slice(-2)}`),
    `${deeds.unsent.length} refusals of honest people`,
  );
}

function repeats({ deeds }: Ending): Verdict {
  return none(
    "repeats with a key that did more than the first",
    deeds.unlikeRepeats,
    `${deeds.repeated} repeats`,
  );
}

const COUNTER = /^total$/;
const SENDING = /^POST \/v1\/verifications(?:\/\{id\}\/resend)? /;

/** What is booked is what Twilio took, and what nobody knows whether it took. A start that faults may leave its price booked, and only that. */
function money({ rows, phones, heard }: Ending): Verdict {
  const counted = rows
    .filter((row) => kindOf(row) === "spend")
    .flatMap((row) => Object.entries(row))
    .filter(([name]) => COUNTER.test(name))
    .reduce((sum, [, micros]) => sum + Number(micros), 0);
  const prices: Readonly<Record<string, number>> = PRICES.destinations.GB;
  const priceOf = (channel: string) => prices[channel] ?? Number.NaN;
  const sent = phones
    .sends()
    .reduce(
      (sum, { channel, segments }) => sum + priceOf(channel) * (channel === "sms" ? segments : 1),
      0,
    );
  const doubted = phones.lostInDoubt();
  const inDoubt = doubted.reduce((sum, channel) => sum + priceOf(channel), 0);
  const dollars = (micros: number) => `$${(micros / 1e6).toFixed(2)}`;
  const faulted = heard.faults.filter((fault) => SENDING.test(fault)).length;
  const most = faulted * Math.max(...Object.values(prices));
  const more = counted - sent - inDoubt;
  return {
    what: "money booked, against messages taken and those in doubt, at their prices",
    seen: `${dollars(counted)}, ${dollars(sent)} + ${dollars(inDoubt)} for ${doubted.length} in doubt, ${faulted} faults`,
    bound: "the same to the millionth, but for what a fault left booked",
    holds: counted > 0 && more >= 0 && more <= most,
  };
}

function noCodeShown({ heard, lines, phones }: Ending): Verdict {
  const evidence = [...heard.evidence, ...lines.map((text) => ({ where: "log", text }))];
  const secrets = { codes: [...phones.codes()], numbers: numbersOf(phones) };
  return none(
    "codes and numbers in answers, headers and logs",
    leaksIn(evidence, secrets),
    `${evidence.length} texts, ${secrets.codes.length} codes`,
  );
}

function storedUnreadably({ rows, phones }: Ending): Verdict {
  const evidence = rows.map((row) => ({
    where: kindOf(row),
    text: JSON.stringify(row, withoutSets),
  }));
  const secrets = { codes: [...phones.codes()], numbers: numbersOf(phones) };
  return none("codes and numbers in the table", leaksIn(evidence, secrets), `${rows.length} items`);
}

function withoutSets(_: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value;
}

function numbersOf(phones: Phones): readonly string[] {
  return [...new Set(phones.sends().map(({ to }) => to))];
}

function described({ heard }: Ending): Verdict {
  const answers = [...heard.counts.values()].reduce((sum, count) => sum + count, 0);
  return none(
    "answers that the API's description does not have",
    heard.undescribed,
    `${answers} answers`,
  );
}

/** What the AWS client says once an engine has been silent for a second: on a machine with too much to do that is the machine, and shown apart. */
const SILENT_ENGINE = /request-failed.*(?:configured 1000 ms requestTimeout|AbortError)/;

function noFaults({ heard, deeds, lines, isAlive }: Ending): Verdict {
  const silences = lines.filter((line) => SILENT_ENGINE.test(line)).length;
  const faults = [...heard.faults.slice(silences), ...(isAlive ? [] : ["the process ended"])];
  const promised = [...heard.counts].filter(([name]) => name.startsWith("503"));
  const others = promised.map(([name, times]) => `${times} times ${name}`);
  const silent = `${silences} for an engine that was silent for a second`;
  return none(
    "answers in the 500s that promise nothing, and requests without an answer",
    [...faults, ...deeds.unanswered],
    [...others, ...(silences > 0 ? [silent] : [])].join(", "),
  );
}

function surrenders({ deeds }: Ending): Verdict {
  const tries = [...deeds.hostile.values()].reduce((sum, count) => sum + count, 0);
  return none(
    "hostile requests that got what they must not",
    deeds.surrenders,
    `${tries} attempts`,
  );
}
