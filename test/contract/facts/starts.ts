import { expect } from "vitest";
import { RETENTION } from "../../../functions/policy/retention.ts";
import type { Claim, ScopeStore, Unverified } from "../../../functions/verification/ports.ts";
import type { Room, SpendCharge, SpendStore } from "../../../functions/verification/spend.ts";
import { NOON } from "../../support/deps.ts";
import { aDayScopeKey, aMac, aScopeKey, aSealed, scopeKey } from "../../support/items.ts";
import { OPEN_SWITCH } from "../../support/memory-stores.ts";
import type { Facts } from "./ground.ts";

const UNVERIFIED = { key: aScopeKey(), max: 3, minimum: -3, endsAt: NOON + 600_000 };

const SCOPES: Facts = {
  "a window takes starts up to its limit": async ({ scopes }) => {
    for (const unverified of [1, 2, 3])
      expect(await scopes.add(UNVERIFIED)).toEqual({ kind: "counted", unverified });
    for (const _ of [4, 5]) expect(await scopes.add(UNVERIFIED)).toEqual({ kind: "full" });
  },
  "a start that is refused leaves no unverified sends": async ({ scopes }) => {
    for (let start = 0; start < 10; start += 1) await scopes.add(UNVERIFIED);
    await scopes.decrement({ key: UNVERIFIED.key, window: 1, day: 1 });
    expect([await adds(scopes), await adds(scopes)]).toEqual([true, false]);
  },
  "approvals decrement to the minimum and no further, until the next send": async ({ scopes }) => {
    await scopes.add(UNVERIFIED);
    for (let approval = 0; approval < 9; approval += 1)
      await scopes.decrement({ key: UNVERIFIED.key, window: 2, day: 2 });
    expect(await scopes.add(UNVERIFIED)).toEqual({ kind: "counted", unverified: -2 });
    await scopes.decrement({ key: UNVERIFIED.key, window: 2, day: 2 });
    expect(await scopes.add(UNVERIFIED)).toEqual({ kind: "counted", unverified: -3 });
  },
  "windows do not share": async ({ scopes }) => {
    for (let start = 0; start < 3; start += 1) await scopes.add(UNVERIFIED);
    expect(await adds(scopes, { key: aScopeKey("another client") })).toBe(true);
    expect(await adds(scopes, { key: aScopeKey("client", 3_000_001) })).toBe(true);
    expect(await adds(scopes)).toBe(false);
  },
  "a window without a limit counts on and never refuses": async ({ scopes }) => {
    for (let start = 0; start < 9; start += 1) await adds(scopes, { max: undefined });
    expect(await scopes.add({ ...UNVERIFIED, max: undefined })).toEqual({
      kind: "counted",
      unverified: 10,
    });
    expect(await adds(scopes)).toBe(false);
  },
};

/** Two windows of one day: 3 in each, 5 in the day. */
const EARLY = {
  ...UNVERIFIED,
  key: aDayScopeKey(48),
  day: { max: 5, minimum: -5, endsAt: NOON + 43_200_000 },
};
const LATE = { ...EARLY, key: aDayScopeKey(49) };
const DAYS: Facts = {
  "a day takes starts up to its limit, over all of its windows": async ({ scopes }) => {
    for (const today of [1, 2, 3])
      expect(await scopes.add(EARLY)).toEqual({ kind: "counted", unverified: today, today });
    expect(await scopes.add(EARLY)).toEqual({ kind: "full", isDayFull: false });
    expect(await scopes.add(LATE)).toEqual({ kind: "counted", unverified: 1, today: 4 });
    expect(await scopes.add(LATE)).toEqual({ kind: "counted", unverified: 2, today: 5 });
    expect(await scopes.add(LATE)).toEqual({ kind: "full", isDayFull: true });
  },
  "a day that is paid ahead keeps no window from being paid, and no window its day": async ({
    scopes,
  }) => {
    await scopes.add(EARLY);
    for (let approval = 0; approval < 3; approval += 1)
      await scopes.decrement({ key: EARLY.key, window: 2, day: 2 });
    await scopes.add(LATE);
    expect(await scopes.add(EARLY)).toEqual({ kind: "counted", unverified: -2, today: -3 });
    await scopes.decrement({ key: EARLY.key, window: 1, day: 4 });
    expect(await scopes.add(LATE)).toEqual({ kind: "counted", unverified: 2, today: -6 });
    await scopes.decrement({ key: EARLY.key, window: 9, day: 1 });
    await scopes.decrement({ key: LATE.key, window: 2, day: 9 });
    expect(await scopes.add(LATE)).toEqual({ kind: "counted", unverified: 1, today: -5 });
  },
};

