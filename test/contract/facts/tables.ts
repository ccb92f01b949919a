import { expect } from "vitest";
import { apiKeyOperations, dynamoApiKeys } from "../../../functions/adapters/dynamodb/api-keys.ts";
import { dynamoKeySends } from "../../../functions/adapters/dynamodb/key-sends.ts";
import { dynamoNumbers, numberOperations } from "../../../functions/adapters/dynamodb/numbers.ts";
import { dynamoScopes } from "../../../functions/adapters/dynamodb/scopes.ts";
import {
  dynamoSendingSwitch,
  MOST_BLOCKS,
  switchOperations,
} from "../../../functions/adapters/dynamodb/sending-switch.ts";
import { dynamoSpend, readSpend } from "../../../functions/adapters/dynamodb/spend.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { RETENTION } from "../../../functions/policy/retention.ts";
import type { ApiKey } from "../../../functions/verification/api-key.ts";
import { cancel } from "../../../functions/verification/cancel.ts";
import { check } from "../../../functions/verification/check.ts";
import type { ScopeKey } from "../../../functions/verification/identifiers.ts";
import { resend } from "../../../functions/verification/resend.ts";
import {
  carriedBy,
  type Deps,
  fictionalNumber,
  NOON,
  newestCode,
  otherThan,
  someDeps,
  started,
} from "../../support/deps.ts";
import { ITEM_KINDS, unnamedIn } from "../../support/item-kinds.ts";
import { aMac, aScopeKey, aSealed, aVerification, FIVE_MINUTES } from "../../support/items.ts";
import type { TableFacts, TableGround } from "./ground.ts";
import { both, COUNTRY, SERVICE } from "./starts.ts";
import { checkOf, KEY, resendOf, undoOf } from "./writes.ts";

const DAY_SECONDS = 86_400;

const TRACELESS: TableFacts = {
  "writes to what is not there leave no item": async ({
    verifications,
    numbers,
    scopes,
    spend,
    items,
  }) => {
    await verifications.noteDelivery({ key: KEY, code: aMac("first code"), delivery: "queued" });
    await verifications.cancel(KEY, NOON);
    await verifications.resend(resendOf("second code"));
    await verifications.check(checkOf("wrong"));
    await verifications.undoResend(undoOf("second code"));
    await numbers.clearFailures(aMac("number"), NOON);
    await numbers.returnTurn(aMac("number"), NOON);
    await numbers.replaceTurn(aMac("number"), { failed: NOON, now: NOON + 1 });
    await numbers.undoReplacement(aMac("number"), { failed: NOON, now: NOON + 1 });
    await scopes.decrement({ key: aScopeKey(), window: 4, day: 4 });
    await spend.giveBack({ day: "2027-01-15", hour: 8, shard: 0, country: "GB", micros: 1 });
    expect(await items()).toEqual([]);
  },
};

/** How long after its start each kind of item is needed, at least. */
const NEEDED_SECONDS = {
  verification: FIVE_MINUTES / 1_000 + LIMITS.proofLifetimeSeconds,
  number: Math.max(LIMITS.failureMemorySeconds, LIMITS.ticketLifetimeSeconds),
  scope: 0,
  spend: 60 * DAY_SECONDS,
  start: RETENTION.claimSeconds,
};

type Work = { readonly deps: Deps; readonly ids: readonly string[] };

/** Every kind of item, and every way to write one: starts, a resend, checks, a cancel, and a failure of a number unknown before. */
async function aDayOfWork(ground: TableGround): Promise<Work> {
  const { time } = ground;
  const deps = { ...someDeps(ground), time, clock: () => time.now };
  const { id } = await started(deps, {
    idempotencyKey: "a key of many characters",
    nonce: "a nonce",
  });
  await check(deps, { id, code: otherThan(newestCode(deps)) });
  time.now += 31_000;
  await resend(deps, { id });
  await check(deps, { id, code: newestCode(deps), idempotencyKey: "another key of many" });
  const { id: another } = await started(deps, {
    to: fictionalNumber(7),
    clientAddress: "2001:db8::1",
  });
  await cancel(deps, { id: another });
  await deps.numbers.addFailure(aMac("a number without turns"), time.now);
  expect(deps.faults).toEqual([]);
  return { deps, ids: [id, another] };
}

const A_BLOCK = { until: NOON + 60_000, because: "pumping" };

