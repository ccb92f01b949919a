import { describe, expect, it } from "vitest";
import {
  type AnswerCache,
  answerCache,
} from "../../../functions/adapters/dynamodb/answer-cache.ts";
import {
  cachingClaims,
  cachingNumbers,
  cachingScopes,
  cachingSpend,
  cachingVerifications,
} from "../../../functions/adapters/dynamodb/caching.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { check } from "../../../functions/verification/check.ts";
import { keyOf, type Mac } from "../../../functions/verification/identifiers.ts";
import { show } from "../../../functions/verification/show.ts";
import { start } from "../../../functions/verification/start.ts";
import type { Verification } from "../../../functions/verification/verification.ts";
import { aStart, NOON, newestCode, otherThan, someDeps, started } from "../../support/deps.ts";
import type { Stores } from "../../support/engine-stores.ts";
import { aMac, aScopeKey, aSealed, aVerification, aVerificationKey } from "../../support/items.ts";
import { memoryStores } from "../../support/memory-stores.ts";

const A_MOMENT = 100;
const REMEMBERED = LIMITS.refusalCacheSeconds * 1_000;

/** The stores in memory, with a count of what they are asked, behind the ones that spare them. */
function cachedDeps() {
  const stores = memoryStores();
  const asked = { add: 0, reserve: 0, check: 0, read: 0, claim: 0 };
  const counted: Stores = {
    ...stores,
    scopes: counting(stores.scopes, "add"),
    spend: counting(stores.spend, "reserve"),
    numbers: counting(stores.numbers, "read"),
    claims: counting(stores.claims, "claim"),
    verifications: counting(counting(stores.verifications, "check"), "read"),
  };
  const deps = someDeps(counted);
  const { clock } = deps;
  return {
    asked,
    stores,
    deps: {
      ...deps,
      scopes: cachingScopes(counted.scopes, clock),
      spend: cachingSpend(counted.spend, clock),
      numbers: cachingNumbers(counted.numbers, clock, LIMITS),
      claims: cachingClaims(counted.claims, clock),
      verifications: cachingVerifications(counted.verifications, clock),
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

describe("a number that refused twice", () => {
  it("is asked no more for five seconds, and its refusals stay the same", async () => {
    const { deps, asked } = cachedDeps();
    await started(deps);
    deps.time.now += A_MOMENT;
    asked.read = 0;
    const refusal = await start(deps, aStart());
    await often(6, async () => expect(await start(deps, aStart())).toEqual(refusal));
    expect(asked.read).toBe(2);
    deps.time.now += REMEMBERED;
    await start(deps, aStart());
    expect(asked.read).toBe(3);
  });

  it("is asked as soon as its book would let it, however often it refused before", async () => {
    const { deps } = cachedDeps();
    await started(deps);
    deps.time.now += 29_000;
    await often(5, async () =>
      expect(await start(deps, aStart())).toMatchObject({ why: "too-many-sends" }),
    );
    deps.time.now += 1_000;
    expect(await start(deps, aStart())).toMatchObject({ kind: "started" });
  });
});

describe("a scope that refused twice", () => {
  it("is not read again for five seconds, except for a ticket", async () => {
    const { deps, asked, stores } = cachedDeps();
    const unverified = { key: aScopeKey(), max: 1, minimum: -1, endsAt: 0 };
    await often(8, () => deps.scopes.add(unverified));
    expect(asked.add).toBe(3);
    expect(deps.scopes.recall?.(unverified)).toEqual({ kind: "full" });
    expect(await deps.scopes.add({ ...unverified, max: undefined })).toMatchObject({
      kind: "counted",
    });
    await stores.scopes.decrement({ key: unverified.key, window: 2, day: 2 });
    expect(await deps.scopes.add(unverified)).toEqual({ kind: "full" });
    deps.time.now += REMEMBERED;
    expect(await deps.scopes.add(unverified)).toEqual({ kind: "counted", unverified: 1 });
  });

  it("keeps the scopes beside it from being booked for nothing", async () => {
    const { deps, asked } = cachedDeps();
    const once = (last: number) =>
      start(deps, aStart({ to: `+447700900${last}`, clientAddress: "2001:db8:1:1::1" }));
    for (let last = 100; last < 112; last += 1) await once(last);
    asked.add = 0;
    expect(await once(200)).toMatchObject({ why: "too-many-requests" });
    expect(asked.add).toBe(0);
  });
});

describe("a scope that all share and that refused twice", () => {
  it("refuses for five seconds before the send pays", async () => {
    const { deps, asked } = cachedDeps();
    const { limits } = deps.scopeTerms;
    const one = { ...limits, service: { ...limits.service, max: 1 } };
    const full = { ...deps, scopeTerms: { ...deps.scopeTerms, limits: one } };
    const ends: unknown[] = [];
    for (const last of [1, 2, 3, 4, 5, 6]) {
      const request = { to: `+44770090010${last}`, clientAddress: `192.0.2.${last}` };
      ends.push(Object(await start(full, aStart(request))).why);
    }
    expect(ends).toEqual([undefined, ...Array<string>(5).fill("too-many-requests")]);
    expect(asked.reserve).toBe(3);
  });
});

describe("a verification that has ended", () => {
  it("is not asked again with every guess, and answers as it would", async () => {
    const { deps, asked } = cachedDeps();
    const { id } = await started(deps);
    const guess = (step: number) => check(deps, { id, code: otherThan(newestCode(deps), step) });
    for (let step = 1; step <= LIMITS.checksPerVerification; step += 1) await guess(step);
    asked.check = 0;
    for (let step = 10; step < 20; step += 1)
      expect(await guess(step)).toMatchObject({ result: "exhausted", checksRemaining: 0 });
    expect(asked.check).toBeLessThan(10);
    expect(await check(deps, { id, code: newestCode(deps) })).toMatchObject({
      result: "exhausted",
    });
  });

  it("still returns the proof again for the key of the approval", async () => {
    const { deps } = cachedDeps();
    const { id } = await started(deps);
    const request = { id, code: newestCode(deps), idempotencyKey: "a key of many characters" };
    const { proof } = Object(await check(deps, request));
    for (let time = 0; time < 6; time += 1)
      expect(await check(deps, request)).toMatchObject({ result: "approved", proof });
    expect(await check(deps, { id, code: newestCode(deps) })).toMatchObject({ result: "used" });
  });

  it("never hides one that is pending: a right code after many wrong ones is approved", async () => {
    const { deps } = cachedDeps();
    const { id } = await started(deps);
    await often(9, () => check(deps, { id, code: otherThan(newestCode(deps)) }));
    expect(await check(deps, { id, code: newestCode(deps) })).toMatchObject({ result: "approved" });
  });
});

/** A store that counts what it is asked and answers each time the same. */
function answering<Answer>(answer: () => Answer) {
  const asked: unknown[] = [];
  const store = async (...given: readonly unknown[]) => {
    asked.push(given);
    return answer();
  };
  return { asked, store };
}

describe("a verification of which the same is asked often", () => {
  const KEY = aVerificationKey();
  const checkOf = (guess: string, now = NOON) => ({
    key: KEY,
    guess: aMac(guess),
    requestKey: aMac("request"),
    now,
  });
  const refusing = (item: Verification | undefined) => {
    const time = { now: NOON };
    const { asked, store } = answering(() => ({ kind: "refused", item }) as const);
    const read = answering(() => item);
    const stores = { check: store, cancel: store, read: read.store };
    const spared = cachingVerifications(stores, () => time.now);
    return { asked, read: read.asked, spared, time };
  };
  const TRIED = aVerification({ tried: new Set([aMac("wrong")]), checks: 1 });
  const CANCELED = aVerification({ canceledAt: NOON });

  it("is asked about a guess that was wrong before twice in five seconds, and about others each time", async () => {
    const { asked, spared, time } = refusing(TRIED);
    await often(5, async () =>
      expect(await spared.check(checkOf("wrong"))).toEqual({ kind: "refused", item: TRIED }),
    );
    expect(asked).toHaveLength(2);
    await often(5, () => spared.check(checkOf("another")));
    expect(asked).toHaveLength(7);
    time.now += REMEMBERED;
    await spared.check(checkOf("wrong"));
    expect(asked).toHaveLength(8);
  });

  it.each([
    ["canceled", CANCELED],
    ["not there", undefined],
  ])("and that is %s is asked twice, to check and to cancel together", async (_, item) => {
    const { asked, spared } = refusing(item);
    for (const work of [
      () => spared.check(checkOf("one")),
      () => spared.cancel(KEY, NOON),
      () => spared.cancel(KEY, NOON),
      () => spared.check(checkOf("two")),
    ])
      expect(await work()).toEqual({ kind: "refused", item });
    expect(asked).toHaveLength(2);
  });

  it("and that is pending is asked to cancel each time", async () => {
    const { asked, spared } = refusing(aVerification());
    await often(5, () => spared.cancel(KEY, NOON));
    expect(asked).toHaveLength(5);
  });

  it("and that takes what it is asked is asked each time, even for its end", async () => {
    const { asked, store } = answering(() => ({ kind: "taken", item: CANCELED }) as const);
    const spared = cachingVerifications({ check: store, cancel: store }, () => NOON);
    await often(3, () => spared.check(checkOf("right")));
    await often(3, () => spared.cancel(KEY, NOON));
    expect(asked).toHaveLength(6);
    expect(spared).not.toHaveProperty("read");
  });

  it("is read twice in a second, there or not", async () => {
    const { read, spared } = refusing(undefined);
    await often(5, async () => expect(await spared.read(KEY)).toBeUndefined());
    expect(read).toHaveLength(2);
    expect(cachingVerifications({ read: spared.read }, () => NOON)).not.toHaveProperty("check");
    expect(cachingVerifications({ read: spared.read }, () => NOON)).not.toHaveProperty("cancel");
  });
});

describe("a key that is held", () => {
  const CLAIM = { key: aMac("key"), fingerprint: aMac("body"), id: aSealed(), now: NOON };

  it("is asked for twice in five seconds, and anew once it is released", async () => {
    const { deps, asked } = cachedDeps();
    expect(await deps.claims.claim(CLAIM)).toBeUndefined();
    const later = { ...CLAIM, id: aSealed("another") };
    await often(5, async () =>
      expect(await deps.claims.claim(later)).toMatchObject({ id: CLAIM.id }),
    );
    expect(asked.claim).toBe(3);
    expect(await deps.claims.claim({ ...CLAIM, key: aMac("another key") })).toBeUndefined();
    await deps.claims.release(CLAIM);
    expect(await deps.claims.claim(later)).toBeUndefined();
  });
});

describe("refusals that are remembered", () => {
  it("of one scope, number or ticket are those of no other", async () => {
    const { deps, asked } = cachedDeps();
    const unverified = { max: 1, minimum: -1, endsAt: 0 } as const;
    await often(6, () => deps.scopes.add({ ...unverified, key: aScopeKey("x") }));
    const other = { ...unverified, key: aScopeKey("y") };
    expect(await deps.scopes.add(other)).toMatchObject({ kind: "counted" });
    const number = aMac("number");
    const read = (of: Mac, ticket?: { readonly issuedAt: number }) =>
      deps.numbers.read(of, { now: NOON, ticket });
    await deps.numbers.takeTurn(number, NOON);
    await often(6, () => read(number));
    expect((await read(aMac("another number"))).turns).toEqual([]);
    asked.read = 0;
    await often(6, () => read(number, { issuedAt: NOON - 2 }));
    await often(6, () => read(number, { issuedAt: NOON - 1 }));
    await often(6, () => read(number));
    expect(asked.read).toBe(4);
  });

  it("of a scope with a ticket are repeated for tickets only", async () => {
    const asked: unknown[] = [];
    const add = async (unverified: unknown) => {
      asked.push(unverified);
      return { kind: "full" } as const;
    };
    const scopes = cachingScopes({ ...memoryStores().scopes, add }, () => NOON);
    const unverified = { key: aScopeKey("x"), max: undefined, minimum: -1, endsAt: 0 };
    await often(4, () => scopes.add(unverified));
    await often(4, () => scopes.add({ ...unverified, key: aScopeKey("y") }));
    await often(4, () => scopes.add({ ...unverified, max: 1 }));
    expect(asked).toHaveLength(6);
  });

  it("are only those of a number that takes no turn", async () => {
    const { deps, asked } = cachedDeps();
    const asking = { now: NOON, ticket: undefined };
    await often(5, () => deps.numbers.read(aMac("number"), asking));
    expect(asked.read).toBe(5);
  });
});

describe("hot answers", () => {
  const remember = (answers: AnswerCache<string>, key: string) => {
    answers.keep(key, key);
    answers.keep(key, key);
  };

  it("are kept for so many seconds from the first of them", () => {
    const time = { now: NOON };
    const answers = answerCache<string>(() => time.now, 5);
    answers.keep("key", "first");
    expect(answers.recall("key")).toBeUndefined();
    time.now += 4_999;
    answers.keep("key", "second");
    expect(answers.recall("key")).toBe("second");
    time.now += 1;
    expect(answers.recall("key")).toBeUndefined();
  });

  it("are those of the thousand keys that were asked for last", () => {
    const answers = answerCache<string>(() => NOON, 5);
    const keys = Array.from({ length: 1_000 }, (_, index) => `key ${index}`);
    for (const key of keys) remember(answers, key);
    expect(answers.recall("key 0")).toBe("key 0");
    remember(answers, "key 0");
    remember(answers, "one more");
    expect(answers.recall("key 0")).toBe("key 0");
    expect(answers.recall("key 1")).toBeUndefined();
    expect(answers.recall("key 2")).toBe("key 2");
  });

  it("that are forgotten are asked for again", () => {
    const answers = answerCache<string>(() => NOON, 5);
    remember(answers, "key");
    answers.forget("key");
    expect(answers.recall("key")).toBeUndefined();
  });
});

describe("a key that is read very often", () => {
  it("is a second old at most", async () => {
    const { deps, asked, stores } = cachedDeps();
    const { id } = await started(deps);
    asked.read = 0;
    await often(6, () => show(deps, { id }));
    expect(asked.read).toBe(2);
    await stores.verifications.cancel(keyOf(id), deps.time.now);
    expect(await show(deps, { id })).toMatchObject({ view: { status: "pending" } });
    deps.time.now += LIMITS.readCacheSeconds * 1_000;
    expect(await show(deps, { id })).toMatchObject({ view: { status: "canceled" } });
  });
});
