import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { segmentsFor } from "../../../functions/verification/dispatch.ts";
import { composeSms } from "../../../functions/verification/message.ts";
import { capsOf, chargeFor, reserve } from "../../../functions/verification/spend.ts";
import { start } from "../../../functions/verification/start.ts";
import {
  aStart,
  type Deps,
  everyChannel,
  fictionalNumber,
  NOON,
  over,
  someDeps,
  TEST_SPEND,
  throttled,
} from "../../support/deps.ts";

const HOUR = 3_600_000;
/** 08:00 UTC: noon is the eighth hour of its day. */
const NEXT_HOUR = NOON + HOUR;
const MIDNIGHT = NOON + 16 * HOUR;

/** Money for so many messages an hour and a day, none of it kept. */
function depsFor(perHour: number, perDay = perHour, changes = {}): Deps {
  const price = TEST_SPEND.prices.GB?.sms ?? 0;
  const total = { perHourMicros: perHour * price, perDayMicros: perDay * price };
  return { ...someDeps(), spendTerms: { ...TEST_SPEND, total, keptForTickets: 0, ...changes } };
}

const startAt = (deps: Deps, index: number, request = {}) =>
  start(
    deps,
    aStart({ to: fictionalNumber(index), clientAddress: `192.0.2.${index}`, ...request }),
  );

describe("money", () => {
  it("is reserved before each message, and none is sent without", async () => {
    const deps = depsFor(2);
    for (const index of [1, 2]) expect((await startAt(deps, index)).kind).toBe("started");
    expect(await startAt(deps, 3)).toEqual({
      kind: "refused",
      why: "sending-paused",
      retryAt: MIDNIGHT,
    });
    expect(deps.messages).toHaveLength(2);
  });

  it("that is spent for an hour is there again in the next, and for a day the next day", async () => {
    const deps = depsFor(1, 2);
    await startAt(deps, 1);
    expect(await startAt(deps, 2)).toMatchObject({ retryAt: NEXT_HOUR });
    deps.time.now = NEXT_HOUR;
    expect((await startAt(deps, 3)).kind).toBe("started");
    deps.time.now = NEXT_HOUR + HOUR;
    expect(await startAt(deps, 4)).toMatchObject({ why: "sending-paused", retryAt: MIDNIGHT });
    deps.time.now = MIDNIGHT;
    expect((await startAt(deps, 5)).kind).toBe("started");
  });

  it("that cannot be had leaves no trace: no turn, no unverified sends, no verification", async () => {
    const deps = depsFor(0.5);
    expect(await startAt(deps, 1)).toMatchObject({ why: "sending-paused" });
    const rich = { ...deps, spendTerms: TEST_SPEND };
    expect((await startAt(rich, 1)).kind).toBe("started");
    expect(deps.entries.at(-1)).toMatchObject({ outcome: "sent" });
  });

  it("is given back when the provider definitely refused, and only then", async () => {
    const deps = depsFor(1);
    deps.provider.outcome = "refused";
    expect(await startAt(deps, 1)).toMatchObject({ why: "provider-unavailable" });
    deps.provider.outcome = "unknown";
    expect((await startAt(deps, 2)).kind).toBe("started");
    deps.provider.outcome = "accepted";
    expect(await startAt(deps, 3)).toMatchObject({ why: "sending-paused" });
  });

  it("that cannot be given back stays booked, and the answer is the provider's", async () => {
    const deps = depsFor(1);
    deps.provider.outcome = "refused";
    const broken = over(deps, "spend", { giveBack: throttled });
    expect(await startAt(broken, 1)).toMatchObject({ why: "provider-unavailable" });
    expect(deps.faults).toEqual(["spend-not-given-back"]);
  });

  it("is written down with each send: the price, and how much of the tightest cap is spent", async () => {
    const deps = depsFor(2, 10);
    await startAt(deps, 1);
    expect(deps.entries).toEqual([
      expect.objectContaining({ event: "send", priceMicros: 100_000, spentPercent: 50 }),
    ]);
  });
});

describe("a cap with less left than a message costs", () => {
  it("is reported as used up, or no alarm would report the refusals", async () => {
    const deps = depsFor(1.9);
    await startAt(deps, 1);
    expect(deps.entries.at(-1)).toMatchObject({ outcome: "sent", spentPercent: 53 });
    expect(await startAt(deps, 2)).toMatchObject({ why: "sending-paused" });
    expect(deps.entries.at(-1)).toMatchObject({ outcome: "sending-paused", spentPercent: 100 });
  });
});

describe("a price above a cap", () => {
  it("is never reserved, however empty the counters are", async () => {
    const deps = depsFor(0.9);
    expect(await startAt(deps, 1)).toMatchObject({ why: "sending-paused" });
    expect(deps.entries).toEqual([expect.objectContaining({ spentPercent: 100 })]);
  });
});

describe("the price of a message", () => {
  const long = "A brand that goes on and on ".repeat(6);
  const priceOf = async (request: Parameters<typeof startAt>[2], brand: string) => {
    const deps = { ...someDeps(), channels: everyChannel(), brand };
    await startAt(deps, 1, request);
    return deps.entries.map((entry) => entry.event === "send" && entry.priceMicros);
  };

  it("is that of its segments for an SMS, and one price for all else", async () => {
    expect(await priceOf({}, "Acme")).toEqual([100_000]);
    expect(await priceOf({}, long)).toEqual([200_000]);
    expect(await priceOf({ channel: "whatsapp" }, long)).toEqual([50_000]);
    expect(await priceOf({ channel: "voice" }, long)).toEqual([200_000]);
  });

  it("is reserved for what is then sent, however long the brand is", () => {
    const words = { purpose: "login", locale: "en-GB", codeLength: 6 } as const;
    for (let length = 1; length < 200; length += 1) {
      const brand = "x".repeat(length);
      const sent = composeSms({ ...words, brand, code: "271828", lifetimeSeconds: 300 });
      expect(segmentsFor({ brand, androidAppHash: "", limits: LIMITS }, words)).toBe(sent.segments);
    }
  });
});

