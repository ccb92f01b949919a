import { expect } from "vitest";
import type {
  CheckWrite,
  ResendUndo,
  ResendWrite,
  VerificationStore,
  Write,
} from "../../../functions/verification/ports.ts";
import { isApproved, type Verification } from "../../../functions/verification/verification.ts";
import { NOON } from "../../support/deps.ts";
import { aMac, aVerification, aVerificationKey, FIVE_MINUTES } from "../../support/items.ts";

/** The one verification that the facts are about. */
export const KEY = aVerificationKey();
export const MINUTE = 60_000;

/** A check of `guess`; without a `request` of its own it is the first of its kind. */
export function checkOf(
  guess: string,
  { at = NOON, request = `check of ${guess} at ${at}` }: Moment = {},
): CheckWrite {
  return { key: KEY, guess: aMac(guess), requestKey: aMac(request), now: at };
}

export function resendOf(
  code: string,
  { at = NOON, request = `resend of ${code} at ${at}` }: Moment = {},
): ResendWrite {
  const sent = { mac: aMac(code), channel: "sms", expiresAt: at + FIVE_MINUTES } as const;
  const requestKey = aMac(request);
  return { key: KEY, code: sent, requestKey, resendAt: at + 30_000, turn: at, now: at };
}

type Moment = { readonly at?: number; readonly request?: string };

/** What a provider that refused leaves to do: the code was never sent. */
export function undoOf(code: string): ResendUndo {
  const before = { resendAt: NOON + 30_000, delivery: "queued", turn: NOON } as const;
  return { key: KEY, code: aMac(code), ...before, deliveryReason: undefined };
}

type StoreWrite = (store: VerificationStore) => Promise<Write<Verification>>;

/** Refused, with the item as it was and as it still is. */
export async function expectRefused(store: VerificationStore, write: StoreWrite): Promise<void> {
  const before = await store.read(KEY);
  expect(before).toBeDefined();
  expect(await write(store)).toEqual({ kind: "refused", item: before });
  expect(await store.read(KEY)).toEqual(before);
}

/** Taken, with the item as it is from now on. */
export async function expectTaken(
  store: VerificationStore,
  write: StoreWrite,
): Promise<Verification> {
  const { kind, item } = await write(store);
  expect(kind).toBe("taken");
  expect(await store.read(KEY)).toEqual(item);
  if (item === undefined) throw new Error("what is taken comes with its item");
  return item;
}

/** Three codes at `gap` from each other, the first sent at noon. */
export async function sendThreeCodes(store: VerificationStore, gap = MINUTE): Promise<void> {
  await store.create(aVerification());
  for (const [code, at] of [
    ["second code", NOON + gap],
    ["third code", NOON + 2 * gap],
  ] as const)
    await expectTaken(store, ({ resend }) => resend(resendOf(code, { at })));
}

/** The place of each of the three codes. */
export const CODES = { newest: "third code", middle: "second code", oldest: "first code" } as const;
export type Place = keyof typeof CODES;
export const PLACES = ["newest", "middle", "oldest"] as const satisfies readonly Place[];

/** Three minutes past noon: all three codes are good. */
export const ALL_GOOD = NOON + 3 * MINUTE;

export async function approveBy(place: Place, store: VerificationStore): Promise<void> {
  await sendThreeCodes(store);
  const check = checkOf(CODES[place], { at: ALL_GOOD });
  expect(isApproved(await expectTaken(store, (taking) => taking.check(check)))).toBe(true);
}

export async function exhaust(store: VerificationStore): Promise<void> {
  await store.create(aVerification());
  for (const guess of ["1st", "2nd", "3rd", "4th", "5th"])
    await expectTaken(store, ({ check }) => check(checkOf(guess)));
}
