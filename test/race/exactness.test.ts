import { expect, it } from "vitest";
import { LIMITS, type ScopeLimit } from "../../functions/policy/limits.ts";
import { mac } from "../../functions/verification/code.ts";
import type { Ticket } from "../../functions/verification/identifiers.ts";
import type { ScopeKind, ScopeTerms } from "../../functions/verification/scopes.ts";
import type { SpendTerms } from "../../functions/verification/spend.ts";
import { type Started, start } from "../../functions/verification/start.ts";
import { issueTicket } from "../../functions/verification/ticket.ts";
import { aChallenge, aStart, type Deps, fictionalNumber, NOON, someDeps } from "../support/deps.ts";
import { engineStores } from "../support/engine-stores.ts";
import { describeOnEngine, type EngineTable, SOCKETS } from "../support/engine-tables.ts";
import { OPEN_SWITCH } from "../support/memory-stores.ts";

const PARALLEL = 40;
/** Of more the rest would wait in the client, and meet no other start. */
const MANY = SOCKETS;
const SECOND = 1_000;

/** A client for each start, so that only what is tested decides. */
const client = (index: number) => `198.51.${Math.floor(index / 250)}.${index % 250}`;

const limitsWith = (limitByKind: Partial<Record<ScopeKind, number>>): ScopeTerms["limits"] => {
  const maxima = new Map(Object.entries(limitByKind));
  const limits = Object.entries<ScopeLimit>(LIMITS.unverifiedSends).map(
    ([kind, limit]) => [kind, { ...limit, max: maxima.get(kind) ?? 10_000 }] as const,
  );
  return { ...LIMITS.unverifiedSends, ...Object.fromEntries(limits) };
};

const CENT = 10_000;
/** Forty messages an hour, of which strangers get thirty. */
const SPEND: SpendTerms = {
  total: { perHourMicros: 400 * CENT, perDayMicros: 4_000 * CENT },
  countries: {},
  keptForTickets: 0.25,
  knownShare: 0,
  prices: { GB: { sms: 10 * CENT } },
  shards: 1,
};
const PRICE = 10 * CENT;

type Trial = { readonly deps: Deps; readonly items: EngineTable["items"] };

/** The windows and days as they lie in the table: what each counts. */
async function counted(
  { items }: Trial,
  prefix: string,
  field: string,
): Promise<readonly number[]> {
  const found = (await items()).filter((item) => String(item["pk"]).startsWith(prefix));
  return found.map((item) => Number(item[field]));
}

async function ticketFor({ keys }: Deps, to: string): Promise<Ticket> {
  const index = await keys.index();
  return issueTicket(index, mac(index, ["number", to]), NOON - 86_400 * SECOND);
}

/** So many starts at once, each of another number, and every so-many-th refused by the provider. */
async function startAll(
  deps: Deps,
  { from = 0, count = PARALLEL, refusedEach = 0, hasTickets = false, solved = false } = {},
): Promise<readonly string[]> {
  const outcomes = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const to = fictionalNumber(from + index);
      const isRefused = refusedEach > 0 && index % refusedEach === 0;
      const sender: Deps["sender"] = isRefused
        ? { send: async () => ({ kind: "refused", why: "provider-unavailable" }) }
        : deps.sender;
      const request = aStart({
        to,
        clientAddress: client(from + index),
        ticket: hasTickets ? await ticketFor(deps, to) : undefined,
        challengeToken: solved ? `token ${from + index}` : undefined,
      });
      return start({ ...deps, sender }, request);
    }),
  );
  return outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.why : outcome.kind));
}

const count = (outcomes: readonly string[], outcome: string) =>
  outcomes.filter((each) => each === outcome).length;

