import { beforeEach, describe, expect, it } from "vitest";
import type { ScopeMode } from "../../../functions/policy/limits.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import type { Challenge } from "../../../functions/verification/admission.ts";
import type { ChallengeResult } from "../../../functions/verification/challenge.ts";
import { check } from "../../../functions/verification/check.ts";
import { mac } from "../../../functions/verification/code.ts";
import { resend } from "../../../functions/verification/resend.ts";
import type { ScopeKind } from "../../../functions/verification/scopes.ts";
import { capsOf } from "../../../functions/verification/spend.ts";
import { type StartRequest, start } from "../../../functions/verification/start.ts";
import { issueTicket, openTicket } from "../../../functions/verification/ticket.ts";
import { priorityOf } from "../../../functions/verification/turns.ts";
import {
  aStart,
  type Deps,
  fictionalNumber,
  NOON,
  over,
  someDeps,
  started,
  TEST_SCOPES,
  throttled,
  under,
} from "../../support/deps.ts";
import { aMac } from "../../support/items.ts";
import { OPEN_SWITCH } from "../../support/memory-stores.ts";

let deps: Deps;
beforeEach(() => {
  deps = someDeps();
});

/** Deps in which one scope takes so many unverified sends. */
function withMax(kind: ScopeKind, max: number, mode: ScopeMode = "enforce"): Deps {
  const limits = { ...TEST_SCOPES.limits, [kind]: { ...TEST_SCOPES.limits[kind], max, mode } };
  return Object.assign(deps, { scopeTerms: { ...TEST_SCOPES, limits } });
}

/** A limit that a window has reached with its first send, also one that approvals have paid for. */
const LIMITED = -100;

/** A start of its own number and client. */
const startOf = (index: number, request: Partial<StartRequest> = {}, as: Deps = deps) =>
  start(as, aStart({ to: fictionalNumber(index), clientAddress: `192.0.2.${index}`, ...request }));

/** The same, which must be let in. */
const startedAt = (index: number, request: Partial<StartRequest> = {}) =>
  started(deps, { to: fictionalNumber(index), clientAddress: `192.0.2.${index}`, ...request });

/** From this age on a ticket stands for a customer. */
const A_DAY = 86_400_000;

async function ticketOf(index: number): Promise<string> {
  const checked = await check(deps, await startedAt(index));
  if (checked.kind !== "checked" || checked.ticket === undefined) throw new Error("no ticket");
  return checked.ticket;
}

/** How many sends one approval pays for. */
const PAID = { range: 4, "home-country": 2, service: 2 } as const;

it("a range keeps its only unverified send when it is approved, and has room for one less", async () => {
  withMax("range", LIMITS.unverifiedSends.range.max);
  await ticketOf(1);
  for (let index = 2; index <= LIMITS.unverifiedSends.range.max; index++)
    expect((await startOf(index)).kind).toBe("started");
  expect((await startOf(50)).kind).toBe("refused");
});

