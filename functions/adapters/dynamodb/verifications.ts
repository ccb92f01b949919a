import * as v from "valibot";
import type { Country } from "../../policy/destinations.ts";
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
 * An item has three slots for codes, c0 the oldest and c2 the newest, each with the message that carried it, m0 to m2; e0 and e1 say when
 * the older two end, and `expiresAt` when the newest does. An empty slot holds "-", which is no MAC. What counts as approved is in the item
 * and nowhere else: a slot among the tried guesses.
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
  undoResend: {
    "the code is the newest": "c2 = :code",
    "the code is not used": "NOT contains(tried, :code)",
  },
  cancel: LIVE,
  noteDelivery: { "the message carried the newest code": "c2 = :code" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof VERIFICATION_CONDITIONS]: Conditions };

const CHECK = "ADD checks :one, tried :guesses SET checkedAt = :now, lastCheckKey = :requestKey";
const RESEND = [
  "SET c0 = c1, e0 = e1, m0 = m1, c1 = c2, e1 = expiresAt, m1 = m2, c2 = :code, m2 = :none, expiresAt = :expiresAt",
  "resendAt = :resendAt, lastResendKey = :requestKey, deleteAfter = :deleteAfter REMOVE delivery",
].join(", ");
/** What the oldest slot held before is not needed back: it had ended before the number had a turn for a fourth code. */
const UNDO_RESEND = [
  "SET c2 = c1, m2 = m1, expiresAt = e1, c1 = c0, e1 = e0, m1 = m0, c0 = :none, e0 = :never, m0 = :none, resendAt = :resendAt, delivery = :delivery",
  "REMOVE lastResendKey",
].join(" ");
const CANCEL = "SET canceledAt = :now";
const NOTE_DELIVERY = "SET delivery = :delivery, m2 = :messageSid";

/** An empty slot, and a message without a name. */
const NONE = "-";

/** Verifications over the table. `conditions` is an argument so that tests can show what each one is for. */
export function dynamoVerifications(
  table: Table,
  conditions: AllConditions = VERIFICATION_CONDITIONS,
): VerificationStore {
  const write = async (
    key: VerificationKey,
    update: string,
    name: keyof AllConditions,
    values: Item,
  ): Promise<Write<Verification>> =>
    parsed(await table.update({ pk: pkOf(key), update, conditions: conditions[name], values }));

  return {
    create: (verification) => table.put(itemOf(verification)),
    async read(key) {
      const item = await table.read(pkOf(key));
      return item && verificationOf(item);
    },
    check: ({ key, guess, requestKey, now }) =>
      write(key, CHECK, "check", {
        ":one": 1,
        ":guess": guess,
        ":guesses": new Set([guess]),
        ":requestKey": requestKey,
        ":now": now,
      }),
    resend: ({ key, code, requestKey, resendAt, now }) =>
      write(key, RESEND, "resend", {
        ":code": code.mac,
        ":expiresAt": code.expiresAt,
        ":requestKey": requestKey,
        ":resendAt": resendAt,
        ":now": now,
        ":none": NONE,
        ":deleteAfter": deleteAfter(code.expiresAt, RETENTION.verificationSeconds),
      }),
    async undoResend({ key, code, resendAt, delivery }) {
      const before = { ":resendAt": resendAt, ":delivery": delivery };
      const values = { ":code": code, ...before, ":none": NONE, ":never": 0 };
      await write(key, UNDO_RESEND, "undoResend", values);
    },
    cancel: (key, now) => write(key, CANCEL, "cancel", { ":now": now }),
    async noteDelivery({ key, code, delivery, messageSid = NONE }) {
      const values = { ":code": code, ":delivery": delivery, ":messageSid": messageSid };
      await write(key, NOTE_DELIVERY, "noteDelivery", values);
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
    c2: newest?.mac ?? NONE,
    m2: newest?.messageSid ?? NONE,
    c1: middle?.mac ?? NONE,
    e1: middle?.expiresAt ?? 0,
    m1: middle?.messageSid ?? NONE,
    c0: oldest?.mac ?? NONE,
    e0: oldest?.expiresAt ?? 0,
    m0: oldest?.messageSid ?? NONE,
    deleteAfter: deleteAfter(rest.expiresAt, RETENTION.verificationSeconds),
  };
}

const MAC = v.custom<Mac>((value) => typeof value === "string" && isMac(value));
const SLOT = v.union([MAC, v.literal(NONE)]);
const ITEM = v.object({
  key: v.custom<VerificationKey>((value) => typeof value === "string" && isVerificationKey(value)),
  c0: SLOT,
  c1: SLOT,
  c2: SLOT,
  m0: v.string(),
  m1: v.string(),
  m2: v.string(),
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
  country: v.custom<Country>((value) => typeof value === "string" && /^[A-Z]{2}$/.test(value)),
  ticketedAt: v.optional(v.number()),
  debts: v.array(v.custom<ScopeKey>((value) => typeof value === "string" && isScopeKey(value))),
  delivery: v.optional(v.picklist(DELIVERIES)),
});

function parsed({ kind, item }: Write<Item>): Write<Verification> {
  if (kind === "taken") return { kind, item: verificationOf(item) };
  return { kind, item: item && verificationOf(item) };
}

function verificationOf(item: Item): Verification {
  const { c0, c1, c2, e0, e1, m0, m1, m2, ...rest } = v.parse(ITEM, item);
  const slots = [
    { mac: c2, expiresAt: rest.expiresAt, messageSid: m2 },
    { mac: c1, expiresAt: e1, messageSid: m1 },
    { mac: c0, expiresAt: e0, messageSid: m0 },
  ];
  return { ...rest, codes: slots.flatMap(sentCodeIn) };
}

type Slot = {
  readonly mac: Mac | typeof NONE;
  readonly expiresAt: number;
  readonly messageSid: string;
};

function sentCodeIn({ mac, expiresAt, messageSid }: Slot): readonly SentCode[] {
  if (mac === NONE) return [];
  return [messageSid === NONE ? { mac, expiresAt } : { mac, expiresAt, messageSid }];
}