describe("the caps", () => {
  const terms = { ...TEST_SPEND, keptForTickets: 0.25 };
  it("keep a share for people who return", () => {
    const { day: everybody } = capsOf(terms, { country: "GB", priority: "stranger", now: NOON });
    const { day: returning } = capsOf(terms, { country: "GB", priority: "customer", now: NOON });
    expect(everybody).toBe(0.75 * returning);
    const countries = { GB: { perHourMicros: 40, perDayMicros: 80 } };
    const total = { perHourMicros: 400, perDayMicros: 800 };
    const own = { ...terms, total, countries };
    expect(capsOf(own, { country: "GB", priority: "stranger", now: NOON })).toEqual({
      day: 600,
      hour: 300,
      countryDay: 60,
      countryHour: 30,
    });
  });

  it("of a country stand beside those of all", () => {
    const countries = { FR: { perHourMicros: 7, perDayMicros: 9 } };
    const caps = capsOf(
      { ...terms, countries, keptForTickets: 0 },
      { country: "FR", priority: "stranger", now: NOON },
    );
    expect(caps).toMatchObject({ countryHour: 7, countryDay: 9, day: terms.total.perDayMicros });
  });

  it("are split over the shards, and never above the whole", () => {
    const whole = capsOf(terms, { country: "GB", priority: "customer", now: NOON });
    const third = capsOf(
      { ...terms, shards: 3 },
      { country: "GB", priority: "customer", now: NOON },
    );
    expect(third.day * 3).toBeLessThanOrEqual(whole.day);
    expect(third.day * 3).toBeGreaterThan(whole.day - 3);
  });
});

describe("a cap that nothing fits", () => {
  const charge = { day: "2027-01-15", hour: 8, shard: 0, country: "GB", micros: 2 } as const;
  const store = { reserve: () => expect.unreachable("an empty counter was asked") };
  const enough = { perHourMicros: 100, perDayMicros: 100 };
  const short = { perHourMicros: 1, perDayMicros: 100 };

  it.each([
    ["of everything", { total: short, countries: {} }],
    ["of a country", { total: enough, countries: { GB: short } }],
  ])("%s refuses without asking", async (_, caps) => {
    const terms = { ...TEST_SPEND, ...caps, keptForTickets: 0 };
    expect(await reserve(store, terms, { charge, priority: "stranger", now: NOON })).toEqual({
      kind: "refused",
      retryAt: MIDNIGHT,
      spentPercent: 100,
      windows: [],
    });
  });

  it.each([
    ["day", 99, MIDNIGHT],
    ["countryDay", 99, MIDNIGHT],
    ["hour", 99, NEXT_HOUR],
    ["countryHour", 99, NEXT_HOUR],
    ["day", 98, NEXT_HOUR],
    ["countryDay", 98, NEXT_HOUR],
  ] as const)(
    "is asked again when the %s that holds %i of 100 opens",
    async (counter, held, at) => {
      const terms = { ...TEST_SPEND, total: enough, countries: {}, keptForTickets: 0 };
      const spent = { day: 0, hour: 0, countryDay: 0, countryHour: 0, [counter]: held };
      const full = { reserve: async () => ({ kind: "refused", spent, windows: [] }) as const };
      expect(await reserve(full, terms, { charge, priority: "stranger", now: NOON })).toMatchObject(
        { kind: "refused", retryAt: at },
      );
    },
  );
});

describe("the spend", () => {
  it("has the whole cap, with what is kept for tickets", async () => {
    const deps = depsFor(4, 40, { keptForTickets: 0.5 });
    await startAt(deps, 1);
    expect(deps.entries).toEqual([expect.objectContaining({ spentPercent: 25 })]);
  });

  it("is booked on one of the shards, and drawn only where there are more than one", () => {
    const counted = (shards: number, integer: (below: number) => number) =>
      chargeFor(
        { spendTerms: { ...TEST_SPEND, shards }, random: { integer } },
        { now: NOON, country: "GB", channel: "sms" },
      ).shard;
    expect(counted(3, (below) => below - 1)).toBe(2);
    expect(counted(1, () => expect.unreachable("a shard was drawn"))).toBe(0);
  });
});

describe("a message that may go by RCS, or by a channel without a price", () => {
  it("is reserved at the price by RCS where that is the higher one", () => {
    const spendTerms = { ...TEST_SPEND, prices: { GB: { sms: 100, rcs: 150 } } };
    const deps = { spendTerms, random: { integer: () => 0 } };
    const microsOf = (segments: number) =>
      chargeFor(deps, { now: NOON, country: "GB", channel: "sms", segments }).micros;
    expect([microsOf(1), microsOf(2)]).toEqual([150, 200]);
  });

  it("is, without a price, a fault and no free message", () => {
    const deps = {
      spendTerms: { ...TEST_SPEND, prices: { GB: { sms: 1 } } },
      random: { integer: () => 0 },
    };
    expect(() => chargeFor(deps, { now: NOON, country: "FR", channel: "sms" })).toThrow("no price");
  });
});