const AN_API_KEY: ApiKey = {
  id: "00112233445566aa",
  name: "shop",
  app: "shop",
  hash: aMac("a key"),
  rights: ["send"],
  networks: ["203.0.113.0/24"],
  sendsPerDay: 5,
  createdAt: NOON,
  expiresAt: NOON + DAY_SECONDS * 1_000,
};

const API_KEYS: TableFacts = {
  "a key of a back end is created once, and read as it was last changed": async ({
    table,
    time,
  }) => {
    const { create, end, list } = apiKeyOperations(table);
    expect(await create(AN_API_KEY, NOON)).toBe(true);
    expect(await create({ ...AN_API_KEY, name: "another" }, NOON)).toBe(false);
    expect(await list()).toEqual([AN_API_KEY]);
    const store = dynamoApiKeys(table, () => time.now);
    expect(await store.read(AN_API_KEY.id)).toEqual(AN_API_KEY);
    const revoked = { ...AN_API_KEY, revokedAt: NOON };
    for (const at of [NOON, NOON + 1]) await end(AN_API_KEY.id, "revokedAt", at);
    await end("ffffffffffffffff", "revokedAt", NOON);
    expect(await store.read(AN_API_KEY.id)).toEqual(AN_API_KEY);
    time.now += LIMITS.switchCacheSeconds * 1_000;
    expect(await store.read(AN_API_KEY.id)).toEqual(revoked);
    expect(await list()).toEqual([revoked]);
  },
  "a key sends as much as its day has room for, however many ask at once, and gives back what it took":
    async ({ table }) => {
      const { take, giveBack } = dynamoKeySends(table);
      await giveBack("key", NOON);
      const asked = Array.from({ length: 12 }, () => take("key", 5, NOON));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(5);
      await giveBack("key", NOON);
      expect([await take("key", 5, NOON), await take("key", 5, NOON)]).toEqual([true, false]);
      expect(await take("key", 5, NOON + DAY_SECONDS * 1_000)).toBe(true);
      expect(await take("other", 5, NOON)).toBe(true);
    },
};