async function adds(
  scopes: ScopeStore,
  changes: Partial<Parameters<ScopeStore["add"]>[0]> = {},
): Promise<boolean> {
  return (await scopes.add({ ...UNVERIFIED, ...changes })).kind === "counted";
}

const CHARGE: SpendCharge = { day: "2027-01-15", hour: 8, shard: 0, country: "GB", micros: 10 };
/** What the counters of a booking may hold before it. */
const ROOM: Room = { day: 90, hour: 90, countryDay: 90, countryHour: 90 };

async function reserves(
  spend: SpendStore,
  room: Partial<Room> = {},
  charge: Partial<SpendCharge> = {},
): Promise<boolean> {
  const { kind } = await spend.reserve({ ...CHARGE, ...charge }, { ...ROOM, ...room });
  return kind === "taken";
}

const SPEND: Facts = {
  "a cap takes reservations up to itself and none above, and returns what is spent": async ({
    spend,
  }) => {
    const all = { day: 10, hour: 10, countryDay: 10, countryHour: 10 };
    expect(await spend.reserve(CHARGE, { ...ROOM, day: 10 })).toMatchObject({
      kind: "taken",
      spent: all,
    });
    expect(await reserves(spend, { day: 10 })).toBe(true);
    expect(await spend.reserve(CHARGE, { ...ROOM, day: 10 })).toMatchObject({
      kind: "refused",
      spent: { day: 20, hour: 20 },
    });
  },
  "the hour, the country and the country's hour each have a cap": async ({ spend }) => {
    await reserves(spend);
    for (const counter of ["hour", "countryDay", "countryHour"] as const) {
      expect(await reserves(spend, { [counter]: 9 })).toBe(false);
      expect(await reserves(spend, { [counter]: 10 }, { micros: 0 })).toBe(true);
    }
  },
  "a booking that one cap refuses is booked on no other": async ({ spend }) => {
    await reserves(spend);
    await reserves(spend, { countryHour: 0 });
    expect(await spend.reserve({ ...CHARGE, micros: 0 }, ROOM)).toMatchObject({
      spent: { day: 10, hour: 10, countryDay: 10, countryHour: 10 },
    });
  },
  "a new hour, another country, a new day and another shard each begin at nothing": async ({
    spend,
  }) => {
    await reserves(spend);
    const spentAt = async (charge: Partial<SpendCharge>) =>
      (await spend.reserve({ ...CHARGE, micros: 0, ...charge }, ROOM)).spent;
    expect(await spentAt({ hour: 9 })).toMatchObject({ day: 10, hour: 0, countryHour: 0 });
    // By a clock that is late.
    expect(await spentAt({})).toMatchObject({ hour: 10, countryHour: 10 });
    expect(await spentAt({ country: "FR" })).toMatchObject({ day: 10, countryDay: 0 });
    expect(await spentAt({ day: "2027-01-16" })).toMatchObject({ day: 0 });
    expect(await spentAt({ shard: 1 })).toMatchObject({ day: 0 });
  },
  "an app has a cap of its own, and what it spends is spent of all": async ({ spend }) => {
    const shop = { app: "shop" };
    expect(await reserves(spend, { appDay: 0 }, shop)).toBe(true);
    expect(await reserves(spend, { appDay: 9 }, shop)).toBe(false);
    expect(await reserves(spend, { appDay: 0 }, { app: "taxi" })).toBe(true);
    expect(await spend.reserve({ ...CHARGE, ...shop }, { ...ROOM, appDay: 10 })).toMatchObject({
      spent: { day: 30, appDay: 20 },
    });
    await spend.giveBack({ ...CHARGE, ...shop });
    expect(await reserves(spend, { appDay: 10 }, shop)).toBe(true);
    expect(await reserves(spend, { day: 29 })).toBe(false);
  },
  "what is given back can be spent again": async ({ spend }) => {
    await reserves(spend);
    await spend.giveBack(CHARGE);
    expect(await reserves(spend, { day: 0, hour: 0, countryDay: 0, countryHour: 0 })).toBe(true);
  },
};