describe.each(["range", "home-country", "service"] as const)("the scope %s", (kind) => {
  it("refuses every start in it once its limit is reached, and sends nothing", async () => {
    withMax(kind, 2);
    for (const index of [1, 2]) expect((await startOf(index)).kind).toBe("started");
    expect(await startOf(3)).toMatchObject({ kind: "refused", why: "too-many-requests" });
    expect(deps.messages).toHaveLength(2);
    expect(deps.entries.at(-1)).toMatchObject({ limited: [kind], outcome: "too-many-requests" });
  });

  it(`is decremented by each approval, by ${PAID[kind]} sends`, async () => {
    withMax(kind, 1);
    await ticketOf(1);
    for (let index = 2; index < 2 + PAID[kind]; index++)
      expect((await startOf(index)).kind).toBe("started");
    expect((await startOf(2 + PAID[kind])).kind).toBe("refused");
  });

  it("that refuses leaves no turn, no unverified sends and no money behind", async () => {
    withMax(kind, 1);
    await startOf(2);
    expect((await startOf(1)).kind).toBe("refused");
    withMax(kind, 2);
    expect((await startOf(1)).kind).toBe("started");
    const prices = deps.entries.map((entry) => entry.event === "send" && entry.priceMicros);
    expect(prices).toEqual([100_000, 0, 100_000]);
  });

  it("that is watched admits every start, and reports those that it would refuse", async () => {
    withMax(kind, 1, "watch");
    for (const index of [1, 2]) expect((await startOf(index)).kind).toBe("started");
    const watched = deps.entries.map((entry) => entry.event === "send" && entry.watched);
    expect(watched).toEqual([[], [kind]]);
  });

  it("that is off is not counted", async () => {
    withMax(kind, 1, "off");
    for (const index of [1, 2, 3]) expect((await startOf(index)).kind).toBe("started");
    withMax(kind, 1);
    expect((await startOf(4)).kind).toBe("started");
  });

  it("does not count starts that the number or its client refuses", async () => {
    withMax(kind, 2);
    await startOf(1);
    for (const _ of [1, 2, 3]) expect(await startOf(1)).toMatchObject({ why: "too-many-sends" });
    expect((await startOf(2)).kind).toBe("started");
  });

  it("is worn out by nothing that the provider refuses", async () => {
    withMax(kind, 1);
    deps.provider.outcome = "refused";
    for (const index of [1, 2, 3])
      expect(await startOf(index)).toMatchObject({ why: "provider-unavailable" });
    deps.provider.outcome = "accepted";
    expect((await startOf(4)).kind).toBe("started");
  });

  it("counts a resend like a start", async () => {
    withMax(kind, 1);
    const { id } = await startedAt(1);
    deps.time.now += 30_000;
    expect(await resend(deps, { id, clientAddress: "192.0.2.1" })).toMatchObject({
      why: "too-many-requests",
    });
    expect(deps.messages).toHaveLength(1);
  });
});

describe("a scope that an operator has blocked", () => {
  const HOUR = 3_600_000;
  const blockedBy = (names: readonly string[], recall: boolean): Deps => {
    const state = { ...OPEN_SWITCH, blocks: new Map(names.map((name) => [name, NOON + HOUR])) };
    const { sendingSwitch } = under(deps, state);
    const inMemory = recall ? { recall: () => state } : {};
    return { ...deps, sendingSwitch: { ...sendingSwitch, ...inMemory } };
  };

  it.each([true, false])(
    "refuses until the block ends, and is not reported as limited (in memory: %s)",
    async (recall) => {
      const blocked = blockedBy(["country#GB"], recall);
      const refusal = { kind: "refused", why: "too-many-requests", retryAt: NOON + HOUR };
      expect(await startOf(1, {}, blocked)).toEqual(refusal);
      const ticket = await ticketOf(1);
      expect(await startOf(1, { ticket }, blocked)).toEqual(refusal);
      const refused = blocked.entries.filter(
        (entry) => entry.event === "send" && entry.outcome === "too-many-requests",
      );
      expect(refused).toMatchObject(Array(2).fill({ limited: [], watched: [] }));
      expect(blocked.messages).toHaveLength(1);
      blocked.time.now = NOON + HOUR;
      expect(await startOf(1, {}, blocked)).toMatchObject({ kind: "started" });
    },
  );

  it("counts nothing and takes no turn once the block is in memory", async () => {
    const add = () => expect.unreachable("a counter was asked");
    const takeTurn = () => expect.unreachable("a turn was asked for");
    const quiet = over(blockedBy(["country#GB"], true), "scopes", { add });
    const blocked = over(quiet, "numbers", { takeTurn });
    expect(await startOf(1, {}, blocked)).toMatchObject({ why: "too-many-requests" });
  });

  it.each(["off", "watch", "enforce", "FR first"] as const)("is refused, %s", async (terms) => {
    if (terms !== "FR first") withMax("home-country", 1_000, terms);
    else Object.assign(deps, { scopeTerms: { ...TEST_SCOPES, homeCountry: "FR" } });
    const blocked = blockedBy(["country#GB"], true);
    expect(await startOf(1, {}, blocked)).toMatchObject({ why: "too-many-requests" });
  });
});

