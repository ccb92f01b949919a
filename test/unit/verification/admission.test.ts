import { beforeEach, describe, expect, it } from "vitest";
import type { ScopeMode } from "../../../functions/policy/limits.ts";
import type { Challenge } from "../../../functions/verification/admission.ts";
import type { ChallengeResult } from "../../../functions/verification/challenge.ts";
import { check } from "../../../functions/verification/check.ts";
import { resend } from "../../../functions/verification/resend.ts";
import type { ScopeKind } from "../../../functions/verification/scopes.ts";
import { type StartRequest, start } from "../../../functions/verification/start.ts";
import { issueTicket, openTicket } from "../../../functions/verification/ticket.ts";
import { aMac } from "../../support/items.ts";
import {
  aStart,
  aWorld,
  fictionalNumber,
  idIn,
  NOON,
  newestCode,
  TEST_SCOPES,
  type World,
} from "../../support/world.ts";

let world: World;
beforeEach(() => {
  world = aWorld();
});

/** A world in which one scope takes so many unproven sends. */
function withFloor(kind: ScopeKind, floor: number, mode: ScopeMode = "enforce"): World {
  const limits = { ...TEST_SCOPES.limits, [kind]: { ...TEST_SCOPES.limits[kind], floor, mode } };
  return Object.assign(world, { scopeTerms: { ...TEST_SCOPES, limits } });
}

/** A floor that any debt has reached, also one that approvals have paid for. */
const RESTED = -100;

/** A start of its own number and client. */
const startOf = (index: number, request: Partial<StartRequest> = {}, as: World = world) =>
  start(as, aStart({ to: fictionalNumber(index), clientAddress: `192.0.2.${index}`, ...request }));

async function ticketOf(index: number): Promise<string> {
  const outcome = await startOf(index);
  if (outcome.kind !== "started") throw new Error(outcome.why);
  const checked = await check(world, { id: idIn(outcome.view.id), code: newestCode(world) });
  if (checked.kind !== "checked" || checked.ticket === undefined) throw new Error("no ticket");
  return checked.ticket;
}

/** How many sends one approval pays for. */
const PAID = { range: 4, "home-country": 2, service: 2 } as const;

describe.each(["range", "home-country", "service"] as const)("the scope %s", (kind) => {
  it("refuses everybody in it once it owes its floor, and sends nothing", async () => {
    withFloor(kind, 2);
    for (const index of [1, 2]) expect((await startOf(index)).kind).toBe("started");
    expect(await startOf(3)).toMatchObject({ kind: "refused", why: "too-many-requests" });
    expect(world.messages).toHaveLength(2);
    expect(world.entries.at(-1)).toMatchObject({ rested: [kind], outcome: "too-many-requests" });
  });

  it(`is paid by whoever proves, ${PAID[kind]} sends for each`, async () => {
    withFloor(kind, 1);
    await ticketOf(1);
    for (let index = 2; index < 2 + PAID[kind]; index++)
      expect((await startOf(index)).kind).toBe("started");
    expect((await startOf(2 + PAID[kind])).kind).toBe("refused");
  });

  it("that refuses leaves no turn, no debt and no money behind", async () => {
    withFloor(kind, 0);
    expect((await startOf(1)).kind).toBe("refused");
    withFloor(kind, 1);
    expect((await startOf(1)).kind).toBe("started");
    expect(world.entries.map((entry) => entry.event === "send" && entry.priceMicros)).toEqual([
      0, 100_000,
    ]);
  });

  it("that is watched lets everybody in, and tells whom it would not have", async () => {
    withFloor(kind, 1, "watch");
    for (const index of [1, 2]) expect((await startOf(index)).kind).toBe("started");
    expect(world.entries.map((entry) => entry.event === "send" && entry.watched)).toEqual([
      [],
      [kind],
    ]);
  });

  it("that is off is not counted", async () => {
    withFloor(kind, 1, "off");
    for (const index of [1, 2, 3]) expect((await startOf(index)).kind).toBe("started");
    withFloor(kind, 1);
    expect((await startOf(4)).kind).toBe("started");
  });

  it("is worn out by nobody whom the number or its client refuses", async () => {
    withFloor(kind, 2);
    await startOf(1);
    for (const _ of [1, 2, 3]) expect(await startOf(1)).toMatchObject({ why: "too-many-sends" });
    expect((await startOf(2)).kind).toBe("started");
  });

  it("is worn out by nothing that the provider refuses", async () => {
    withFloor(kind, 1);
    world.provider.outcome = "refused";
    for (const index of [1, 2, 3])
      expect(await startOf(index)).toMatchObject({ why: "provider-unavailable" });
    world.provider.outcome = "accepted";
    expect((await startOf(4)).kind).toBe("started");
  });

  it("counts a resend like a start", async () => {
    withFloor(kind, 1);
    const outcome = await startOf(1);
    if (outcome.kind !== "started") throw new Error(outcome.why);
    world.time.now += 30_000;
    const id = idIn(outcome.view.id);
    expect(await resend(world, { id, clientAddress: "192.0.2.1" })).toMatchObject({
      why: "too-many-requests",
    });
    expect(world.messages).toHaveLength(1);
  });
});

