import { describe, expect, it } from "vitest";
import {
  sparingClaims,
  sparingNumbers,
  sparingScopes,
  sparingVerifications,
} from "../../../functions/adapters/sparing.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { check } from "../../../functions/verification/check.ts";
import { isScopeKey, keyOf, type ScopeKey } from "../../../functions/verification/identifiers.ts";
import { show } from "../../../functions/verification/show.ts";
import { start } from "../../../functions/verification/start.ts";
import { memoryStores, type Stores } from "../../support/memory-stores.ts";
import { aStart, aWorld, idIn, newestCode, otherThan } from "../../support/world.ts";

const A_MOMENT = 100;
const REMEMBERED = LIMITS.hotRefusalSeconds * 1_000;

/** The stores in memory, with a count of what they are asked, behind the ones that spare them. */
function sparedWorld() {
  const stores = memoryStores();
  const asked = { add: 0, takeTurn: 0, check: 0, read: 0, claim: 0 };
  const counted: Stores = {
    ...stores,
    scopes: counting(stores.scopes, "add"),
    numbers: counting(stores.numbers, "takeTurn"),
    claims: counting(stores.claims, "claim"),
    verifications: counting(counting(stores.verifications, "check"), "read"),
  };
  const world = aWorld(counted);
  const { clock } = world;
  return {
    asked,
    stores,
    world: {
      ...world,
      scopes: sparingScopes(counted.scopes, clock),
      numbers: sparingNumbers(counted.numbers, clock),
      claims: sparingClaims(counted.claims, clock),
      verifications: sparingVerifications(counted.verifications, clock),
    },
  };

  function counting<Store extends object>(store: Store, name: keyof typeof asked): Store {
    return new Proxy(store, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (property !== name || typeof value !== "function") return value;
        return (...given: readonly unknown[]): unknown => {
          asked[name] += 1;
          return Reflect.apply(value, target, given);
        };
      },
    });
  }
}

const often = async (times: number, work: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < times; time += 1) await work();
};

async function started(world: ReturnType<typeof sparedWorld>["world"]) {
  const outcome = await start(world, aStart());
  if (outcome.kind !== "started") throw new Error(outcome.why);
  return idIn(outcome.view.id);
}

describe("a number that refused twice", () => {
  it("is asked no more for five seconds, and its refusals stay the same", async () => {
    const { world, asked } = sparedWorld();
    await started(world);
    world.time.now += A_MOMENT;
    asked.takeTurn = 0;
    const refusal = await start(world, aStart());
    await often(6, async () => expect(await start(world, aStart())).toEqual(refusal));
    expect(asked.takeTurn).toBe(2);
    world.time.now += REMEMBERED;
    await start(world, aStart());
    expect(asked.takeTurn).toBe(3);
  });

  it("is asked as soon as its book would let it, however often it refused before", async () => {
    const { world } = sparedWorld();
    await started(world);
    world.time.now += 29_000;
    await often(5, async () =>
      expect(await start(world, aStart())).toMatchObject({ why: "too-many-sends" }),
    );
    world.time.now += 1_000;
    expect(await start(world, aStart())).toMatchObject({ kind: "started" });
  });
});

function scopeKey(text: string): ScopeKey {
  if (!isScopeKey(text)) throw new Error("no key of a scope");
  return text;
}

describe("a scope that refused twice", () => {
  const full = { key: "ipv4#x#1", floor: 1, leastDebt: -1, endsAt: 0 } as const;

  it("is asked no more for five seconds, by nobody but whoever has a ticket", async () => {
    const { world, asked, stores } = sparedWorld();
    const debt = { ...full, key: scopeKey(full.key) };
    await often(8, () => world.scopes.add(debt));
    expect(asked.add).toBe(3);
    expect(world.scopes.recall?.(debt)).toEqual({ kind: "full" });
    expect(await world.scopes.add({ ...debt, floor: undefined })).toMatchObject({ kind: "booked" });
    await stores.scopes.credit(debt.key, 2);
    expect(await world.scopes.add(debt)).toEqual({ kind: "full" });
    world.time.now += REMEMBERED;
    expect(await world.scopes.add(debt)).toEqual({ kind: "booked", debt: 1 });
  });

  it("keeps the scopes beside it from being booked for nothing", async () => {
    const { world, asked } = sparedWorld();
    const once = (last: number) =>
      start(world, aStart({ to: `+447700900${last}`, clientAddress: "2001:db8:1:1::1" }));
    for (let last = 100; last < 112; last += 1) await once(last);
    asked.add = 0;
    expect(await once(200)).toMatchObject({ why: "too-many-requests" });
    expect(asked.add).toBe(0);
  });
});

describe("a verification that has ended", () => {
  it("is not asked again with every guess, and answers as it would", async () => {
    const { world, asked } = sparedWorld();
    const id = await started(world);
    const guess = (step: number) => check(world, { id, code: otherThan(newestCode(world), step) });
    for (let step = 1; step <= LIMITS.checksPerVerification; step += 1) await guess(step);
    asked.check = 0;
    for (let step = 10; step < 20; step += 1)
      expect(await guess(step)).toMatchObject({ result: "exhausted", checksRemaining: 0 });
    expect(asked.check).toBeLessThan(10);
    expect(await check(world, { id, code: newestCode(world) })).toMatchObject({
      result: "exhausted",
    });
  });

  it("still gives the proof again to whoever has the key of the approval", async () => {
    const { world } = sparedWorld();
    const id = await started(world);
    const request = { id, code: newestCode(world), idempotencyKey: "a key of many characters" };
    const { proof } = Object(await check(world, request));
    for (let time = 0; time < 6; time += 1)
      expect(await check(world, request)).toMatchObject({ result: "approved", proof });
    expect(await check(world, { id, code: newestCode(world) })).toMatchObject({ result: "used" });
  });

  it("never hides one that is pending: a right code after many wrong ones is approved", async () => {
    const { world } = sparedWorld();
    const id = await started(world);
    await often(9, () => check(world, { id, code: otherThan(newestCode(world)) }));
    expect(await check(world, { id, code: newestCode(world) })).toMatchObject({
      result: "approved",
    });
  });
});

describe("what is read very often", () => {
  it("is a second old at most", async () => {
    const { world, asked, stores } = sparedWorld();
    const id = await started(world);
    asked.read = 0;
    await often(6, () => show(world, { id }));
    expect(asked.read).toBe(2);
    await stores.verifications.cancel(keyOf(id), world.time.now);
    expect(await show(world, { id })).toMatchObject({ view: { status: "pending" } });
    world.time.now += LIMITS.hotReadSeconds * 1_000;
    expect(await show(world, { id })).toMatchObject({ view: { status: "canceled" } });
  });
});