describe("scopes that are full for different times", () => {
  it("refuse until the last of them opens", async () => {
    const full = { max: 1, mode: "enforce" } as const;
    const range = { ...full, windowSeconds: 600 };
    const service = { ...full, windowSeconds: 7_200 };
    const limits = { ...TEST_SCOPES.limits, range, service };
    const as = { ...deps, scopeTerms: { ...TEST_SCOPES, limits } };
    await startOf(2, {}, as);
    expect(await startOf(1, {}, as)).toMatchObject({
      why: "too-many-requests",
      retryAt: NOON + 7_200_000,
    });
  });
});

describe("a scope that is known to be full", () => {
  it("refuses without a write, its own or one beside it", async () => {
    const { scopes } = deps;
    const add: typeof scopes.add = async (unverified) =>
      unverified.key.startsWith("ipv4#")
        ? scopes.add(unverified)
        : expect.unreachable("it was asked");
    const recall = ({ key }: { readonly key: string }) =>
      key.startsWith("range#") ? ({ kind: "full" } as const) : undefined;
    const knowing = over(deps, "scopes", { add, recall });
    expect(await startOf(1, {}, knowing)).toMatchObject({
      why: "too-many-requests",
      retryAt: NOON + 3_600_000,
    });
    expect(knowing.entries).toEqual([expect.objectContaining({ limited: ["range"] })]);
    expect(knowing.messages).toEqual([]);
  });
});

describe("an unverified send", () => {
  const SITE = { clientAddress: "2001:db8:1:1::1" };

  it("is not left where the switch cannot be read", async () => {
    withMax("ipv4", 1);
    const blind = { ...deps, sendingSwitch: { switchState: throttled } };
    await expect(startOf(1, {}, blind)).rejects.toThrow("throttled");
    expect((await startOf(1)).kind).toBe("started");
  });

  it.each([
    ["ipv6-48", ["ipv6-64"]],
    ["range", ["country", "service"]],
  ] as const)(
    "is given back where it was booked, and nowhere else, when %s beside it faults",
    async (kind, counted) => {
      const repaid: string[] = [];
      const { scopes, spend } = deps;
      const decrement = async ({ key }: Parameters<typeof scopes.decrement>[0]) => {
        repaid.push(key.split("#")[0] ?? "");
      };
      const faulty = {
        ...scopes,
        add: async (unverified: Parameters<typeof scopes.add>[0]) => {
          if (unverified.key.startsWith(`${kind}#`)) throw new Error("throttled");
          return scopes.add(unverified);
        },
        decrement,
      };
      const shared: typeof spend.decrement = async (all) =>
        void (await Promise.all(all.map(decrement)));
      const as = { ...over(deps, "spend", { decrement: shared }), scopes: faulty };
      await expect(startOf(1, SITE, as)).rejects.toThrow("throttled");
      expect(repaid).toEqual(counted);
    },
  );

  it("that cannot be given back is logged, and the answer stays what it was", async () => {
    await startOf(2);
    const stuck = over(withMax("service", 1), "scopes", { decrement: throttled });
    expect(await startOf(1, {}, stuck)).toMatchObject({ why: "too-many-requests" });
    // Of its client and its range. Nothing is counted beside the service that is full.
    expect(deps.faults).toEqual(Array(2).fill("unverified-not-released"));
  });
});

it("a country that is not the home country has a limit of its own", async () => {
  withMax("country", 1);
  Object.assign(deps, { scopeTerms: { ...deps.scopeTerms, homeCountry: "FR" } });
  expect((await startOf(1)).kind).toBe("started");
  expect(await startOf(2)).toMatchObject({ why: "too-many-requests" });
  expect(deps.entries.at(-1)).toMatchObject({ limited: ["country"] });
});