describeOnEngine(`${PARALLEL} parallel starts are exact`, ({ freshTable }) => {
  async function aTrial(terms: Partial<Deps>): Promise<Trial> {
    const { table, items } = await freshTable();
    const deps: Deps = {
      ...someDeps(engineStores(table, () => deps.time.now)),
      scopeTerms: { limits: limitsWith({}), homeCountry: "GB" },
      spendTerms: { ...SPEND, total: { perHourMicros: 10 ** 12, perDayMicros: 10 ** 12 } },
      ...terms,
    };
    return { deps, items };
  }

  it("in money: strangers get their share, people with tickets the rest, and what the provider refused is given back to the cent", async () => {
    const trial = await aTrial({ spendTerms: SPEND });
    const { deps } = trial;
    const first = await startAll(deps, { refusedEach: 3 });
    expect(deps.messages.length).toBeLessThanOrEqual(30);
    expect(count(first, "started")).toBe(deps.messages.length);
    expect(await counted(trial, "spend#", "total")).toEqual([deps.messages.length * PRICE]);
    await startAll(deps, { from: 200 });
    expect(deps.messages).toHaveLength(30);
    const owners = await startAll(deps, { from: 400, hasTickets: true });
    expect(count(owners, "started")).toBe(10);
    expect(count(owners, "sending-paused")).toBe(PARALLEL - 10);
    expect(deps.messages).toHaveLength(40);
    expect(await counted(trial, "spend#", "total")).toEqual([40 * PRICE]);
    expect(await counted(trial, "spend#", "GB")).toEqual([40 * PRICE]);
    deps.time.now = NOON + 3_600 * SECOND;
    expect(count(await startAll(deps, { from: 600 }), "started")).toBe(30);
  });

  /** The kind of item, and the counter of the hour of NOON in it. */
  const COUNTERS = {
    range: ["scope#range#", "unverified"],
    "home-country": ["spend#", "GBw8"],
    service: ["spend#", "w8"],
  } as const;

  it.each(["range", "home-country", "service"] as const)(
    "in what many share: exactly the limit of %s, and the window owes exactly that",
    async (kind) => {
      const limits = limitsWith({ [kind]: 20 });
      const trial = await aTrial({ scopeTerms: { limits, homeCountry: "GB" } });
      const outcomes = await startAll(trial.deps);
      // Starts that are refused by a neighbour in flight are refused; none is sent too many.
      expect(trial.deps.messages.length).toBe(count(outcomes, "started"));
      expect(trial.deps.messages.length).toBeLessThanOrEqual(20);
      await startAll(trial.deps, { from: 200 });
      expect(trial.deps.messages).toHaveLength(20);
      const [item, counter] = COUNTERS[kind];
      const owed = () => counted(trial, item, counter);
      expect(await owed()).toEqual([20]);
      const owners = await startAll(trial.deps, { from: 400, count: 30, hasTickets: true });
      expect(count(owners, "started")).toBe(30);
      expect(await owed()).toEqual([50]);
    },
  );

  it("in shards: together they hold the limit, and no send more", async () => {
    const limits = limitsWith({ service: 20 });
    const layouts = [{ from: 0, shards: 3 }];
    const sendingSwitch = { switchState: async () => ({ ...OPEN_SWITCH, layouts }) };
    const scopeTerms = { limits, homeCountry: "GB" } as const;
    const trial = await aTrial({ scopeTerms, sendingSwitch });
    await startAll(trial.deps);
    await startAll(trial.deps, { from: 200 });
    await startAll(trial.deps, { from: 400 });
    expect(trial.deps.messages).toHaveLength(20);
  });

  it("in turns: three in ten minutes, seven a day for a stranger, ten with a ticket, however they are mixed", async () => {
    const { deps } = await aTrial({});
    const to = fictionalNumber(7);
    const ticket = await ticketFor(deps, to);
    async function wave(wave: number, isOwner: (index: number) => boolean): Promise<void> {
      deps.time.now = NOON + wave * 301 * SECOND;
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => {
          const clientAddress = client(wave * 10 + index);
          return start(
            deps,
            aStart({ to, clientAddress, ticket: isOwner(index) ? ticket : undefined }),
          );
        }),
      );
    }
    for (let number = 0; number < 12; number++) await wave(number, () => false);
    expect(deps.messages).toHaveLength(7);
    for (let number = 12; number < 24; number++) await wave(number, (index) => index % 2 === 0);
    expect(deps.messages).toHaveLength(10);
  });

  it("under a challenge: up to a share of the limit without a token, and to the limit with one each", async () => {
    const max = 40;
    const limits = limitsWith({ service: max });
    const { deps } = await aTrial({
      scopeTerms: { limits, homeCountry: "GB" },
      challenge: aChallenge("under-pressure"),
    });
    const share = max * LIMITS.challengeFromShareOfLimit;
    const strangers = [...(await startAll(deps)), ...(await startAll(deps, { from: 200 }))];
    expect(deps.messages).toHaveLength(share);
    expect(count(strangers, "started")).toBe(share);
    const people = [
      ...(await startAll(deps, { from: 400, solved: true })),
      ...(await startAll(deps, { from: 600, solved: true })),
    ];
    expect(deps.messages).toHaveLength(max);
    expect(count(people, "started")).toBe(max - share);
  });
});

