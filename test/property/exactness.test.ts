import { randomInt } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StageChallenge } from "../../functions/runtime/terms.ts";
import { check } from "../../functions/verification/check.ts";
import type { Ticket, VerificationId } from "../../functions/verification/identifiers.ts";
import { resend } from "../../functions/verification/resend.ts";
import { start } from "../../functions/verification/start.ts";
import {
  aStart,
  fictionalNumber,
  idIn,
  NOON,
  newestCode,
  otherThan,
  someDeps,
} from "../support/deps.ts";
import {
  type Approval,
  CENT,
  expectCapsKept,
  expectLimitsKept,
  expectTurnsKept,
  type Records,
  SCOPES,
  type Sent,
  SPEND,
} from "./records.ts";

/** Random traffic over few numbers, clients and ranges. */
const RUNS = 150;
const SEEDS = [20_261_125, randomInt(2 ** 31)];

const SECOND = 1_000;

/** Neighbours of fiction, a mobile elsewhere, and two of Jersey. */
const NUMBERS = [
  fictionalNumber(1),
  fictionalNumber(2),
  "+447400123456",
  "+447797712345",
  "+447797712346",
] as const;
const CLIENTS = [
  "192.0.2.1",
  "192.0.2.2",
  "2001:db8:1:1::1",
  "2001:db8:1:2::1",
  undefined,
] as const;

type Step = {
  readonly waitSeconds: number;
  readonly act: "start" | "resend" | "right" | "wrong";
  readonly number: number;
  readonly client: number;
  readonly hasTicket: boolean;
  readonly isSolved: boolean;
  readonly provider: "accepted" | "refused" | "unknown";
};

const step: fc.Arbitrary<Step> = fc.record({
  waitSeconds: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(0, 1, 29, 30, 31, 60) },
    { weight: 3, arbitrary: fc.constantFrom(120, 299, 300, 599, 600) },
    { weight: 1, arbitrary: fc.constantFrom(3_000, 3_600, 86_399) },
  ),
  act: fc.constantFrom("start", "start", "start", "resend", "right", "wrong"),
  number: fc.nat({ max: NUMBERS.length - 1 }),
  client: fc.nat({ max: CLIENTS.length - 1 }),
  hasTicket: fc.boolean(),
  isSolved: fc.boolean(),
  provider: fc.constantFrom("accepted", "accepted", "accepted", "accepted", "refused", "unknown"),
});

type When = "always" | "under-pressure" | "never";

type Live = { readonly id: VerificationId; readonly code: string; readonly sent: Sent };

/** What is known while a history is played. */
type Play = {
  readonly deps: ReturnType<typeof aTightDeps>;
  readonly sent: Sent[];
  readonly approvals: Approval[];
  readonly tickets: Map<string, Ticket>;
  /** The newest verification of each number. */
  readonly live: Map<string, Live>;
  /** The tokens that were good, each once. */
  readonly solved: Set<string>;
  readonly when: When;
};

function aTightDeps(when: When, solved: Set<string>) {
  return {
    ...someDeps(),
    scopeTerms: SCOPES,
    spendTerms: SPEND,
    countries: ["GB", "JE"] as const,
    ...(when === "never" ? {} : { challenge: aChallenge(when, solved) }),
  };
}

async function playOut(steps: readonly Step[], when: When): Promise<Records> {
  const solved = new Set<string>();
  const deps = aTightDeps(when, solved);
  const play: Play = {
    deps,
    when,
    solved,
    sent: [],
    approvals: [],
    tickets: new Map(),
    live: new Map(),
  };
  for (const [index, step] of steps.entries()) {
    deps.time.now += step.waitSeconds * SECOND;
    deps.provider.outcome = step.provider;
    const before = deps.messages.length;
    const isSent = await ACTS[step.act](play, step, index);
    expect(deps.messages.length - before).toBe(Number(isSent));
  }
  expect(deps.faults).toEqual([]);
  const paid = deps.entries.map((entry) => (entry.event === "send" ? entry.priceMicros : 0));
  return { ...play, spent: paid.reduce((sum, micros) => sum + micros, 0) };
}

type Act = (play: Play, step: Step, index: number) => Promise<boolean>;

/** Each tells whether the caller was told of a message. */
const ACTS: Readonly<Record<Step["act"], Act>> = {
  start: playStart,
  resend: playResend,
  right: (play, step) => playCheck(play, step, ({ code }) => code),
  wrong: (play, step, index) => playCheck(play, step, ({ code }) => otherThan(code, index + 1)),
};

const numberOf = ({ number }: Step) => NUMBERS[number] ?? NUMBERS[0];

async function playStart(play: Play, step: Step, index: number): Promise<boolean> {
  const { deps, tickets, sent, live, solved, when } = play;
  const number = numberOf(step);
  const client = CLIENTS[step.client];
  const ticket = step.hasTicket ? tickets.get(number) : undefined;
  const token = step.isSolved ? `token ${index}` : undefined;
  const outcome = await start(
    deps,
    aStart({ to: number, clientAddress: client, ticket, challengeToken: token }),
  );
  if (outcome.kind !== "started") return false;
  const message: Sent = {
    at: deps.time.now,
    number,
    client,
    country: number.startsWith("+4477977") ? "JE" : "GB",
    hasTicket: ticket !== undefined,
    startedAt: deps.time.now,
    startClient: client,
  };
  sent.push(message);
  live.set(number, { id: idIn(outcome.view.id), code: newestCode(play.deps), sent: message });
  if (when === "always" && ticket === undefined) expect(solved).toContain(token);
  return true;
}