describe("a returning ticket", () => {
  it("admits its owner where the limits of range, country and service refuse strangers", async () => {
    const ticket = await ticketOf(1);
    for (const kind of ["range", "home-country", "service"] as const) {
      deps.time.now += A_DAY;
      withMax(kind, LIMITED);
      await startOf(3);
      expect((await startOf(2)).kind).toBe("refused");
      expect((await startOf(1, { ticket })).kind).toBe("started");
    }
  });

  it("lets its owner in from an address that others have worn out", async () => {
    const ticket = await ticketOf(1);
    withMax("ipv4", LIMITED);
    deps.time.now += 30_000;
    expect((await startOf(1)).kind).toBe("refused");
    expect((await startOf(1, { ticket })).kind).toBe("started");
  });

  it("is worth nothing for another number, in another spelling, or made up", async () => {
    const ticket = await ticketOf(1);
    withMax("service", LIMITED);
    for (const forged of [ticket, `${ticket}A`, ticket.toUpperCase(), "", "t", ticket.slice(1)])
      expect((await startOf(2, { ticket: forged })).kind).toBe("refused");
  });

  it("lasts ninety days", async () => {
    const ticket = await ticketOf(1);
    withMax("service", LIMITED);
    deps.time.now += 90 * 86_400_000 - 1;
    expect((await startOf(1, { ticket })).kind).toBe("started");
    deps.time.now += 600_000;
    await startOf(2);
    expect((await startOf(1, { ticket })).kind).toBe("refused");
    const index = await deps.keys.index();
    const number = aMac("number");
    const lifetimeSeconds = LIMITS.ticketLifetimeSeconds;
    const own = { ticket: issueTicket(index, number, NOON), lifetimeSeconds };
    const ends = NOON + 90 * 86_400_000;
    expect(openTicket(index, number, { ...own, now: ends - 1 })).toEqual({ issuedAt: NOON });
    expect(openTicket(index, number, { ...own, now: ends })).toBeUndefined();
  });

  it("that was revoked for all is as if none was sent: its owner is a stranger, not shut out", async () => {
    const ticket = await ticketOf(1);
    const issuedAt = deps.time.now;
    for (const hasTicket of [false, true]) {
      deps.time.now += 30_000;
      const after = under(deps, { ticketsFrom: hasTicket ? issuedAt : issuedAt + 1 });
      expect((await startOf(1, { ticket }, after)).kind).toBe("started");
      expect(after.entries.at(-1)).toMatchObject({ hasTicket });
    }
    deps = withMax("service", LIMITED);
    deps.time.now += 600_000;
    const later = under(deps, { ticketsFrom: deps.time.now });
    expect(await startOf(1, { ticket }, later)).toMatchObject({ why: "too-many-requests" });
  });

  it("that is revoked after the check of its client is a stranger's, which pays once", async () => {
    const ticket = await ticketOf(1);
    deps.time.now += A_DAY + 30_000;
    const revoked = { ...OPEN_SWITCH, ticketsFrom: deps.time.now };
    const states = [OPEN_SWITCH];
    const sendingSwitch = { switchState: async () => states.shift() ?? revoked };
    const total = { perHourMicros: 100_000, perDayMicros: 100_000 };
    const spendTerms = { ...deps.spendTerms, total, keptForTickets: 0 };
    const end = await startOf(1, { ticket }, { ...deps, sendingSwitch, spendTerms });
    expect(end.kind).toBe("started");
  });

  it("that was revoked for its number alone is found in its record, and counts one unverified send", async () => {
    const ticket = await ticketOf(1);
    deps.time.now += 30_000;
    const revokedFrom = deps.time.now;
    const { numbers } = deps;
    const read: typeof numbers.read = async (...of) => ({
      ...(await numbers.read(...of)),
      ticketsFrom: revokedFrom,
    });
    const revoked = over(deps, "numbers", { read });
    expect((await startOf(1, { ticket }, revoked)).kind).toBe("started");
    expect(revoked.entries.filter(({ event }) => event === "send")).toHaveLength(2);
    expect(revoked.entries.at(-1)).toMatchObject({ hasTicket: false });
  });

  it("is written down, and is no news of a limit that is only watched", async () => {
    const ticket = await ticketOf(1);
    deps.time.now += A_DAY + 30_000;
    withMax("service", LIMITED, "watch");
    expect((await startOf(1, { ticket })).kind).toBe("started");
    expect(deps.entries.at(-1)).toMatchObject({
      event: "send",
      outcome: "sent",
      hasTicket: true,
      watched: [],
      scopes: [
        { kind: "ipv4" },
        { kind: "range" },
        { kind: "home-country", pseudonym: "GB" },
        { kind: "service", pseudonym: "all" },
      ],
    });
  });

  it("goes with its verification: a resend has what its start had", async () => {
    const ticket = await ticketOf(1);
    deps.time.now += A_DAY + 30_000;
    withMax("service", LIMITED);
    await startOf(2);
    const { id } = await startedAt(1, { ticket });
    deps.time.now += 30_000;
    expect((await resend(deps, { id, clientAddress: "192.0.2.1" })).kind).toBe("resent");
  });

  it("does not pass a pause", async () => {
    const ticket = await ticketOf(1);
    deps.time.now += 30_000;
    const paused = under(deps, { isPaused: true });
    expect(await startOf(1, { ticket }, paused)).toMatchObject({ why: "sending-paused" });
  });

  it("has a share of the cap left when the rest is spent", async () => {
    const ticket = await ticketOf(1);
    deps.time.now += A_DAY + 30_000;
    const price = 100_000;
    const total = { perHourMicros: 2 * price, perDayMicros: 2 * price };
    const spendTerms = { ...deps.spendTerms, total, keptForTickets: 0.5 };
    const poor = { ...deps, spendTerms };
    expect((await startOf(3, {}, poor)).kind).toBe("started");
    expect(await startOf(2, {}, poor)).toMatchObject({ why: "sending-paused" });
    expect((await startOf(1, { ticket }, poor)).kind).toBe("started");
    deps.time.now += 30_000;
    expect(await startOf(1, { ticket }, poor)).toMatchObject({ why: "sending-paused" });
  });
});

