import { mac } from "../../functions/verification/code.ts";
import type { Mac, Ticket, VerificationId } from "../../functions/verification/identifiers.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";
import { scopesOf, windowsAt } from "../../functions/verification/scopes.ts";
import { issueTicket } from "../../functions/verification/ticket.ts";
import {
  everyChannel,
  fictionalNumber,
  NOON,
  someDeps,
  TEST_SCOPES,
  TEST_SPEND,
} from "../../test/support/deps.ts";
import type { Actor, Script, Terms } from "./actor.ts";
import type { Configuration } from "./explore.ts";

/**
 * Small worlds, each small enough that every one of its interleavings is explored. What lies before them is what it takes to come close to an edge.
 */

/** Codes of the stories, none of them trivial. */
const A = "314159";
const B = "271828";
const C = "161803";
const D = "141421";
const WRONG = "100200";
const WRONG_TOO = "500005";
const ONE = fictionalNumber(1);
const TWO = fictionalNumber(2);
const KEY = "a request of 16 and more";
const DAY = 86_400;

const OFF = { max: 1_000, windowSeconds: 3_600, mode: "off" } as const;
const NO_SCOPES = {
  ipv4: OFF,
  "ipv6-64": OFF,
  "ipv6-48": OFF,
  "client-unknown": OFF,
  range: OFF,
  country: OFF,
  "home-country": OFF,
  service: OFF,
};

/** Scopes that are not even counted, where a configuration is about something else. */
const QUIET: Terms = { scopeTerms: { ...TEST_SCOPES, limits: NO_SCOPES } };
const ONE_SCOPE: Terms = {
  scopeTerms: { ...TEST_SCOPES, limits: { ...NO_SCOPES, ipv4: TEST_SCOPES.limits.ipv4 } },
};
const EVERY_WAY: Terms = { ...QUIET, channels: everyChannel() };

/** What came to be in what was before. */
function held<Value>() {
  let kept: Value | undefined;
  return {
    keep(value: Value | undefined) {
      kept = value;
    },
    get it(): Value {
      if (kept === undefined) throw new Error("nothing came to be");
      return kept;
    },
  };
}

const starts =
  (code: string, request: Parameters<Actor["start"]>[0] = { to: ONE }) =>
  (actor: Actor): Promise<VerificationId | undefined> => {
    actor.draws(code);
    return actor.start(request);
  };

const time =
  (...seconds: readonly number[]): Script =>
  async (actor) => {
    for (const each of seconds) await actor.wait(each);
  };

/** A verification that was sent these codes, one every `apart` seconds, and then so many seconds. */
function sent(codes: readonly string[], { apart = 30, rest = 0 } = {}) {
  const id = held<VerificationId>();
  const before: Script = async (actor) => {
    const [first = A, ...later] = codes;
    id.keep(await starts(first)(actor));
    for (const code of later) {
      await actor.wait(apart);
      actor.draws(code);
      await actor.resend(id.it);
    }
    if (rest > 0) await actor.wait(rest);
  };
  const checks =
    (code: string, key?: string): Script =>
    (actor) =>
      actor.check(id.it, code, key);
  const resends =
    (code: string, request?: Parameters<Actor["resend"]>[1]): Script =>
    (actor) => {
      actor.draws(code);
      return actor.resend(id.it, request);
    };
  const cancels: Script = (actor) => actor.cancel(id.it);
  return { id, before, checks, resends, cancels } as const;
}

const then =
  (...scripts: readonly Script[]): Script =>
  async (actor) => {
    for (const script of scripts) await script(actor);
  };

const refused =
  (script: Script): Script =>
  (actor) => {
    actor.provider("refused");
    return script(actor);
  };

function configuration(
  name: string,
  bounds: string,
  rest: Omit<Configuration, "name" | "bounds" | "beginsAt"> & { readonly beginsAt?: number },
): Configuration {
  return { beginsAt: NOON, terms: QUIET, ...rest, name, bounds };
}