const SHARED = { max: 3, minimum: -3, endsAt: NOON + 3_600_000 } as const;
/** The hour of the charge, of its country and of the service. */
export const COUNTRY = { ...SHARED, key: scopeKey("country#GB#500000") };
export const SERVICE = {
  ...SHARED,
  key: scopeKey("service#all#20833#8"),
  day: { max: 5, minimum: 0, endsAt: NOON + 43_200_000, askFromSends: { window: 9, day: 9 } },
};

export function both({ spend }: { readonly spend: SpendStore }, changes: Partial<Unverified> = {}) {
  return spend.reserve(CHARGE, ROOM, [{ ...COUNTRY, ...changes }, SERVICE]);
}

const countsOf = (times: number, kind = "counted") => [
  { kind, unverified: times },
  { kind, unverified: times, today: times, sends: { window: times, day: times } },
];

const BESIDE_MONEY: Facts = {
  "one send is counted with its money in every window, up to the limit of one of them": async (
    ground,
  ) => {
    for (const times of [1, 2, 3])
      expect(await both(ground)).toMatchObject({
        kind: "taken",
        spent: { day: times * 10 },
        windows: countsOf(times),
      });
    const full = { kind: "full", isDayFull: false };
    expect(await both(ground)).toMatchObject({
      kind: "refused",
      spent: { day: 30 },
      windows: [{ kind: "full" }, full],
    });
    expect(await both(ground, { max: undefined })).toMatchObject({
      windows: [{ kind: "open", unverified: 4 }, full],
    });
  },
  "without room for its money a send is counted in no window": async (ground) => {
    const { spend } = ground;
    const windows = [COUNTRY, SERVICE];
    await spend.reserve(CHARGE, ROOM);
    expect(await spend.reserve(CHARGE, { ...ROOM, hour: 9 }, windows)).toMatchObject({
      kind: "refused",
      windows: countsOf(1, "open"),
    });
    expect((await both(ground)).windows).toEqual(countsOf(1));
  },
  "an approval reduces every window to its minimum, and one that is there keeps no other from it":
    async (ground) => {
      const { spend } = ground;
      const approve = () =>
        spend.decrement([
          { key: COUNTRY.key, window: 2, day: 1 },
          { key: SERVICE.key, window: 2, day: 1 },
        ]);
      await approve();
      for (const _ of [1, 2, 3]) await both(ground);
      for (const _ of [1, 2, 3]) await approve();
      // The windows are at their minimum of -3, and the day at its 0.
      await approve();
      const shown = async () => (await both(ground)).windows;
      expect(await shown()).toMatchObject([{ unverified: -2 }, { unverified: -2, today: 1 }]);
      // The window of the service goes far below, and then its day alone is reduced.
      await spend.decrement([{ key: SERVICE.key, window: 8, day: 0 }]);
      await approve();
      expect(await shown()).toMatchObject([{ unverified: -3 }, { unverified: -9, today: 1 }]);
    },
  "a send that was not made is none of all sends, whichever counters are at their minimum, and on no other shard":
    async ({ spend }) => {
      const onOne = [
        { ...COUNTRY, key: scopeKey("country#GB-1#500000") },
        { ...SERVICE, key: scopeKey("service#all-1#20833#8") },
      ] as const;
      const sendOn = (shard: number) =>
        spend.reserve({ ...CHARGE, shard }, ROOM, shard === 0 ? [COUNTRY, SERVICE] : onOne);
      const [country, service] = onOne;
      const undo = () =>
        spend.decrement([
          { key: country.key, window: 1, day: 1 },
          { key: service.key, window: 1, day: 1, sends: 1 },
        ]);
      await sendOn(0);
      await sendOn(1);
      await spend.decrement([{ key: country.key, window: 9, day: 0 }]);
      await undo();
      expect((await sendOn(1)).windows).toEqual([
        { kind: "counted", unverified: -7 },
        countsOf(1)[1],
      ]);
      await spend.decrement([{ key: service.key, window: 9, day: 1 }]);
      await undo();
      expect((await sendOn(1)).windows).toMatchObject([
        { unverified: -6 },
        { unverified: -7, today: 1, sends: { window: 1, day: 1 } },
      ]);
      expect((await sendOn(0)).windows).toEqual(countsOf(2));
    },
  "an approval of an hour that is no longer held reduces its day": async (ground) => {
    const { spend } = ground;
    await both(ground);
    const later = () =>
      spend.reserve({ ...CHARGE, hour: 10 }, ROOM, [
        { ...SERVICE, key: scopeKey("service#all#20833#10") },
      ]);
    await later();
    await spend.decrement([{ key: SERVICE.key, window: 2, day: 1 }]);
    expect((await later()).windows).toMatchObject([{ unverified: 2, today: 2 }]);
  },
};