type Outcome = Awaited<ReturnType<typeof start>>;
const isStarted = (outcome: Outcome): outcome is Started => outcome.kind === "started";

describeOnEngine(`${MANY} parallel starts`, ({ freshTable }) => {
  async function freshDeps(): Promise<Deps> {
    const { table } = await freshTable();
    const deps: Deps = someDeps(engineStores(table, () => deps.time.now));
    return deps;
  }

  it("for one number at one moment send one message", async () => {
    const deps = await freshDeps();
    const outcomes = await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        start(deps, aStart({ clientAddress: client(index) })),
      ),
    );
    expect(outcomes.filter(isStarted)).toHaveLength(1);
    expect(deps.messages).toHaveLength(1);
    expect(
      new Set(outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.why : "started"))),
    ).toEqual(new Set(["started", "too-many-sends"]));
  });

  it("for one number, spread over ten minutes in any order, send what every window of its rows allows", async () => {
    const deps = await freshDeps();
    const moments = Array.from({ length: MANY }, (_, index) => NOON + index * (600_000 / MANY));
    // Each start has a clock of its own: functions run on many machines.
    const outcomes = await Promise.all(
      moments.map(async (now, index) => {
        const outcome = await start(
          { ...deps, clock: () => now },
          aStart({ clientAddress: client(index) }),
        );
        return { now, outcome };
      }),
    );
    const sentAt = outcomes
      .filter(({ outcome }) => isStarted(outcome))
      .map(({ now }) => now)
      .sort((a, b) => a - b);
    expect(sentAt.length).toBeGreaterThan(0);
    expect(deps.messages).toHaveLength(sentAt.length);
    for (const { max, windowSeconds } of LIMITS.sendsPerNumber) {
      for (const end of sentAt) {
        const within = sentAt.filter((at) => at > end - windowSeconds * 1_000 && at <= end);
        expect(within.length).toBeLessThanOrEqual(max);
      }
    }
  });

  it("under one idempotency key send one message and give one id", async () => {
    const deps = await freshDeps();
    const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";
    const outcomes = await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        start(deps, aStart({ idempotencyKey, clientAddress: client(index) })),
      ),
    );
    expect(deps.messages).toHaveLength(1);
    expect(new Set(outcomes.filter(isStarted).map(({ view }) => view.id)).size).toBe(1);
    const others = outcomes.filter((outcome) => !isStarted(outcome));
    for (const other of others) expect(other).toMatchObject({ why: "request-in-progress" });
  });

  it("of one client, for as many numbers, get exactly as far as its unverified sends", async () => {
    const deps = await freshDeps();
    const outcomes = await Promise.all(
      Array.from({ length: MANY }, (_, index) =>
        start(deps, aStart({ to: fictionalNumber(index) })),
      ),
    );
    expect(outcomes.filter(isStarted)).toHaveLength(LIMITS.unverifiedSends.ipv4.max);
    expect(deps.messages).toHaveLength(LIMITS.unverifiedSends.ipv4.max);
  });
});