const CHECKING: readonly (() => Configuration)[] = [
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "two people, one request after another",
      "one code was sent 30 s ago and ends 270 s later; one guesses and then asks again, the other starts with another number and then types the code, and somewhere else the code that was asked for",
      {
        before: one.before,
        actors: {
          Ada: then(one.checks(WRONG), one.resends(B)),
          Ben: then(starts(C, { to: TWO }), one.checks(A)),
          "Ben too": one.checks(B),
          time: time(270),
        },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "two people, all at once",
      "one code was sent 30 s ago and ends 270 s later; two checks of it, one wrong check, one resend, one start of another number",
      {
        isLong: true,
        before: one.before,
        actors: {
          Ada: one.checks(A),
          "Ada again": one.resends(B),
          Ben: one.checks(A),
          "Ben too": one.checks(WRONG),
          "Ben elsewhere": starts(C, { to: TWO }),
          time: time(270),
        },
      },
    );
  },
  () => {
    const one = sent([A, B], { rest: 30 });
    return configuration(
      "an old code and a new one, a resend and a cancel",
      "two codes were sent, and the older ends 240 s later; a check of each, one resend, one cancel",
      {
        before: one.before,
        actors: {
          Ada: one.checks(A),
          Ben: one.checks(B),
          "Ada again": one.resends(C),
          "Ada elsewhere": one.cancels,
          time: time(240),
        },
      },
    );
  },
  () => {
    const one = sent([A, B, C], { rest: 230 });
    return configuration(
      "three codes that end one after another",
      "three codes were sent 30 s apart, and 230 s later the oldest ends in 10 s, the next in 40 s; a check of each, a wrong one, a cancel",
      {
        isLong: true,
        before: one.before,
        actors: {
          Ada: one.checks(A),
          "Ada too": one.checks(B),
          Ben: one.checks(C),
          "Ben too": one.checks(WRONG),
          "Ada elsewhere": one.cancels,
          time: time(10, 30),
        },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "the last two checks",
      "three of five checks are used; the right code, two wrong ones, a resend, a cancel",
      {
        before: then(one.before, one.checks("700001"), one.checks("700002"), one.checks("700003")),
        actors: {
          Ada: one.checks(A),
          Ben: one.checks(WRONG),
          "Ben too": one.checks(WRONG_TOO),
          "Ada again": one.resends(B),
          "Ada elsewhere": one.cancels,
        },
      },
    );
  },
  () => {
    const one = sent([A, B]);
    return configuration(
      "the same guess and the same request twice",
      "two codes were sent; the right code under a key twice, a wrong code under that key, another wrong code twice and the right one without",
      {
        before: one.before,
        actors: {
          Ada: one.checks(B, KEY),
          "Ada's retry": one.checks(B, KEY),
          "Ada mistyped": one.checks(WRONG, KEY),
          Ben: one.checks(WRONG_TOO),
          "Ben's retry": one.checks(WRONG_TOO),
          "Ben elsewhere": one.checks(B),
        },
      },
    );
  },
  () => {
    const one = sent([A]);
    return configuration(
      "two cancels and a check",
      "one code was sent; two cancels, a check of the code, 1 s that passes",
      {
        before: one.before,
        actors: { Ada: one.cancels, "Ada again": one.cancels, Ben: one.checks(A), time: time(1) },
      },
    );
  },
  () => {
    const one = sent([A]);
    return configuration(
      "one request with two codes",
      "one code was sent; the right code and two wrong ones under one key",
      {
        before: one.before,
        actors: {
          Ada: one.checks(A, KEY),
          "Ada's retry": one.checks(WRONG, KEY),
          "Ada again": one.checks(WRONG_TOO, KEY),
        },
      },
    );
  },
];