function aClaim(changes: Partial<Claim> = {}): Claim {
  const key = aMac("idempotency key");
  return { key, fingerprint: aMac("body"), id: aSealed("id"), now: NOON, ...changes };
}

const LATER = { fingerprint: aMac("another body"), id: aSealed("another id") };
const HOLDER = { fingerprint: aMac("body"), id: aSealed("id"), now: NOON };

const CLAIMS: Facts = {
  "the first claim holds, and every other learns of it": async ({ claims }) => {
    expect(await claims.claim(aClaim())).toBeUndefined();
    for (const now of [NOON, NOON + RETENTION.claimSeconds * 1_000 - 1])
      expect(await claims.claim(aClaim({ ...LATER, now }))).toMatchObject(HOLDER);
  },
  "a claim ends, and the next one takes its place": async ({ claims }) => {
    await claims.claim(aClaim());
    const now = NOON + RETENTION.claimSeconds * 1_000;
    expect(await claims.claim(aClaim({ ...LATER, now }))).toBeUndefined();
    expect(await claims.claim(aClaim({ now: now + 1 }))).toMatchObject(LATER);
  },
  "a claim that is released is free": async ({ claims }) => {
    await claims.claim(aClaim());
    await claims.release(aClaim());
    await claims.release(aClaim({ key: aMac("a key that nobody holds") }));
    expect(await claims.claim(aClaim(LATER))).toBeUndefined();
  },
  "a claim that is released while another asks for it is held or free, and no fault": async ({
    claims,
  }) => {
    for (let round = 0; round < 30; round += 1) {
      await claims.claim(aClaim());
      const asked = [claims.claim(aClaim(LATER)), claims.release(aClaim())] as const;
      const [holder] = await Promise.all(asked);
      expect([undefined, HOLDER.id]).toContain(holder?.id);
      await claims.release(aClaim(LATER));
    }
  },
  "a claim is not released by another": async ({ claims }) => {
    await claims.claim(aClaim());
    await claims.release(aClaim(LATER));
    expect(await claims.claim(aClaim(LATER))).toMatchObject(HOLDER);
  },
  "claims do not share": async ({ claims }) => {
    await claims.claim(aClaim());
    expect(await claims.claim(aClaim({ key: aMac("another key") }))).toBeUndefined();
  },
};

export const START_FACTS: Facts = {
  ...SCOPES,
  ...DAYS,
  ...CLAIMS,
  ...SPEND,
  ...BESIDE_MONEY,
  "sending is not paused by default": async ({ sendingSwitch }) => {
    expect(await sendingSwitch.switchState()).toEqual(OPEN_SWITCH);
  },
};
