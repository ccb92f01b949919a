import { join } from "node:path";
import { eachScope } from "../../functions/policy/limits.ts";
import { mac } from "../../functions/verification/code.ts";
import {
  isTicket,
  isVerificationId,
  type Mac,
  type Ticket,
  type VerificationId,
} from "../../functions/verification/identifiers.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";
import { type ScopeWindow, scopesOf, windowsAt } from "../../functions/verification/scopes.ts";
import { issueTicket } from "../../functions/verification/ticket.ts";
import {
  everyChannel,
  fictionalNumber,
  NOON,
  someDeps,
  TEST_SCOPES,
  TEST_SPEND,
} from "../../test/support/deps.ts";
import { rowsOf } from "../../test/support/rows.ts";
import type { Script, Terms } from "./actor.ts";
import type { Configuration } from "./explore.ts";

/** Codes that the rows name by a letter or a word, none of them trivial. */
const CODES: Readonly<Record<string, string>> = {
  A: "314159",
  B: "271828",
  C: "161803",
  D: "141421",
  wrong: "100200",
  wrong2: "500005",
};
const KEY = "a request of 16 and more";
const ONE = fictionalNumber(1);
const DAY_MILLISECONDS = 86_400_000;

const OFF = { max: 1_000, windowSeconds: 3_600, mode: "off" } as const;
const NO_SCOPES = eachScope(() => OFF);

/** Scopes that are not even counted, where a configuration is about something else. */
const QUIET: Terms = { scopeTerms: { ...TEST_SCOPES, limits: NO_SCOPES } };

/** What a configuration sets apart from `QUIET`, by the word in its row. */
const GIVEN: Readonly<Record<string, Partial<Configuration>>> = {
  long: { isLong: true },
  "all-scopes": { terms: {} },
  "one-scope": { terms: onlyClients(TEST_SCOPES.limits.ipv4) },
  "tight-client": { terms: onlyClients({ max: 1, windowSeconds: 600, mode: "enforce" }) },
  "every-channel": { terms: { ...QUIET, channels: everyChannel() } },
  "cap-day": { terms: capped("total", "perDayMicros") },
  "cap-hour": { terms: capped("total", "perHourMicros") },
  "cap-countryDay": { terms: capped("country", "perDayMicros") },
  "cap-countryHour": { terms: capped("country", "perHourMicros") },
};

function onlyClients(ipv4: typeof TEST_SCOPES.limits.ipv4): Terms {
  return { scopeTerms: { ...TEST_SCOPES, limits: { ...NO_SCOPES, ipv4 } } };
}

/** A cap of one message for strangers on one counter, and room enough on the others. */
function capped(counter: "total" | "country", period: "perDayMicros" | "perHourMicros"): Terms {
  const price = TEST_SPEND.prices.GB?.sms ?? 0;
  const wide = { perHourMicros: 100 * price, perDayMicros: 400 * price };
  const tight = { ...wide, [period]: price / (1 - TEST_SPEND.keptForTickets) };
  const [total, ofCountry] = counter === "total" ? [tight, wide] : [wide, tight];
  return { ...QUIET, spendTerms: { ...TEST_SPEND, total, countries: { GB: ofCountry } } };
}

/** What the steps before the actors left for them: the verification, and the ticket of an approval. */
type Kept = { id?: VerificationId | undefined; ticket?: Ticket | undefined };

/** One step of a row: its words behind the verb, as `with`, `under` and the like name them. */
type Words = {
  readonly first: string;
  readonly second: string;
  readonly after: (word: string) => string | undefined;
};

const VERBS: Readonly<Record<string, (words: Words, kept: Kept) => Script>> = {
  start: (words, kept) => async (actor) => {
    const ticket = words.after("with");
    actor.draws(codeOf(words.first));
    return actor.start({
      to: fictionalNumber(Number(words.after("of") ?? 1)),
      ...(ticket === undefined ? {} : { ticket: await ticketOf(ticket, kept) }),
      ...(words.after("under") === undefined ? {} : { idempotencyKey: KEY }),
    });
  },
  starts: (words) => async (actor) => {
    for (let index = 0; index < Number(words.first); index += 1) {
      actor.draws(String(200_003 + 7 * index));
      await actor.start({ to: ONE });
      await actor.wait(Number(words.after("apart")));
    }
  },
  resend: (words, kept) => (actor) => {
    actor.draws(codeOf(words.first));
    const channel = words.after("by");
    return actor.resend(present(kept.id), {
      ...((channel === "whatsapp" || channel === "sms") && { channel }),
      ...(words.after("under") !== undefined && { idempotencyKey: KEY }),
    });
  },
  check: (words, kept) => (actor) =>
    actor.check(
      present(kept.id),
      codeOf(words.first),
      words.after("under") === undefined ? undefined : KEY,
    ),
  cancel: (_, kept) => (actor) => actor.cancel(present(kept.id)),
  wait: (words) => (actor) => actor.wait(Number(words.first)),
  report: (words) => (actor) =>
    actor.report(
      codeOf(words.first),
      words.second === "undelivered"
        ? { delivery: "undelivered", reason: "unreachable" }
        : { delivery: "delivered" },
    ),
  /** So many guesses about number one fail. */
  fail: (words) => async (actor) => {
    const number = await pseudonym();
    await actor.does(async ({ numbers }, now) => {
      for (let index = 0; index < Number(words.first); index += 1)
        await numbers.addFailure(number, now);
    });
  },
  /** Number one takes a turn with a ticket of this moment. */
  turn: () => async (actor) => {
    const number = await pseudonym();
    await actor.does(({ numbers }, now) => numbers.takeTurn(number, now, { issuedAt: now }));
  },
  clear: () => async (actor) => {
    const number = await pseudonym();
    await actor.does(({ numbers }, now) => numbers.clearFailures(number, now));
  },
  revoke: () => writes(0, "SET ticketsFrom = :at, deleteAfter = :at"),
  block: () => writes(DAY_MILLISECONDS, "SET blockedUntil = :at, deleteAfter = :at"),
  /** TTL deletes the item, if it may. */
  forget: (words) => async (actor) => {
    await actor.does(async (_, now) => {
      const write = {
        conditions: { "it is kept no longer": "deleteAfter <= :seconds" },
        values: { ":seconds": now / 1_000 },
      };
      const args = [await keyOf(words.first), write];
      await actor.ask({ port: "table", method: "remove", args, words: "TTL deletes" });
    });
  },
};