const asked: { token: string; clientAddress: string | undefined }[] = [];
const WIDGET = { provider: "turnstile", siteKey: "site", action: "latchkey_start" } as const;
function challenge(result: ChallengeResult, terms: Partial<Challenge["terms"]> = {}): Challenge {
  asked.length = 0;
  return {
    terms: { ...WIDGET, when: "under-pressure", whenUnreachable: "refuse", ...terms },
    verifier: {
      async verify(answer) {
        asked.push(answer);
        return result;
      },
    },
  };
}

describe("a challenge", () => {
  const required = { kind: "refused", why: "challenge-required", challenge: WIDGET };

  it.each([
    ["ipv4", "challenge-required"],
    ["range", "challenge-required"],
    ["home-country", "too-many-requests"],
    ["service", "too-many-requests"],
  ] as const)(
    "is required once a quarter of the limit of %s is used, and a client with two unverified sends gets %s",
    async (kind, why) => {
      withMax(kind, 8);
      const as = { ...deps, challenge: challenge("passed") };
      const one = { clientAddress: "192.0.2.8" };
      const from = kind === "ipv4" ? one : { clientAddress: "192.0.2.9" };
      for (const index of [1, 2]) expect((await startOf(index, one, as)).kind).toBe("started");
      expect(await startOf(3, from, as)).toEqual(required);
      expect((await startOf(3, { ...from, challengeToken: "token" }, as)).kind).toBe("started");
      expect(asked).toEqual([{ token: "token", ...from }]);
      expect(as.messages).toHaveLength(3);
      expect(await startOf(4, one, as)).toMatchObject({ why });
    },
  );

  it("that is always required admits only a ticket without it", async () => {
    const ticket = await ticketOf(1);
    deps.time.now += A_DAY + 30_000;
    const as = { ...deps, challenge: challenge("passed", { when: "always" }) };
    expect(await startOf(2, {}, as)).toEqual(required);
    expect((await startOf(1, { ticket }, as)).kind).toBe("started");
    expect((await startOf(2, { challengeToken: "token" }, as)).kind).toBe("started");
    expect(asked).toHaveLength(1);
  });

  it("is not asked for by a scope that is only watched", async () => {
    withMax("service", 4, "watch");
    const as = { ...deps, challenge: challenge("passed") };
    for (const index of [1, 2, 3, 4, 5, 6])
      expect((await startOf(index, {}, as)).kind).toBe("started");
  });

  it("that is failed refuses, sends nothing and is written down, also where a stage lets through what has no verdict", async () => {
    const terms = { when: "always", whenUnreachable: "allow" } as const;
    const as = { ...deps, challenge: challenge("failed", terms) };
    expect(await startOf(1, { challengeToken: "token" }, as)).toEqual(required);
    expect(as.messages).toEqual([]);
    expect(as.entries).toEqual([expect.objectContaining({ outcome: "challenge-required" })]);
  });

  it.each([
    ["refuse", "refused"],
    ["allow", "started"],
  ] as const)("without a verdict is decided by the stage: %s", async (whenUnreachable, kind) => {
    const terms = { when: "always", whenUnreachable } as const;
    const as = { ...deps, challenge: challenge("unreachable", terms) };
    expect((await startOf(1, { challengeToken: "token" }, as)).kind).toBe(kind);
  });

  it("is not asked about twice for one start: its token works once", async () => {
    withMax("ipv4", 1);
    withMax("service", 1);
    const as = { ...deps, challenge: challenge("passed", { when: "always" }) };
    expect((await startOf(1, { challengeToken: "token" }, as)).kind).toBe("started");
    expect(asked).toHaveLength(1);
  });

  it("keeps the unverified sends of those who fail it at half the limit, so that people still get in", async () => {
    withMax("service", 4);
    const as = { ...deps, challenge: challenge("passed") };
    for (let index = 1; index < 30; index += 1) await startOf(index, {}, as);
    expect((await startOf(40, { challengeToken: "token" }, as)).kind).toBe("started");
  });
});