const RESENDING: readonly (() => Configuration)[] = [
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "one request of a code twice, with checks",
      "one code was sent; a resend under one key twice, drawing two codes, a check of the first code, 30 s that pass",
      {
        before: one.before,
        actors: {
          Ada: one.resends(B, { idempotencyKey: KEY }),
          "Ada's retry": one.resends(C, { idempotencyKey: KEY }),
          Ben: one.checks(A),
          time: time(30),
        },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "a resend that the provider refuses, and another",
      "one code was sent; a resend that is refused, one that is not, a check of the code of the latter, 30 s that pass",
      {
        isLong: true,
        before: one.before,
        actors: {
          Ada: refused(one.resends(B)),
          Ben: one.resends(C),
          "Ben too": one.checks(C),
          time: time(30),
        },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "a resend that the provider refuses after the next one",
      "one code was sent; a resend that is refused; another 30 s later, and a check of its code",
      {
        before: one.before,
        actors: {
          Ada: refused(one.resends(B)),
          Ben: then(time(30), one.resends(C), one.checks(C)),
        },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "a resend that the provider refuses, whose code is guessed",
      "one code was sent; a resend that is refused, checks of its code, of the first and of a wrong one",
      {
        before: one.before,
        actors: {
          Ada: refused(one.resends(B)),
          "Ada too": one.checks(B),
          Ben: one.checks(A),
          "Ben too": one.checks(WRONG),
        },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "two resends that draw one code, which somebody has guessed",
      "one code was sent; two resends that both draw the same code, a check of it, 30 s that pass",
      {
        before: one.before,
        actors: {
          Ada: one.resends(B),
          Ben: one.resends(B),
          "Ben too": one.checks(B),
          time: time(30),
        },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 290 });
    return configuration(
      "a resend as the verification ends",
      "the only code ends in 10 s; a resend, a check, a cancel, 10 s that pass",
      {
        before: one.before,
        actors: { Ada: one.resends(B), Ben: one.checks(A), "Ben too": one.cancels, time: time(10) },
      },
    );
  },
  () => {
    const one = sent([A], { rest: 290 });
    return configuration(
      "a resend that asks its client's window as the verification ends",
      "the only code ends in 10 s; a resend that is counted on its client, a check, 10 s that pass",
      {
        terms: ONE_SCOPE,
        before: one.before,
        actors: { Ada: one.resends(B), Ben: one.checks(A), time: time(10) },
      },
    );
  },
];

const BY_WHATSAPP = { channel: "whatsapp" } as const;
const UNDELIVERED = { delivery: "undelivered", reason: "unreachable" } as const;

/** A code whose message failed so many seconds ago, and whose turn may be handed on. */
function failed(secondsAgo = 1) {
  const one = sent([A]);
  const before = then(
    one.before,
    (actor) => actor.report(A, UNDELIVERED),
    ...(secondsAgo > 0 ? [time(secondsAgo)] : []),
  );
  return { ...one, before };
}

const HANDING_ON: readonly (() => Configuration)[] = [
  () => {
    const one = failed(0);
    return configuration(
      "a failed message whose turn two want in the very moment of it",
      "the only message failed at once; two resends on another channel, and no time passes",
      {
        terms: EVERY_WAY,
        before: one.before,
        actors: {
          Ada: one.resends(B, BY_WHATSAPP),
          "Ada again": one.resends(C, BY_WHATSAPP),
        },
      },
    );
  },
  () => {
    const one = failed();
    return configuration(
      "a failed message whose turn two want",
      "the only message failed; two resends on another channel, a start, 30 s that pass",
      {
        terms: EVERY_WAY,
        before: one.before,
        actors: {
          Ada: one.resends(B, BY_WHATSAPP),
          "Ada again": one.resends(C, BY_WHATSAPP),
          Ben: starts(D),
          time: time(30),
        },
      },
    );
  },
  () => {
    const one = failed();
    return configuration(
      "a turn that is handed on to a message that fails as well",
      "the only message failed; a resend on another channel, its failure, another resend on the first channel",
      {
        terms: EVERY_WAY,
        before: one.before,
        actors: {
          Ada: one.resends(B, BY_WHATSAPP),
          provider: (actor) => actor.report(B, UNDELIVERED),
          "Ada again": one.resends(C, { channel: "sms" }),
          time: time(1, 1),
        },
      },
    );
  },
  () => {
    const one = failed();
    return configuration(
      "a turn that is handed on to a message that the provider refuses",
      "the only message failed; a resend on another channel that is refused, two starts, 30 s that pass",
      {
        terms: EVERY_WAY,
        before: one.before,
        actors: {
          Ada: refused(one.resends(B, BY_WHATSAPP)),
          Ben: then(starts(C), starts(D)),
          time: time(30),
        },
      },
    );
  },
  () => {
    const one = failed();
    return configuration(
      "four codes of which the oldest is typed",
      "three codes, the first of which failed and handed its turn on; a fourth, checks of the oldest and of a wrong code, a cancel",
      {
        terms: EVERY_WAY,
        before: then(one.before, one.resends(B, BY_WHATSAPP), time(30), one.resends(C), time(30)),
        actors: {
          Ada: one.resends(D),
          "Ada too": one.checks(A),
          Ben: one.checks(WRONG),
          "Ben too": one.cancels,
        },
      },
    );
  },
  () => {
    const one = failed();
    return configuration(
      "a code that is drawn again when it is the middle one",
      "the only message failed; three resends 30 s apart, two of which draw the same code",
      {
        terms: EVERY_WAY,
        before: one.before,
        actors: {
          Ada: then(one.resends(B, BY_WHATSAPP), time(30), one.resends(C), time(30)),
          Ben: one.resends(B),
        },
      },
    );
  },
];

/** So many starts of number one, apart; each with a code of its own. */
const startedBefore =
  (times: number, apart: number, request: Parameters<Actor["start"]>[0] = { to: ONE }): Script =>
  async (actor) => {
    for (let index = 0; index < times; index += 1) {
      await starts(String(200_003 + 7 * index), request)(actor);
      await actor.wait(apart);
    }
  };

const STARTING: readonly (() => Configuration)[] = [
  () =>
    configuration(
      "three starts of one number at once",
      "nothing was before; three starts, one of which the provider refuses and one of which starts again, 30 s that pass",
      {
        actors: {
          Ada: refused(starts(A)),
          Ben: then(starts(B), starts(C)),
          "Ben elsewhere": starts(D),
          time: time(30),
        },
      },
    ),
  () =>
    configuration(
      "the third and the fourth message in ten minutes",
      "two starts were before, 60 s and 30 s ago; three starts, 30 s and 30 s that pass",
      {
        before: startedBefore(2, 30),
        actors: { Ada: starts(A), Ben: starts(B), "Ben too": starts(C), time: time(30, 30) },
      },
    ),
  () =>
    configuration(
      "the seventh and the eighth message of a day",
      "six starts were before, 300 s apart; three starts, 300 s and 300 s that pass",
      {
        before: startedBefore(6, 300),
        actors: { Ada: starts(A), Ben: starts(B), "Ben too": starts(C), time: time(300, 300) },
      },
    ),
  () => {
    const one = held<Mac>();
    return configuration(
      "a number on the edge of its lock",
      "83 guesses about the number have failed and a code is out; two wrong checks, two starts, 30 s that pass",
      lockedAfter(83, one),
    );
  },
];

function lockedAfter(failures: number, number: ReturnType<typeof held<Mac>>) {
  const one = sent([A]);
  return {
    before: then(one.before, async (actor) => {
      number.keep(await pseudonymOf(ONE));
      await actor.does(async ({ numbers }, now) => {
        for (let index = 0; index < failures; index += 1) await numbers.addFailure(number.it, now);
      });
      await actor.wait(30);
    }),
    actors: {
      Ada: one.checks(WRONG),
      Ben: one.checks(WRONG_TOO),
      "Ada again": starts(B),
      "Ben again": starts(C),
      time: time(30),
    },
  };
}

async function pseudonymOf(number: string): Promise<Mac> {
  return mac(await someDeps().keys.index(), ["number", number]);
}

const A_MONTH = 30 * DAY;

/** Failures of number one, a month before; then a code. */
function failedAMonthAgo(failures: number, rest: number) {
  const one = sent([A]);
  const before: Script = async (actor) => {
    const number = await pseudonymOf(ONE);
    await actor.does(async ({ numbers }, now) => {
      for (let index = 0; index < failures; index += 1) await numbers.addFailure(number, now);
    });
    await actor.wait(A_MONTH + rest);
    await one.before(actor);
    await actor.wait(30);
  };
  return { ...one, before };
}

const FAILING: readonly (() => Configuration)[] = [
  () => {
    const one = failedAMonthAgo(84, 0);
    return configuration(
      "failures that are just forgotten",
      "84 guesses failed a month ago; two wrong checks, a start",
      {
        before: one.before,
        actors: { Ada: one.checks(WRONG), Ben: one.checks(WRONG_TOO), "Ben again": starts(B) },
      },
    );
  },
];

/** A ticket of number one, as an approval leaves it, and nothing else but the turn of its start. */
function ticketed() {
  const one = sent([A]);
  const ticket = held<Ticket>();
  const before: Script = async (actor) => {
    await one.before(actor);
    ticket.keep(await actor.check(one.id.it, A));
  };
  const startsWith =
    (code: string): Script =>
    (actor) => {
      actor.draws(code);
      return actor.start({ to: ONE, ticket: ticket.it });
    };
  return { before, startsWith } as const;
}

const TICKETS: readonly (() => Configuration)[] = [
  () => {
    const one = ticketed();
    return configuration(
      "two starts with a ticket and one without",
      "a turn was taken and proven just now; two starts with its ticket, one without, 30 s and 30 s that pass",
      {
        before: one.before,
        actors: {
          Ada: one.startsWith(B),
          "Ada too": one.startsWith(C),
          Ben: starts(D),
          time: time(30, 30),
        },
      },
    );
  },
  () => {
    const one = ticketed();
    return configuration(
      "four starts with one ticket",
      "a turn was taken and proven; four starts with its ticket, 600 s apart, and another beside them",
      {
        before: one.before,
        actors: {
          Ada: then(...[B, C, D, "173205"].flatMap((code) => [time(600), one.startsWith(code)])),
          "Ada too": one.startsWith("123123"),
        },
      },
    );
  },
  () => {
    const one = ticketed();
    return configuration(
      "the third and the fourth message in ten minutes, with a ticket",
      "a turn was taken and proven; three starts with its ticket, 30 s apart",
      {
        before: one.before,
        actors: {
          Ada: then(time(30), one.startsWith(B), time(30), one.startsWith(C), time(30)),
          "Ada too": one.startsWith(D),
        },
      },
    );
  },
  () =>
    configuration(
      "the tenth and the eleventh message of a day, with a ticket",
      "nine turns were taken in the day, the last two with tickets, and the number proven; three starts with the ticket, 300 s apart",
      {
        before: then(startedBefore(7, 300), async (actor) => {
          const number = await pseudonymOf(ONE);
          await actor.does(({ numbers }, now) => numbers.takeTurn(number, now, { issuedAt: now }));
          await actor.wait(300);
          await actor.does(({ numbers }, now) => numbers.takeTurn(number, now, { issuedAt: now }));
          await actor.does(({ numbers }, now) => numbers.clearFailures(number, now));
          await actor.wait(300);
        }),
        actors: {
          Ada: ticketHolder(B),
          "Ada too": ticketHolder(C),
          time: time(300),
        },
      },
    ),
  () => {
    const one = ticketed();
    return configuration(
      "a ticket that an operator revokes",
      "a turn was taken and proven; the operator revokes the number's tickets, and two starts carry one, 30 s and 30 s that pass",
      {
        ground: "table",
        before: then(one.before, time(30), writes(revocation)),
        actors: { Ada: one.startsWith(B), "Ada too": one.startsWith(C), time: time(30, 30) },
      },
    );
  },
];

/** Starts with a ticket that was issued now. */
const ticketHolder =
  (code: string): Script =>
  async (actor) => {
    const index = await someDeps().keys.index();
    actor.draws(code);
    return actor.start({ to: ONE, ticket: issueTicket(index, await pseudonymOf(ONE), NOON) });
  };

type RawWrite = {
  readonly pk: string;
  readonly update: string;
  readonly values: Readonly<Record<string, unknown>>;
};

/** What an operator writes into the table, whatever lies there. */
const writes =
  (write: (now: number) => Promise<RawWrite>): Script =>
  async (actor) => {
    await actor.does(async (_, now) => {
      const args = [{ ...(await write(now)), conditions: {} }];
      await actor.ask({ port: "table", method: "update", args, words: "the operator writes" });
    });
  };

const revocation = async (now: number): Promise<RawWrite> => ({
  pk: `number#${await pseudonymOf(ONE)}`,
  update: "SET ticketsFrom = :now, deleteAfter = :now",
  values: { ":now": now },
});

const block = async (now: number): Promise<RawWrite> => ({
  pk: `number#${await pseudonymOf(ONE)}`,
  update: "SET blockedUntil = :until, deleteAfter = :until",
  values: { ":until": now + DAY * 1_000 },
});

async function clientWindow(now: number) {
  const index = await someDeps().keys.index();
  const [to] = [judgePhone(ONE, someDeps())];
  if (to.kind === "refused") throw new Error("the number is none");
  const scopes = scopesOf(index, TEST_SCOPES, {
    clientAddress: "192.0.2.1",
    to: to.phone,
    country: "GB",
  });
  const [window] = windowsAt(scopes.client, TEST_SCOPES, { now, random: someDeps().random });
  if (window === undefined) throw new Error("a client has a window");
  return window;
}

const blockOfClient = async (now: number): Promise<RawWrite> => ({
  pk: `scope#${(await clientWindow(now)).key}`,
  update: "SET blockedUntil = :until, deleteAfter = :until",
  values: { ":until": now + DAY * 1_000 },
});

/** TTL deletes the item, if it may. */
const forgets =
  (pk: () => Promise<string>): Script =>
  async (actor) => {
    await actor.does(async (_, now) => {
      const write = {
        conditions: { "it is kept no longer": "deleteAfter <= :seconds" },
        values: { ":seconds": now / 1_000 },
      };
      const args = [await pk(), write];
      await actor.ask({ port: "table", method: "remove", args, words: "TTL deletes" });
    });
  };

const OPERATING: readonly (() => Configuration)[] = [
  () => {
    const one = ticketed();
    return configuration(
      "a number that is closed",
      "a turn was taken and proven, and the operator has closed the number; two starts, one with a ticket, 30 s that pass",
      {
        ground: "table",
        before: then(one.before, time(30), writes(block)),
        actors: { Ada: one.startsWith(B), Ben: starts(C), time: time(30) },
      },
    );
  },
  () => {
    const one = failed();
    return configuration(
      "a number that is closed, whose message failed",
      "the only message failed, and the operator has closed the number; a resend on another channel",
      {
        ground: "table",
        terms: EVERY_WAY,
        before: then(one.before, writes(block)),
        actors: { Ada: one.resends(B, BY_WHATSAPP), Ben: starts(C) },
      },
    );
  },
  () =>
    configuration("a client that is closed", "the operator has closed a client; two starts of it", {
      ground: "table",
      terms: {},
      before: writes(blockOfClient),
      actors: { Ada: starts(A), Ben: starts(B, { to: TWO }) },
    }),
  () => {
    const one = sent([A]);
    return configuration(
      "an approval whose bookings come after TTL",
      "one code was sent; a check of it, 200 days that pass, TTL that deletes the number and the client's window",
      {
        ground: "table",
        terms: ONE_SCOPE,
        before: one.before,
        actors: {
          Ada: one.checks(A),
          TTL: then(
            time(200 * DAY),
            forgets(async () => `number#${await pseudonymOf(ONE)}`),
            forgets(async () => `scope#${(await clientWindow(NOON)).key}`),
          ),
        },
      },
    );
  },
  () =>
    configuration(
      "a price that is given back after TTL",
      "a start that the provider refuses, 200 days that pass, TTL that deletes the day's spend",
      {
        ground: "table",
        actors: {
          Ada: refused(starts(A)),
          TTL: then(
            time(200 * DAY),
            forgets(async () => `spend#${new Date(NOON).toISOString().slice(0, 10)}#0`),
          ),
        },
      },
    ),
  () => {
    const one = failed();
    return configuration(
      "a locked number whose message failed",
      "the only message failed, and 85 guesses about the number have failed; a resend on another channel",
      {
        terms: EVERY_WAY,
        before: then(one.before, async (actor) => {
          const number = await pseudonymOf(ONE);
          await actor.does(async ({ numbers }, now) => {
            for (let index = 0; index < 85; index += 1) await numbers.addFailure(number, now);
          });
        }),
        actors: { Ada: one.resends(B, BY_WHATSAPP), Ben: starts(C) },
      },
    );
  },
];

const TIGHT: Terms = {
  scopeTerms: {
    ...TEST_SCOPES,
    limits: { ...NO_SCOPES, ipv4: { max: 1, windowSeconds: 600, mode: "enforce" } },
  },
};

/** A cap of one message for strangers on one counter, and room enough on the others. */
function capped(counter: "day" | "hour" | "countryDay" | "countryHour"): Terms {
  const { prices, ...rest } = TEST_SPEND;
  const price = prices.GB?.sms ?? 0;
  const wide = { perHourMicros: 100 * price, perDayMicros: 400 * price };
  const one = price / (1 - rest.keptForTickets);
  const tight = counter.toLowerCase().endsWith("day")
    ? { ...wide, perDayMicros: one }
    : { ...wide, perHourMicros: one };
  const ofCountry = counter.startsWith("country") ? tight : wide;
  const total = counter.startsWith("country") ? wide : tight;
  return { ...QUIET, spendTerms: { ...TEST_SPEND, total, countries: { GB: ofCountry } } };
}

const COUNTERS = ["day", "hour", "countryDay", "countryHour"] as const;

const SHARING: readonly (() => Configuration)[] = [
  () =>
    configuration(
      "two numbers of one client with room for one",
      "a client may owe one; two starts of two numbers, one of which the provider refuses, and a third",
      {
        terms: TIGHT,
        actors: {
          Ada: starts(A),
          Ben: refused(starts(B, { to: TWO })),
          "Ben too": starts(C, { to: fictionalNumber(3) }),
        },
      },
    ),
  ...COUNTERS.map(
    (counter) => () =>
      configuration(
        `two numbers with money for one: ${counter}`,
        "a cap of one message on one counter; two starts of two numbers, and one that the provider refuses",
        {
          terms: capped(counter),
          actors: {
            Ada: starts(A),
            Ben: starts(B, { to: TWO }),
            "Ben too": refused(starts(C, { to: fictionalNumber(3) })),
          },
        },
      ),
  ),
  () =>
    configuration(
      "one request of a start twice, and another under its key",
      "nothing was before; a start under one key twice, one of another number under the same key, 30 s that pass",
      {
        actors: {
          Ada: starts(A, { to: ONE, idempotencyKey: KEY }),
          "Ada's retry": starts(B, { to: ONE, idempotencyKey: KEY }),
          Ben: starts(C, { to: TWO, idempotencyKey: KEY }),
          time: time(30),
        },
      },
    ),
  () => {
    const one = sent([A], { rest: 30 });
    return configuration(
      "news of a message, in any order",
      "one code was sent; a resend, news that the new message was delivered and that it was queued, late news of the first",
      {
        before: one.before,
        actors: {
          Ada: one.resends(B),
          provider: (actor) => actor.report(B, { delivery: "delivered" }),
          "provider too": (actor) => actor.report(B, { delivery: "sent" }),
          "provider late": (actor) => actor.report(A, { delivery: "delivered" }),
        },
      },
    );
  },
];

export const CONFIGURATIONS: readonly (() => Configuration)[] = [
  ...CHECKING,
  ...RESENDING,
  ...HANDING_ON,
  ...STARTING,
  ...FAILING,
  ...TICKETS,
  ...OPERATING,
  ...SHARING,
];