/** What an operator writes on number one, whatever lies there: a moment, so many milliseconds from now. */
function writes(after: number, update: string): Script {
  return (actor) =>
    actor.does(async (_, now) => {
      const write = { pk: await keyOf("number"), update, values: { ":at": now + after } };
      const args = [{ ...write, conditions: {} }];
      await actor.ask({ port: "table", method: "update", args, words: "the operator writes" });
    });
}

/** The key of an item in the table: of number one, of the window of its client, of the first shard of the spend of the day. */
async function keyOf(item: string): Promise<string> {
  switch (item) {
    case "number":
      return `number#${await pseudonym()}`;
    case "client":
      return `scope#${(await clientWindow()).key}`;
    default:
      return `spend#${new Date(NOON).toISOString().slice(0, 10)}#0`;
  }
}

async function pseudonym(): Promise<Mac> {
  return mac(await someDeps().keys.index(), ["number", ONE]);
}

async function clientWindow(): Promise<ScopeWindow> {
  const index = await someDeps().keys.index();
  const to = judgePhone(ONE, someDeps());
  if (to.kind === "refused") throw new Error("the number is none");
  const asked = { clientAddress: "192.0.2.1", to: to.phone, country: "GB" } as const;
  const { client } = scopesOf(index, TEST_SCOPES, asked);
  const [window] = windowsAt(client, TEST_SCOPES, { now: NOON });
  return present(window);
}

/** The ticket that an approval before left, or one that is issued now. */
async function ticketOf(word: string, kept: Kept): Promise<Ticket> {
  if (word === "ticket") return present(kept.ticket);
  return issueTicket(await someDeps().keys.index(), await pseudonym(), NOON);
}

function codeOf(word: string): string {
  return CODES[word] ?? word;
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("nothing came to be");
  return value;
}

/** `start A of 2, wait 30`: steps one after another. */
function scriptOf(text: string, kept: Kept, isBefore = false): Script {
  const steps = text === "" ? [] : text.split(", ").map((step) => stepOf(step, kept));
  return async (actor) => {
    for (const { verb, step } of steps) {
      const left: unknown = await step(actor);
      if (isBefore) keep(kept, verb, left);
    }
  };
}

function keep(kept: Kept, verb: string, left: unknown): void {
  if (typeof left !== "string") return;
  if (verb === "start" && isVerificationId(left)) kept.id = left;
  if (verb === "check" && isTicket(left)) kept.ticket = left;
}

function stepOf(text: string, kept: Kept) {
  const isRefused = text.startsWith("refused ");
  const [verb = "", ...words] = text.replace(/^refused /, "").split(" ");
  const [first = "", second = ""] = words;
  const after = (word: string) =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
  const step = present(VERBS[verb])({ first, second, after }, kept);
  const script: Script = (actor) => {
    if (isRefused) actor.provider("refused");
    return step(actor);
  };
  return { verb, step: script };
}

/**
 * Small configurations, each small enough that every one of its interleavings is explored. What lies before them is what it takes to come close to an edge.
 * One row each: settings other than the defaults, the steps before, and the steps of each actor.
 */
export const CONFIGURATIONS: readonly (() => Configuration)[] = rowsOf(
  join(import.meta.dirname, "configurations.tsv"),
  ["name", "bounds", "given", "before", "actors"],
).map((row) => () => {
  const kept: Kept = {};
  const given = row.given.split(" ").filter((word) => word !== "");
  return {
    beginsAt: NOON,
    terms: QUIET,
    ...Object.assign({}, ...given.map((word) => present(GIVEN[word]))),
    name: row.name,
    bounds: row.bounds,
    ...(row.before === "" ? {} : { before: scriptOf(row.before, kept, true) }),
    actors: Object.fromEntries(
      row.actors.split(" | ").map((actor) => {
        const [name = "", steps = ""] = actor.split(": ");
        return [name, scriptOf(steps, kept)];
      }),
    ),
  };
});

/** Those that take a few seconds at most: what every run of the tests explores. */
export const QUICK = CONFIGURATIONS.filter((make) => make().isLong !== true);