describe("a scope that an operator has closed", () => {
  it("refuses, and is not told as one that owes too much", async () => {
    const { scopes } = world;
    const add: typeof scopes.add = async (debt) =>
      debt.key.startsWith("range#") ? { kind: "closed" } : scopes.add(debt);
    const closed = { ...world, scopes: { ...scopes, add } };
    expect(await startOf(1, {}, closed)).toMatchObject({ why: "too-many-requests" });
    expect(closed.entries).toEqual([expect.objectContaining({ rested: [], watched: [] })]);
    expect(closed.messages).toEqual([]);
  });
});

describe("scopes that are full for different times", () => {
  it("refuse until the last of them opens", async () => {
    const { limits } = TEST_SCOPES;
    const full = { floor: 0, mode: "enforce" } as const;
    const scopeTerms = {
      ...TEST_SCOPES,
      limits: {
        ...limits,
        range: { ...full, windowSeconds: 600 },
        service: { ...full, windowSeconds: 7_200 },
      },
    };
    expect(await startOf(1, {}, { ...world, scopeTerms })).toMatchObject({
      why: "too-many-requests",
      retryAt: NOON + 7_200_000,
    });
  });
});

describe("a scope that is known to be full", () => {
  it("refuses without a write, its own or one beside it", async () => {
    const { scopes } = world;
    const add: typeof scopes.add = async (debt) =>
      debt.key.startsWith("ipv4#") ? scopes.add(debt) : expect.unreachable("it was asked");
    const recall = ({ key }: { readonly key: string }) =>
      key.startsWith("range#") ? ({ kind: "full" } as const) : undefined;
    const knowing = { ...world, scopes: { ...scopes, add, recall } };
    expect(await startOf(1, {}, knowing)).toMatchObject({
      why: "too-many-requests",
      retryAt: NOON + 3_600_000,
    });
    expect(knowing.entries).toEqual([expect.objectContaining({ rested: ["range"] })]);
    expect(knowing.messages).toEqual([]);
  });
});

describe("a debt", () => {
  const SITE = { clientAddress: "2001:db8:1:1::1" };

  it("is not left where the kill switch cannot be read", async () => {
    withFloor("ipv4", 1);
    const standing = () => Promise.reject(new Error("throttled"));
    await expect(startOf(1, {}, { ...world, sendingSwitch: { standing } })).rejects.toThrow(
      "throttled",
    );
    expect((await startOf(1)).kind).toBe("started");
  });

  it("is given back where it was booked, and nowhere else, when a scope beside it faults", async () => {
    const repaid: string[] = [];
    const { scopes } = world;
    const faulty = {
      ...scopes,
      add: async (debt: Parameters<typeof scopes.add>[0]) => {
        if (debt.key.startsWith("ipv6-48#")) throw new Error("throttled");
        return scopes.add(debt);
      },
      credit: async (key: Parameters<typeof scopes.credit>[0]) => {
        repaid.push(key.split("#")[0] ?? "");
      },
    };
    await expect(startOf(1, SITE, { ...world, scopes: faulty })).rejects.toThrow("throttled");
    expect(repaid).toEqual(["ipv6-64"]);
  });

  it("that cannot be given back is told to the log, and the answer stays what it was", async () => {
    const { scopes } = world;
    const credit = () => Promise.reject(new Error("throttled"));
    withFloor("service", 0);
    expect(await startOf(1, {}, { ...world, scopes: { ...scopes, credit } })).toMatchObject({
      why: "too-many-requests",
    });
    // Its client keeps the debt as it is, beside the two that it shares and that were not full.
    expect(world.faults).toEqual(["debt-not-repaid", "debt-not-repaid", "debt-not-repaid"]);
  });
});

describe("a country", () => {
  it("that is not the home country has a floor of its own", async () => {
    withFloor("country", 1);
    Object.assign(world, { scopeTerms: { ...world.scopeTerms, homeCountry: "FR" } });
    expect((await startOf(1)).kind).toBe("started");
    expect(await startOf(2)).toMatchObject({ why: "too-many-requests" });
    expect(world.entries.at(-1)).toMatchObject({ rested: ["country"] });
  });
});