async function playResend(play: Play, step: Step): Promise<boolean> {
  const { deps, sent, live } = play;
  const earlier = live.get(numberOf(step));
  if (earlier === undefined) return false;
  const client = CLIENTS[step.client];
  const outcome = await resend(deps, { id: earlier.id, clientAddress: client });
  if (outcome.kind !== "resent") return false;
  sent.push({ ...earlier.sent, at: deps.time.now, client });
  live.set(numberOf(step), { ...earlier, code: newestCode(play.deps) });
  return true;
}

async function playCheck(
  { deps, approvals, tickets, live }: Play,
  step: Step,
  codeOf: (live: Live) => string,
): Promise<boolean> {
  const earlier = live.get(numberOf(step));
  if (earlier === undefined) return false;
  const clientAddress = CLIENTS[step.client];
  const outcome = await check(deps, { id: earlier.id, code: codeOf(earlier), clientAddress });
  if (outcome.kind === "checked" && outcome.ticket !== undefined) {
    tickets.set(numberOf(step), outcome.ticket);
    approvals.push({ ...earlier.sent, at: deps.time.now });
    live.delete(numberOf(step));
  }
  return false;
}

/** Every token is good once. */
function aChallenge(when: StageChallenge["when"], used: Set<string>) {
  return {
    terms: {
      provider: "turnstile",
      siteKey: "key",
      action: "start",
      when,
      whenUnreachable: "refuse",
    },
    verifier: {
      verify: async ({ token }: { readonly token: string }) => {
        if (used.has(token)) return "failed" as const;
        used.add(token);
        return "passed" as const;
      },
    },
  } as const;
}

const traffic = fc.array(step, { minLength: 40, maxLength: 120, size: "max" });
const challenges = fc.constantFrom("never" as const, "always" as const, "under-pressure" as const);

describe("whatever the traffic, no row of any limit is exceeded", () => {
  it.each(SEEDS)(`in ${RUNS} histories over the stores in memory, seed %i`, async (seed) => {
    let messages = 0;
    let atALimit = 0;
    const property = fc.asyncProperty(traffic, challenges, async (steps, when) => {
      const records = await playOut(steps, when);
      expectTurnsKept(records);
      expectLimitsKept(records);
      expectCapsKept(records);
      messages += records.sent.length;
      atALimit += Number(records.sent.length < steps.filter(({ act }) => act === "start").length);
    });
    await fc.assert(property, { numRuns: RUNS, seed });
    // Enough went out, and enough did not, for the limits to have been met.
    expect(messages).toBeGreaterThan(5 * RUNS);
    expect(atALimit).toBeGreaterThan(RUNS / 2);
  });
});

describe("the bookkeeper", () => {
  const message: Sent = {
    at: NOON,
    number: NUMBERS[0],
    client: CLIENTS[0],
    country: "GB",
    hasTicket: false,
    startedAt: NOON,
    startClient: CLIENTS[0],
  };
  const records = (sent: readonly Sent[]): Records => ({
    sent,
    approvals: [],
    spent: sent.reduce((sum) => sum + 6 * CENT, 0),
  });
  const times = (count: number, change: (index: number) => Partial<Sent>) =>
    Array.from({ length: count }, (_, index) => ({ ...message, ...change(index) }));

  it("finds a fourth message in ten minutes, and an eighth of a stranger in a day", () => {
    const apart = (seconds: number) => (index: number) => ({ at: NOON + index * seconds * SECOND });
    expect(() => expectTurnsKept(records(times(3, apart(60))))).not.toThrow();
    expect(() => expectTurnsKept(records(times(4, apart(60))))).toThrow();
    expect(() => expectTurnsKept(records(times(7, apart(1_200))))).not.toThrow();
    expect(() => expectTurnsKept(records(times(8, apart(1_200))))).toThrow();
    const owned = (index: number) => ({ ...apart(1_200)(index), hasTicket: true });
    expect(() => expectTurnsKept(records(times(10, owned)))).not.toThrow();
    expect(() => expectTurnsKept(records(times(11, owned)))).toThrow();
  });

  it("finds a message above a limit, and one above a cap", () => {
    expect(() => expectLimitsKept(records(times(4, () => ({}))))).not.toThrow();
    expect(() => expectLimitsKept(records(times(5, () => ({}))))).toThrow();
    // 42 cents an hour for strangers, 60 for everybody.
    expect(() => expectCapsKept(records(times(7, () => ({}))))).not.toThrow();
    expect(() => expectCapsKept(records(times(8, () => ({}))))).toThrow();
    expect(() => expectCapsKept(records(times(10, () => ({ hasTicket: true }))))).not.toThrow();
    expect(() => expectCapsKept(records(times(11, () => ({ hasTicket: true }))))).toThrow();
  });
});