/** The terms of a service that asks for the challenge from so many unverified sends of a day on. */
function askingFrom(askPerDay: number): typeof TEST_SCOPES {
  const { limits } = TEST_SCOPES;
  return { ...TEST_SCOPES, limits: { ...limits, service: { ...limits.service, askPerDay } } };
}

describe("against a clever attacker", () => {
  it("one address has sixty unverified sends a day, whatever its windows have room for", async () => {
    Object.assign(deps, { scopeTerms: askingFrom(1_000) });
    const one = { clientAddress: "192.0.2.200" };
    for (let send = 0; send < 60; send += 1) {
      if (send % 20 === 0) deps.time.now += 600_000;
      expect((await startOf(100 + send, one)).kind).toBe("started");
    }
    deps.time.now += 600_000;
    const midnight = Math.ceil(deps.time.now / A_DAY) * A_DAY;
    expect(await startOf(99, one)).toMatchObject({ why: "too-many-requests", retryAt: midnight });
  });

  it("the service's counter of a day asks for the challenge and refuses nothing", async () => {
    const free = { ...deps, scopeTerms: askingFrom(2) };
    const as = { ...free, challenge: challenge("passed") };
    for (const index of [1, 2]) expect((await startOf(index, {}, as)).kind).toBe("started");
    expect(await startOf(3, {}, as)).toMatchObject({ why: "challenge-required" });
    expect((await startOf(4, { challengeToken: "token" }, as)).kind).toBe("started");
    for (const index of [5, 6]) expect((await startOf(index, {}, free)).kind).toBe("started");
  });

  it("a token that is worth nothing is charged to its client while the service asks", async () => {
    const as = { ...deps, scopeTerms: askingFrom(1), challenge: challenge("failed") };
    const bad = { challengeToken: "bad", clientAddress: "192.0.2.9" };
    await startOf(1, { clientAddress: "192.0.2.8" }, as);
    for (const index of [2, 3])
      expect(await startOf(index, bad, as)).toMatchObject({ why: "challenge-required" });
    expect(await startOf(4, bad, as)).toMatchObject({ why: "too-many-requests" });
  });

  it("a ticket of today opens nothing that is kept for tickets, and one of yesterday does twice a day", async () => {
    const ticket = await ticketOf(1);
    const total = { perHourMicros: 1, perDayMicros: 400_000_000 };
    const spendTerms = { ...deps.spendTerms, total: { ...total, perHourMicros: 400_000_000 } };
    const kept = { ...deps, spendTerms: { ...spendTerms, keptForTickets: 0.9999 } };
    deps.time.now += 600_000;
    expect(await startOf(1, { ticket }, kept)).toMatchObject({ why: "sending-paused" });
    deps.time.now += A_DAY;
    const kinds = [];
    for (let send = 0; send < 3; send += 1) {
      kinds.push((await startOf(1, { ticket }, kept)).kind);
      deps.time.now += 600_000;
    }
    expect(kinds).toEqual(["started", "started", "refused"]);
  });

  it("the later sends of a number give way: they wait for the pace of the day, and first ones do not", () => {
    const ticket = { issuedAt: NOON - 2 * A_DAY };
    const priorityAfter = (sends: number, given?: typeof ticket) =>
      priorityOf(
        { turns: Array.from({ length: sends }, (_, index) => NOON - index * 600_000) },
        { ticket: given, isKnown: false, now: NOON },
      );
    const withTicket = [1, 2, 3].map((sends) => priorityAfter(sends, ticket));
    expect(withTicket).toEqual(["customer", "customer", "later"]);
    expect([1, 2].map((sends) => priorityAfter(sends))).toEqual(["stranger", "later"]);
    const caps = (priority: "stranger" | "later") =>
      capsOf(deps.spendTerms, { country: "GB", priority, now: NOON });
    expect(caps("later").day).toBeLessThan(caps("stranger").day / 2);
  });

  it("the share of known numbers is for them alone; past it a known number is a stranger's", async () => {
    const total = { perHourMicros: 400_000, perDayMicros: 400_000 };
    const spendTerms = { ...deps.spendTerms, total, keptForTickets: 0, knownShare: 0.5 };
    const as = { ...deps, spendTerms };
    const ends = [];
    for (const [index, knownNumber] of [false, false, false, true, true, true].entries()) {
      const end = await startOf(index, { knownNumber }, as);
      ends.push(end.kind === "started" ? "sent" : end.why);
    }
    expect(ends).toEqual(["sent", "sent", "sending-paused", "sent", "sent", "sending-paused"]);
    deps.time.now += A_DAY;
    const challenged = { ...as, challenge: challenge("passed", { when: "always" }) };
    const known = { knownNumber: true };
    for (const index of [11, 12])
      expect((await startOf(index, known, challenged)).kind).toBe("started");
    expect(await startOf(13, known, challenged)).toMatchObject({ why: "challenge-required" });
    const passing = { ...known, challengeToken: "token" };
    expect((await startOf(13, passing, challenged)).kind).toBe("started");
  });

  it("a number that a back end knows has a share of its own, past what strangers have filled, and within its own seven", async () => {
    withMax("service", LIMITED);
    await startOf(3);
    expect(await startOf(1, { knownNumber: true })).toMatchObject({ why: "too-many-requests" });
    const as = { ...deps, spendTerms: { ...deps.spendTerms, knownShare: 0.25 } };
    expect(await startOf(1, {}, as)).toMatchObject({ why: "too-many-requests" });
    const ends = [];
    for (let send = 0; send < 8; send += 1) {
      ends.push((await startOf(1, { knownNumber: true }, as)).kind);
      deps.time.now += 600_000;
    }
    expect(ends).toEqual([...Array<string>(7).fill("started"), "refused"]);
    const number = mac(await deps.keys.index(), ["number", fictionalNumber(2)]);
    for (let failure = 0; failure < LIMITS.consecutiveFailures; failure += 1)
      await deps.numbers.addFailure(number, deps.time.now);
    expect(await startOf(2, { knownNumber: true }, as)).toMatchObject({ why: "number-locked" });
  });
});