describe("a returning ticket", () => {
  it("lets its owner in where his range, his country and everybody's floor refuse strangers", async () => {
    const ticket = await ticketOf(1);
    for (const kind of ["range", "home-country", "service"] as const) {
      world.time.now += 600_000;
      withFloor(kind, RESTED);
      expect((await startOf(2)).kind).toBe("refused");
      expect((await startOf(1, { ticket })).kind).toBe("started");
    }
  });

  it("lets its owner in from an address that others have worn out", async () => {
    const ticket = await ticketOf(1);
    withFloor("ipv4", RESTED);
    world.time.now += 30_000;
    expect((await startOf(1)).kind).toBe("refused");
    expect((await startOf(1, { ticket })).kind).toBe("started");
  });

  it("is worth nothing for another number, in another spelling, or made up", async () => {
    const ticket = await ticketOf(1);
    withFloor("service", RESTED);
    for (const forged of [ticket, `${ticket}A`, ticket.toUpperCase(), "", "t", ticket.slice(1)])
      expect((await startOf(2, { ticket: forged })).kind).toBe("refused");
  });

  it("lasts ninety days", async () => {
    const ticket = await ticketOf(1);
    withFloor("service", RESTED);
    world.time.now += 90 * 86_400_000 - 1;
    expect((await startOf(1, { ticket })).kind).toBe("started");
    world.time.now += 600_000;
    expect((await startOf(1, { ticket })).kind).toBe("refused");
    const index = await world.keys.index();
    const number = aMac("number");
    const own = issueTicket(index, number, NOON);
    const ends = NOON + 90 * 86_400_000;
    expect(openTicket(index, number, { ticket: own, now: ends - 1 })).toEqual({ issuedAt: NOON });
    expect(openTicket(index, number, { ticket: own, now: ends })).toBeUndefined();
  });

  it("that was revoked for all is as if none was sent: its owner is a stranger, not shut out", async () => {
    const ticket = await ticketOf(1);
    world.time.now += 30_000;
    const standing = async () => ({ isPaused: false, ticketsFrom: world.time.now });
    const after = { ...world, sendingSwitch: { standing } };
    expect((await startOf(1, { ticket }, after)).kind).toBe("started");
    expect(after.entries.at(-1)).toMatchObject({ hasTicket: false });
    withFloor("service", RESTED);
    world.time.now += 30_000;
    expect((await startOf(1, { ticket }, { ...world, sendingSwitch: { standing } })).kind).toBe(
      "refused",
    );
  });

  it("that was revoked for its number alone is found out by the turn, and counts one debt", async () => {
    const ticket = await ticketOf(1);
    world.time.now += 30_000;
    const revokedFrom = world.time.now;
    const { numbers } = world;
    const takeTurn: typeof numbers.takeTurn = async (number, now, given) =>
      given !== undefined && given.issuedAt < revokedFrom
        ? { kind: "refused", item: { turns: [], failures: 0, ticketsFrom: revokedFrom } }
        : numbers.takeTurn(number, now, given);
    const revoked = { ...world, numbers: { ...numbers, takeTurn } };
    expect((await startOf(1, { ticket }, revoked)).kind).toBe("started");
    expect(revoked.entries.filter(({ event }) => event === "send")).toHaveLength(2);
    expect(revoked.entries.at(-1)).toMatchObject({ hasTicket: false });
  });

  it("from the moment on from which tickets stand is good", async () => {
    const ticket = await ticketOf(1);
    const issuedAt = world.time.now;
    world.time.now += 30_000;
    const standing = async () => ({ isPaused: false, ticketsFrom: issuedAt });
    const after = { ...world, sendingSwitch: { standing } };
    expect((await startOf(1, { ticket }, after)).kind).toBe("started");
    expect(after.entries.at(-1)).toMatchObject({ hasTicket: true });
  });

  it("is written down, and is no news of a floor that is only watched", async () => {
    const ticket = await ticketOf(1);
    world.time.now += 30_000;
    withFloor("service", RESTED, "watch");
    expect((await startOf(1, { ticket })).kind).toBe("started");
    expect(world.entries.at(-1)).toMatchObject({
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
    world.time.now += 30_000;
    withFloor("service", RESTED);
    const outcome = await startOf(1, { ticket });
    if (outcome.kind !== "started") throw new Error(outcome.why);
    world.time.now += 30_000;
    const id = idIn(outcome.view.id);
    expect((await resend(world, { id, clientAddress: "192.0.2.1" })).kind).toBe("resent");
  });

  it("does not pass a pause", async () => {
    const ticket = await ticketOf(1);
    world.time.now += 30_000;
    const standing = async () => ({ isPaused: true, ticketsFrom: 0 });
    expect(await startOf(1, { ticket }, { ...world, sendingSwitch: { standing } })).toMatchObject({
      why: "sending-paused",
    });
  });

  it("has money of its own left when everybody else's is spent", async () => {
    const ticket = await ticketOf(1);
    world.time.now += 30_000;
    const price = 100_000;
    const total = { perHourMicros: 2 * price, perDayMicros: 2 * price };
    const spendTerms = { ...world.spendTerms, total, keptForTickets: 0.5 };
    const poor = { ...world, spendTerms };
    expect(await startOf(2, {}, poor)).toMatchObject({ why: "sending-paused" });
    expect((await startOf(1, { ticket }, poor)).kind).toBe("started");
    world.time.now += 30_000;
    expect(await startOf(1, { ticket }, poor)).toMatchObject({ why: "sending-paused" });
  });
});

describe("a challenge", () => {
  const asked: { token: string; clientAddress: string | undefined }[] = [];
  function challenge(result: ChallengeResult, terms: Partial<Challenge["terms"]> = {}): Challenge {
    asked.length = 0;
    return {
      terms: {
        provider: "turnstile",
        siteKey: "site",
        action: "latchkey-start",
        when: "under-pressure",
        whenUnreachable: "refuse",
        ...terms,
      },
      verifier: {
        async verify(answer) {
          asked.push(answer);
          return result;
        },
      },
    };
  }
  const required = {
    kind: "refused",
    why: "challenge-required",
    challenge: { provider: "turnstile", siteKey: "site", action: "latchkey-start" },
  };

  it.each(["ipv4", "range", "home-country", "service"] as const)(
    "is asked for once a quarter of the floor of %s is used, before anybody is refused",
    async (kind) => {
      withFloor(kind, 8);
      const as = { ...world, challenge: challenge("passed") };
      const from = { clientAddress: "192.0.2.9" };
      for (const index of [1, 2]) expect((await startOf(index, from, as)).kind).toBe("started");
      expect(await startOf(3, from, as)).toEqual(required);
      expect((await startOf(3, { ...from, challengeToken: "token" }, as)).kind).toBe("started");
      expect(asked).toEqual([{ token: "token", clientAddress: "192.0.2.9" }]);
      expect(as.messages).toHaveLength(3);
    },
  );

  it("always asked for lets nobody in without, but who has a ticket", async () => {
    const ticket = await ticketOf(1);
    world.time.now += 30_000;
    const as = { ...world, challenge: challenge("passed", { when: "always" }) };
    expect(await startOf(2, {}, as)).toEqual(required);
    expect((await startOf(1, { ticket }, as)).kind).toBe("started");
    expect((await startOf(2, { challengeToken: "token" }, as)).kind).toBe("started");
    expect(asked).toHaveLength(1);
  });

  it("is not asked for by a scope that is only watched", async () => {
    withFloor("service", 4, "watch");
    const as = { ...world, challenge: challenge("passed") };
    for (const index of [1, 2, 3, 4, 5, 6])
      expect((await startOf(index, {}, as)).kind).toBe("started");
  });

  it("that is failed refuses also where a stage lets through what nobody answers about", async () => {
    const terms = { when: "always", whenUnreachable: "allow" } as const;
    const as = { ...world, challenge: challenge("failed", terms) };
    expect(await startOf(1, { challengeToken: "token" }, as)).toEqual(required);
  });

  it("that is failed refuses, and owes nothing", async () => {
    const as = { ...world, challenge: challenge("failed", { when: "always" }) };
    expect(await startOf(1, { challengeToken: "token" }, as)).toEqual(required);
    const { messages, entries } = as;
    expect(messages).toEqual([]);
    expect(entries).toEqual([expect.objectContaining({ outcome: "challenge-required" })]);
  });

  it.each([
    ["refuse", "refused"],
    ["allow", "started"],
  ] as const)(
    "that nobody answers about is as the stage says: %s",
    async (whenUnreachable, kind) => {
      const terms = { when: "always", whenUnreachable } as const;
      const as = { ...world, challenge: challenge("unreachable", terms) };
      expect((await startOf(1, { challengeToken: "token" }, as)).kind).toBe(kind);
    },
  );

  it("is not asked about twice for one start: its token works once", async () => {
    withFloor("ipv4", 1);
    withFloor("service", 1);
    const as = { ...world, challenge: challenge("passed", { when: "always" }) };
    expect((await startOf(1, { challengeToken: "token" }, as)).kind).toBe("started");
    expect(asked).toHaveLength(1);
  });

  it("keeps the debt of those who fail it at half the floor, so that people still get in", async () => {
    withFloor("service", 4);
    const as = { ...world, challenge: challenge("passed") };
    for (let index = 1; index < 30; index += 1) await startOf(index, {}, as);
    expect((await startOf(40, { challengeToken: "token" }, as)).kind).toBe("started");
  });
});
