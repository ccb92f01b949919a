import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import {
  isMac,
  isScopeKey,
  isSealed,
  isVerificationKey,
  type Mac,
  type ScopeKey,
  type Sealed,
  type VerificationKey,
} from "../../verification/identifiers.ts";
import type { VerificationStore, Write } from "../../verification/ports.ts";
import {
  CHANNELS,
  DELIVERIES,
  PURPOSES,
  type SentCode,
  type Verification,
} from "../../verification/verification.ts";
import { type Conditions, deleteAfter, type Item, type Table } from "./table.ts";

/**
 * An item has three slots for codes, c0 the oldest and c2 the newest; e0 and e1 say when the older two end, and `expiresAt` when the newest
 * does. An empty slot holds "-", which is no MAC. What counts as approved is in the item and nowhere else: a slot among the tried guesses.
 */
const NOT_APPROVED = {
  "the newest code is not used": "NOT contains(tried, c2)",
  "the middle code is not used": "NOT contains(tried, c1)",
  "the oldest code is not used": "NOT contains(tried, c0)",
} as const;

const LIVE = {
  "it is not canceled": "attribute_not_exists(canceledAt)",
  "it is there and has not expired": "expiresAt > :now",
  "it has checks left": "checks < maxChecks",
  ...NOT_APPROVED,
} as const;

/** Every condition of every write, by write. */
export const VERIFICATION_CONDITIONS = {
  create: { "the id is free": "attribute_not_exists(pk)" },
  check: {
    ...LIVE,
    "the guess is new": "NOT contains(tried, :guess)",
    "the request is new": "NOT lastCheckKey = :requestKey",
    "the guess is not a middle code that ended": "NOT (c1 = :guess AND e1 <= :now)",
    "the guess is not an oldest code that ended": "NOT (c0 = :guess AND e0 <= :now)",
  },
  resend: {
    ...LIVE,
    "the code was not tried": "NOT contains(tried, :code)",
    "the code is not the newest": "c2 <> :code",
    "the code is not the middle one": "c1 <> :code",
    "the request is new": "NOT lastResendKey = :requestKey",
  },
  cancel: {
    "it is there": "attribute_exists(pk)",
    "it is not canceled": "attribute_not_exists(canceledAt)",
    ...NOT_APPROVED,
  },
  noteDelivery: { "the message carried the newest code": "c2 = :code" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof VERIFICATION_CONDITIONS]: Conditions };

const CHECK = "ADD checks :one, tried :guesses SET checkedAt = :now, lastCheckKey = :requestKey";
const RESEND = [
  "SET c0 = c1, e0 = e1, c1 = c2, e1 = expiresAt, c2 = :code, expiresAt = :expiresAt",
  "resendAt = :resendAt, lastResendKey = :requestKey, deleteAfter = :deleteAfter",
].join(", ");
const CANCEL = "SET canceledAt = :now";
const NOTE_DELIVERY = "SET delivery = :delivery, messageSid = :messageSid";

const NO_CODE = "-";

/** Verifications over the table. `conditions` is an argument so that tests can show what each one is for. */
export function dynamoVerifications(
  table: Table,
  conditions: AllConditions = VERIFICATION_CONDITIONS,
): VerificationStore {
  return {
    create: (verification) => table.put(itemOf(verification), conditions.create),
    async read(key) {
      const item = await table.read(pkOf(key));
      return item && verificationOf(item);
    },
    async check({ key, guess, requestKey, now }) {
      const values = {
        ":one": 1,
        ":guess": guess,
        ":guesses": new Set([guess]),
        ":requestKey": requestKey,
        ":now": now,
      };
      return parsed(
        await table.update({ pk: pkOf(key), update: CHECK, conditions: conditions.check, values }),
      );
    },
    async resend({ key, code, requestKey, resendAt, now }) {
      const values = {
        ":code": code.mac,
        ":expiresAt": code.expiresAt,
        ":requestKey": requestKey,
        ":resendAt": resendAt,
        ":now": now,
        ":deleteAfter": deleteAfter(code.expiresAt, RETENTION.verificationSeconds),
      };
      return parsed(
        await table.update({
          pk: pkOf(key),
          update: RESEND,
          conditions: conditions.resend,
          values,
        }),
      );
    },
    async cancel(key, now) {
      const values = { ":now": now };
      return parsed(
        await table.update({
          pk: pkOf(key),
          update: CANCEL,
          conditions: conditions.cancel,
          values,
        }),
      );
    },
    async noteDelivery({ key, code, delivery, messageSid }) {
      const values = { ":code": code, ":delivery": delivery, ":messageSid": messageSid ?? null };
      await table.update({
        pk: pkOf(key),
        update: NOTE_DELIVERY,
        conditions: conditions.noteDelivery,
        values,
      });
    },
    remove: (key) => table.remove(pkOf(key)),
  };
}

function pkOf(key: VerificationKey): string {
  return `verification#${key}`;
}

function itemOf({ key, codes, tried: _, ...rest }: Verification): Item {
  const [newest, middle, oldest] = codes;
  return {
    ...rest,
    pk: pkOf(key),
    key,
    c2: newest?.mac ?? NO_CODE,
    c1: middle?.mac ?? NO_CODE,
    e1: middle?.expiresAt ?? 0,
    c0: oldest?.mac ?? NO_CODE,
    e0: oldest?.expiresAt ?? 0,
    deleteAfter: deleteAfter(rest.expiresAt, RETENTION.verificationSeconds),
  };
}

const MAC = v.custom<Mac>((value) => typeof value === "string" && isMac(value));
const SLOT = v.union([MAC, v.literal(NO_CODE)]);
const ITEM = v.object({
  key: v.custom<VerificationKey>((value) => typeof value === "string" && isVerificationKey(value)),
  c0: SLOT,
  c1: SLOT,
  c2: SLOT,
  e0: v.number(),
  e1: v.number(),
  codeLength: v.number(),
  checks: v.number(),
  maxChecks: v.number(),
  tried: v.optional(v.set(v.string()), () => new Set<string>()),
  expiresAt: v.number(),
  resendAt: v.number(),
  checkedAt: v.optional(v.number()),
  canceledAt: v.optional(v.number()),
  lastCheckKey: v.optional(MAC),
  lastResendKey: v.optional(MAC),
  purpose: v.picklist(PURPOSES),
  channel: v.picklist(CHANNELS),
  sealed: v.custom<Sealed>((value) => typeof value === "string" && isSealed(value)),
  number: MAC,
  debts: v.array(v.custom<ScopeKey>((value) => typeof value === "string" && isScopeKey(value))),
  delivery: v.optional(v.picklist(DELIVERIES)),
  messageSid: v.nullish(v.string()),
});

function parsed({ kind, item }: Write<Item>): Write<Verification> {
  if (kind === "taken") return { kind, item: verificationOf(item) };
  return { kind, item: item && verificationOf(item) };
}

function verificationOf(item: Item): Verification {
  const { c0, c1, c2, e0, e1, messageSid, ...rest } = v.parse(ITEM, item);
  const slots = [
    { mac: c2, expiresAt: rest.expiresAt },
    { mac: c1, expiresAt: e1 },
    { mac: c0, expiresAt: e0 },
  ];
  return { ...rest, messageSid: messageSid ?? undefined, codes: slots.filter(isFilled) };
}

function isFilled(slot: {
  readonly mac: Mac | typeof NO_CODE;
  readonly expiresAt: number;
}): slot is SentCode {
  return slot.mac !== NO_CODE;
}