const KEPT: TableFacts = {
  "every item has the time when TTL may delete it, in seconds, and no sooner than it is needed":
    async (ground) => {
      await aDayOfWork(ground);
      const left = (await ground.items()).map(({ pk, deleteAfter }) => {
        expect(typeof deleteAfter).toBe("number");
        return [String(pk).split("#")[0], Number(deleteAfter) - NOON / 1_000] as const;
      });
      expect(new Set(left.map(([kind]) => kind))).toEqual(new Set(Object.keys(NEEDED_SECONDS)));
      for (const [kind, needed] of Object.entries(NEEDED_SECONDS)) {
        const seconds = left.filter(([of]) => of === kind).map(([, after]) => after);
        expect(Math.min(...seconds)).toBeGreaterThanOrEqual(needed);
        expect(Math.max(...seconds)).toBeLessThan(needed + 2 * DAY_SECONDS);
      }
    },
  "every attribute of every item is one that its owner names": async (ground) => {
    await aDayOfWork(ground);
    await numberOperations(ground.table).block(aMac("a number without turns"), A_BLOCK, NOON);
    const { pause, revokeAllTickets, block } = switchOperations(ground.table);
    await block("country#FR", A_BLOCK, NOON);
    await pause("Twilio is down", NOON);
    await revokeAllTickets(NOON);
    await dynamoSendingSwitch(ground.table, () => NOON, 2).switchState();
    await apiKeyOperations(ground.table).create(AN_API_KEY, NOON);
    await dynamoKeySends(ground.table).take(AN_API_KEY.id, 1, NOON);
    const items = await ground.items();
    expect(items.flatMap(unnamedIn)).toEqual([]);
    const kinds = new Set(items.map(({ pk }) => String(pk).split("#")[0]));
    expect(kinds.size).toBe(Object.keys(ITEM_KINDS).length);
  },
  "no item reveals a code, a number, an id, an address, a key, a nonce or a ticket": async (
    ground,
  ) => {
    const { deps, ids } = await aDayOfWork(ground);
    const text = JSON.stringify(await ground.items(), (_, value: unknown) =>
      value instanceof Set ? [...value] : value,
    );
    const secrets = [
      ...deps.messages.flatMap((message) => [carriedBy(message), message.to.slice(-9)]),
      ...["192.0.2.1", "2001:db8", "a key of many", "another key", "a nonce"],
      ...ids,
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
  },
};

const SWITCH: TableFacts = {
  "sending is paused while the item is paused": async ({ table, put, time }) => {
    await put({ pk: "switch#sending", paused: true });
    expect((await dynamoSendingSwitch(table, () => time.now).switchState()).isPaused).toBe(true);
    await put({ pk: "switch#sending", paused: false });
    expect((await dynamoSendingSwitch(table, () => time.now).switchState()).isPaused).toBe(false);
  },
  "shards are stored for later, and only over what was read": async ({ table, time }) => {
    const wanted = 7;
    const layoutsOf = async () =>
      (await dynamoSendingSwitch(table, () => time.now).switchState()).layouts;
    const others = dynamoSendingSwitch(table, () => time.now, 2);
    const slow = (now: number) => {
      const read = async (pk: string) => {
        const item = await table.read(pk);
        await others.switchState();
        return item;
      };
      time.now = now;
      return dynamoSendingSwitch({ ...table, read }, () => time.now, wanted).switchState();
    };
    await slow(NOON);
    expect(await layoutsOf()).toEqual([{ from: NOON + 3_600_000, shards: 2 }]);
    const own = dynamoSendingSwitch(table, () => time.now, wanted);
    expect((await own.switchState()).layouts).toEqual([{ from: NOON + 3_600_000, shards: 2 }]);
    expect(await layoutsOf()).toEqual([{ from: NOON + 3_600_000, shards: wanted }]);
    await slow(NOON + 60_000);
    expect(await layoutsOf()).toEqual([{ from: NOON + 3_600_000, shards: 2 }]);
  },
  "shards that cannot be stored keep no switch from being read": async ({ table, time }) => {
    const update = () => Promise.reject(new Error("throttled"));
    const failing = dynamoSendingSwitch({ ...table, update }, () => time.now, 7);
    expect(await failing.switchState()).toMatchObject({ isPaused: false });
  },
  "the answer of the switch is at most ten seconds old": async ({ sendingSwitch, put, time }) => {
    expect((await sendingSwitch.switchState()).isPaused).toBe(false);
    await put({ pk: "switch#sending", paused: true });
    time.now += LIMITS.switchCacheSeconds * 1_000 - 1;
    expect((await sendingSwitch.switchState()).isPaused).toBe(false);
    time.now += 1;
    expect((await sendingSwitch.switchState()).isPaused).toBe(true);
  },
  "a switch that cannot be read is a fault, and is asked again": async ({ table, time }) => {
    const answers = [Promise.reject(new Error("no answer")), table.read("switch#sending")];
    const read = async () => answers.shift();
    const { switchState } = dynamoSendingSwitch({ ...table, read }, () => time.now);
    await expect(switchState()).rejects.toThrow("no answer");
    expect(await switchState()).toMatchObject({ isPaused: false });
  },
};

const REVOKED: TableFacts = {
  "a ticket from before its number's were revoked takes no turn, and a later one does": async ({
    numbers,
    put,
  }) => {
    const number = aMac("number");
    await put({ pk: `number#${number}`, ticketsFrom: NOON });
    const revoked = await numbers.takeTurn(number, NOON, { issuedAt: NOON - 1 });
    expect(revoked).toMatchObject({ kind: "refused", item: { ticketsFrom: NOON } });
    expect((await numbers.takeTurn(number, NOON, { issuedAt: NOON })).kind).toBe("taken");
  },
  "the switch returns from when on tickets are good": async ({ table, put, time }) => {
    await put({ pk: "switch#sending", ticketsFrom: NOON });
    expect(await dynamoSendingSwitch(table, () => time.now).switchState()).toMatchObject({
      isPaused: false,
      ticketsFrom: NOON,
    });
  },
};

const BETWEEN_WRITES: TableFacts = {
  "a counter that another approval brings to its minimum between two writes keeps no other from being reduced":
    async (ground) => {
      const { table, spend } = ground;
      const less = ({ key }: { readonly key: ScopeKey }, window: number) =>
        spend.decrement([{ key, window, day: 0 }]);
      await both(ground);
      await less(SERVICE, 4);
      let writes = 0;
      const update: typeof table.update = async (write) => {
        const outcome = await table.update(write);
        writes += 1;
        if (writes === 1) await less(COUNTRY, 4);
        return outcome;
      };
      await dynamoSpend({ ...table, update }).decrement([
        { key: COUNTRY.key, window: 1, day: 0 },
        { key: SERVICE.key, window: 1, day: 1, sends: 1 },
      ]);
      expect(writes).toBe(3);
      expect((await both(ground)).windows).toMatchObject([
        { unverified: -2 },
        { unverified: -2, today: 1, sends: { window: 1, day: 1 } },
      ]);
    },
};

const SEEN_BY_OPERATORS: TableFacts = {
  "what a day has cost is the sum of its shards, counter by counter": async ({
    table,
    spend,
    put,
  }) => {
    const day = "2027-01-15";
    const charge = { day, hour: 8, country: "GB", micros: 10 } as const;
    const room = { day: 90, hour: 90, countryDay: 90, countryHour: 90 };
    for (const shard of [0, 1, 1, 3]) await spend.reserve({ ...charge, shard }, room);
    const beside = { totals: 9, xtotal: 9, GBR: 9, gb: 9, G: 9, "GB-": 9, "GB-123": 9, "GB-8h": 9 };
    await put({ pk: `spend#${day}#2`, "FR-23": 5, FR: "a text", ...beside });
    expect(await readSpend(table, day, 5)).toEqual({
      ...{ total: 40, "total-8": 40, GB: 40, "GB-8": 40, "FR-23": 5 },
    });
    expect(await readSpend(table, day, 2)).toMatchObject({ total: 30 });
    expect(await readSpend(table, "2027-01-16", 5)).toEqual({});
  },
  "what is known of a number are its turns, newest first, and its failures": async ({
    table,
    numbers,
  }) => {
    const { read: readNumber } = numberOperations(table);
    const number = aMac("number");
    expect(await readNumber(number)).toMatchObject({ isKnown: false, turns: [], failures: 0 });
    const days = Array.from({ length: LIMITS.turnsRemembered }, (_, day) => day);
    const turns = days.map((day) => NOON + day * DAY_SECONDS * 1_000);
    for (const turn of turns) await numbers.takeTurn(number, turn);
    await numbers.addFailure(number, NOON);
    expect(await readNumber(number)).toMatchObject({
      isKnown: true,
      turns: turns.toReversed(),
      failures: 1,
      failedAt: NOON,
      block: undefined,
    });
  },
};

const BLOCKED_BY_OPERATOR: TableFacts = {
  "a block or pause without a reason has none": async ({ table, close, put }) => {
    const { read: readNumber } = numberOperations(table);
    const { resume } = switchOperations(table);
    await close(aMac("number"), NOON);
    expect((await readNumber(aMac("number"))).block).toEqual({ until: NOON, because: "" });
    await put({ pk: "switch#sending", paused: true });
    expect(await resume()).toEqual({ since: undefined, because: "" });
  },
  "blocks of scopes stand side by side, the longer of two stands, and those that are over go":
    async ({ table, sendingSwitch, time }) => {
      const { block, unblock, read } = switchOperations(table);
      const [short, long] = [NOON + 60_000, NOON + 3_600_000];
      expect(await block("country#FR", { until: long, because: "pumping" }, NOON)).toBeUndefined();
      expect(await block("ipv4#x", { until: short, because: "a bot" }, NOON)).toBeUndefined();
      expect(await block("country#FR", { until: short, because: "less" }, NOON)).toEqual({
        until: long,
        because: "pumping",
      });
      const { blocks } = await sendingSwitch.switchState();
      expect(blocks).toEqual(
        new Map([
          ["country#FR", long],
          ["ipv4#x", short],
        ]),
      );
      time.now = short;
      await block("range#y", { until: long, because: "pumping" }, short);
      expect((await read("ipv4#x")).block).toBeUndefined();
      await unblock("country#FR", short);
      time.now += LIMITS.switchCacheSeconds * 1_000;
      expect((await sendingSwitch.switchState()).blocks).toEqual(new Map([["range#y", long]]));
    },
  "there are at most so many blocks of scopes as every container can read": async ({ table }) => {
    const { block } = switchOperations(table);
    const current = { until: NOON + 60_000, because: "a bot" };
    const blockAll = async (name: number): Promise<void> => {
      if (name === MOST_BLOCKS) return;
      expect(await block(`ipv4#${name}`, current, NOON)).toBeUndefined();
      await blockAll(name + 1);
    };
    await blockAll(0);
    expect(await block("ipv4#one more", current, NOON)).toBe("full");
    expect(
      await block("ipv4#one more", { ...current, until: NOON + 120_000 }, current.until),
    ).toBeUndefined();
  },
};

/** What no store writes, by the attribute that it would stand in. */
const OF_NO_STORE = {
  ...{ key: ["short", 7], sealed: ["", "é"], number: ["short"], purpose: ["fun"], locale: ["xx"] },
  ...{ c0: ["", "short"], c1: ["short"], c2: ["short"], m0: [7], w0: ["fax"], w1: ["fax"] },
  ...{ e0: ["soon"], e1: ["soon"], codeLength: ["6"], checks: ["0"], maxChecks: ["5"] },
  ...{ tried: ["wrong", ["wrong"]], expiresAt: ["soon"], resendAt: ["soon"], turn: ["now"] },
  ...{
    country: ["gb", "G", "GBR", "1GB", "GB1"],
    counts: ["unverified", ["unverified"]],
    platform: ["fax"],
  },
  ...{ delivery: ["lost"], deliveryReason: ["bored"], originHost: [7], lastCheckKey: ["short"] },
  ...{ checkedAt: ["now"], canceledAt: ["now"], ticketedAt: ["now"], lastResendKey: ["short"] },
} as const;

/** A write that is refused, and no item to see it by. */
const REFUSING = { update: async () => ({ kind: "refused", item: undefined }) as const };

const OF_OTHERS: TableFacts = {
  "an item that no store of ours wrote is a fault, and not half of a verification": async ({
    verifications,
    items,
    put,
  }) => {
    await verifications.create(aVerification());
    const [item] = await items();
    for (const [name, values] of Object.entries(OF_NO_STORE))
      for (const value of values) {
        await put({ ...item, [name]: value });
        await expect(verifications.read(KEY), name).rejects.toThrow("Invalid");
      }
  },
  "a claim that no store of ours wrote is a fault": async ({ claims, items, put }) => {
    const claim = { key: aMac("key"), fingerprint: aMac("body"), id: aSealed("id"), now: NOON };
    await claims.claim(claim);
    const [item] = await items();
    for (const wrong of [{ fingerprint: "short" }, { id: "é" }, { claimedAt: "now" }]) {
      await put({ ...item, ...wrong });
      await expect(claims.claim(claim)).rejects.toThrow("Invalid");
    }
  },
  "half of a slot holds no code": async ({ verifications, items, put }) => {
    await verifications.create(aVerification());
    const [item] = await items();
    for (const half of [{ w1: "sms" }, { c1: aMac("second code") }]) {
      await put({ ...item, ...half });
      expect(await verifications.read(KEY)).toEqual(aVerification());
    }
  },
  "a failure that no write takes is a fault, and not forgotten": async ({ table }) => {
    const { addFailure } = dynamoNumbers({ ...table, ...REFUSING }, LIMITS);
    await expect(addFailure(aMac("number"), NOON)).rejects.toThrow("could not be booked");
  },
  "a day that ended between a refusal and the look at it has spent nothing": async ({ table }) => {
    const charge = { day: "2027-01-15", hour: 8, shard: 0, country: "GB", micros: 1 } as const;
    const none = { day: 0, hour: 0, countryDay: 0, countryHour: 0 };
    expect(await dynamoSpend({ ...table, ...REFUSING }).reserve(charge, none)).toMatchObject({
      kind: "refused",
      spent: none,
    });
  },
  "a window that ended between a refusal and the look at it was full": async ({ table }) => {
    const unverified = { key: aScopeKey(), max: 3, minimum: -3, endsAt: NOON };
    expect(await dynamoScopes({ ...table, ...REFUSING }).add(unverified)).toEqual({ kind: "full" });
  },
};

export const TABLE_FACTS: TableFacts = {
  ...OF_OTHERS,
  ...BETWEEN_WRITES,
  ...SEEN_BY_OPERATORS,
  ...TRACELESS,
  ...API_KEYS,
  ...KEPT,
  ...SWITCH,
  ...BLOCKED_BY_OPERATOR,
  ...REVOKED,
};
