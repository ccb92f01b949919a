import { expect } from "vitest";
import { RETENTION } from "../../../functions/policy/retention.ts";
import type { Claim } from "../../../functions/verification/ports.ts";
import { aMac, aScopeKey, aSealed } from "../../support/items.ts";
import { NOON } from "../../support/world.ts";
import type { Facts } from "./ground.ts";

const DEBT = { key: aScopeKey(), floor: 3, endsAt: NOON + 600_000 };

const SCOPES: Facts = {
  "a window takes starts up to its floor": async ({ scopes }) => {
    for (const isOpen of [true, true, true, false, false])
      expect(await scopes.add(DEBT)).toBe(isOpen);
  },
  "a start that is refused leaves no debt": async ({ scopes }) => {
    for (let start = 0; start < 10; start += 1) await scopes.add(DEBT);
    await scopes.credit(DEBT.key, 1);
    expect([await scopes.add(DEBT), await scopes.add(DEBT)]).toEqual([true, false]);
  },
  "an approval pays for several starts, also for some to come": async ({ scopes }) => {
    await scopes.add(DEBT);
    await scopes.credit(DEBT.key, 4);
    const starts = [];
    for (let start = 0; start < 7; start += 1) starts.push(await scopes.add(DEBT));
    expect(starts).toEqual([true, true, true, true, true, true, false]);
  },
  "a window without debt takes no credit": async ({ scopes }) => {
    await scopes.credit(DEBT.key, 4);
    for (const isOpen of [true, true, true, false]) expect(await scopes.add(DEBT)).toBe(isOpen);
  },
  "windows do not share": async ({ scopes }) => {
    for (let start = 0; start < 3; start += 1) await scopes.add(DEBT);
    expect(await scopes.add({ ...DEBT, key: aScopeKey("another client") })).toBe(true);
    expect(await scopes.add({ ...DEBT, key: aScopeKey("client", 3_000_001) })).toBe(true);
    expect(await scopes.add(DEBT)).toBe(false);
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
  ...CLAIMS,
  "sending is not paused where nobody paused it": async ({ sendingSwitch }) => {
    expect(await sendingSwitch.isPaused()).toBe(false);
  },
};
