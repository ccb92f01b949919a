import * as v from "valibot";
import type { Country } from "../../policy/destinations.ts";
import { LOCALES } from "../../policy/messages/locales.ts";
import { RETENTION } from "../../policy/retention.ts";
import {
  isMac,
  isScopeKey,
  isSealed,
  isVerificationKey,
  type Mac,
  type VerificationKey,
} from "../../verification/identifiers.ts";
import type { VerificationStore, Write } from "../../verification/ports.ts";
import {
  CHANNELS,
  type Channel,
  DELIVERIES,
  DELIVERY_REASONS,
  type Delivery,
  type MessageName,
  PLATFORMS,
  PROVIDERS,
  PURPOSES,
  type SentCode,
  UPGRADES,
  type Upgrade,
  type Verification,
} from "../../verification/verification.ts";
import {
  type Conditions,
  deleteAfter,
  type Item,
  type ItemKind,
  parsed,
  type Table,
} from "./table.ts";

/**
 * An item has three slots for codes, c0 the oldest and c2 the newest, each with its message, m0 to m2, its provider, p0 to p2, and its channel,
 * w0 to w2; e0 and e1 are the ends of the older two, `expiresAt` that of the newest. An empty slot holds "-", which is no MAC. The approval is
 * stored in the item only: a slot among the tried guesses.
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
  noteDelivery: {
    "the message carried the newest code": "c2 = :code",
    "as much is not known already": "NOT news >= :news",
  },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof VERIFICATION_CONDITIONS]: Conditions };

const CHECK = "ADD checks :one, tried :guesses SET checkedAt = :now, lastCheckKey = :requestKey";
const resendUpdate = (codeBeforeEnds: "expiresAt" | ":now") =>
  [
    `SET c0 = c1, e0 = e1, m0 = m1, w0 = w1, c1 = c2, e1 = ${codeBeforeEnds}, m1 = m2, w1 = w2, c2 = :code, m2 = :none, w2 = :way, p0 = p1, p1 = p2, p2 = :none`,
    "expiresAt = :expiresAt, resendAt = :resendAt, turn = :turn, lastResendKey = :requestKey, deleteAfter = :deleteAfter REMOVE delivery, deliveryReason, upgrade, news",
  ].join(", ");
/**
 * The earlier content of the oldest slot need not be restored: it had expired before the number had a turn for a fourth code, or messages had
 * failed.
 */
const undoResendUpdate = (codeBeforeEnds: "e1" | ":expiresAt") =>
  [
    `SET c2 = c1, m2 = m1, w2 = w1, expiresAt = ${codeBeforeEnds}, c1 = c0, e1 = e0, m1 = m0, w1 = w0, c0 = :none, e0 = :never, m0 = :none, w0 = :none, p2 = p1, p1 = p0, p0 = :none`,
    "resendAt = :resendAt, turn = :turn, delivery = :delivery, deliveryReason = :reason, news = :news REMOVE lastResendKey",
  ].join(", ");
const CANCEL = "SET canceledAt = :now";
const NOTE_DELIVERY =
  "SET delivery = :delivery, deliveryReason = :reason, upgrade = :upgrade, news = :news, m2 = :messageId, p2 = :provider";

/** An empty slot, a message without a name, and no reason. */
const NONE = "-";

/** No turn that a replacement may use. */
const NEVER = 0;

/** Reports come in any order and repeatedly, and only one that adds information is stored. Two final reports are equal: the first one stays. */
const NEWS: Readonly<Record<Delivery, number>> = {
  unknown: 1,
  queued: 2,
  delivered: 3,
  undelivered: 3,
};

/** Verifications in the table. `conditions` is an argument so that tests can show the purpose of each. */
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
    parsed(
      await table.update({ pk: pkOf(key), update, conditions: conditions[name], values }),
      verificationOf,
    );

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
    resend: ({ key, code, requestKey, resendAt, turn = NEVER, now, endsNewest = false }) =>
      write(key, resendUpdate(endsNewest ? ":now" : "expiresAt"), "resend", {
        ":code": code.mac,
        ":way": code.channel,
        ":turn": turn,
        ":expiresAt": code.expiresAt,
        ":requestKey": requestKey,
        ":resendAt": resendAt,
        ":now": now,
        ":none": NONE,
        ":deleteAfter": deleteAfter(code.expiresAt, RETENTION.verificationSeconds),
      }),
    undoResend: async (undo) => {
      const { expiresAt } = undo;
      const update = undoResendUpdate(expiresAt === undefined ? "e1" : ":expiresAt");
      await write(undo.key, update, "undoResend", undoneBy(undo));
    },
    cancel: (key, now) => write(key, CANCEL, "cancel", { ":now": now }),
    async noteDelivery({ key, code, delivery, messageId = NONE, provider = NONE, ...news }) {
      const { kind } = await write(key, NOTE_DELIVERY, "noteDelivery", {
        ":code": code,
        ":delivery": delivery,
        ":reason": news.reason ?? NONE,
        ":upgrade": news.upgrade ?? NONE,
        ":news": NEWS[delivery],
        ":messageId": messageId,
        ":provider": provider,
      });
      return kind === "taken";
    },
    remove: (key) => table.remove(pkOf(key)),
  };
}

function undoneBy(undo: Parameters<VerificationStore["undoResend"]>[0]): Item {
  const { code, resendAt, delivery, deliveryReason = NONE, turn = NEVER, expiresAt } = undo;
  const news = { ":delivery": delivery, ":reason": deliveryReason, ":news": NEWS[delivery] };
  const values = { ":code": code, ":resendAt": resendAt, ":turn": turn, ...news };
  return { ...values, ":none": NONE, ":never": NEVER, ":expiresAt": expiresAt ?? NEVER };
}

function pkOf(key: VerificationKey): string {
  return `verification#${key}`;
}

function itemOf({ key, codes, tried: _, ...rest }: Verification): Item {
  const [newest, middle, oldest] = codes;
  return {
    ...rest,
    ...slotOf(2, newest),
    ...slotOf(1, middle),
    ...slotOf(0, oldest),
    e1: (middle ?? EMPTY).expiresAt,
    e0: (oldest ?? EMPTY).expiresAt,
    pk: pkOf(key),
    key,
    turn: rest.turn ?? NEVER,
    news: rest.delivery && NEWS[rest.delivery],
    deleteAfter: deleteAfter(rest.expiresAt, RETENTION.verificationSeconds),
  };
}

function slotOf(place: 0 | 1 | 2, sent?: SentCode): Item {
  const { mac, channel, messageId = NONE, provider = NONE } = sent ?? EMPTY;
  return {
    [`c${place}`]: mac,
    [`m${place}`]: messageId,
    [`p${place}`]: provider,
    [`w${place}`]: channel,
  };
}

const EMPTY = { mac: NONE, channel: NONE, expiresAt: 0, messageId: NONE, provider: NONE } as const;

function isCountry(text: string): text is Country {
  return /^[A-Z]{2}$/.test(text);
}

const MAC = v.pipe(v.string(), v.guard(isMac));
const SLOT = v.union([MAC, v.literal(NONE)]);
const WAY = v.picklist([...CHANNELS, NONE]);
const PROVIDER = v.picklist([...PROVIDERS, NONE]);
const ITEM = v.object({
  key: v.pipe(v.string(), v.guard(isVerificationKey)),
  c0: SLOT,
  c1: SLOT,
  c2: SLOT,
  m0: v.string(),
  m1: v.string(),
  m2: v.string(),
  p0: PROVIDER,
  p1: PROVIDER,
  p2: PROVIDER,
  w0: WAY,
  w1: WAY,
  w2: WAY,
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
  locale: v.picklist(LOCALES),
  platform: v.optional(v.picklist(PLATFORMS)),
  originHost: v.optional(v.string()),
  reference: v.optional(v.string()),
  sealed: v.pipe(v.string(), v.guard(isSealed)),
  number: MAC,
  country: v.pipe(v.string(), v.guard(isCountry)),
  ticketedAt: v.optional(v.number()),
  isKnown: v.optional(v.boolean()),
  counts: v.array(v.pipe(v.string(), v.guard(isScopeKey))),
  delivery: v.optional(v.picklist(DELIVERIES)),
  deliveryReason: v.optional(v.picklist([...DELIVERY_REASONS, NONE]), NONE),
  upgrade: v.optional(v.picklist([...UPGRADES, NONE]), NONE),
  turn: v.number(),
});

export const VERIFICATION_ITEM: ItemKind = {
  key: "verification#<SHA-256 of its id>",
  is: "One verification, with up to three codes as HMACs and its number sealed",
  attributes: { ...ITEM.entries, news: v.number() },
  writes: { callers: ["create", ...Object.keys(VERIFICATION_CONDITIONS), "remove"], operator: [] },
  ttl: `${RETENTION.verificationSeconds / 3_600} h after the end of its newest code`,
};

function verificationOf(item: Item): Verification {
  const { c0, c1, c2, e0, e1, m0, m1, m2, p0, p1, p2, w0, w1, w2, turn, ...parsedRest } = v.parse(
    ITEM,
    item,
  );
  const { deliveryReason, upgrade, ...rest } = parsedRest;
  const slots = [
    { mac: c2, channel: w2, expiresAt: rest.expiresAt, provider: p2, messageId: m2, upgrade },
    { mac: c1, channel: w1, expiresAt: e1, provider: p1, messageId: m1 },
    { mac: c0, channel: w0, expiresAt: e0, provider: p0, messageId: m0 },
  ];
  return {
    ...rest,
    codes: slots.flatMap(sentCodeIn),
    ...(turn === NEVER ? {} : { turn }),
    ...(deliveryReason === NONE ? {} : { deliveryReason }),
  };
}

type Slot = {
  readonly mac: Mac | typeof NONE;
  readonly channel: Channel | typeof NONE;
  readonly expiresAt: number;
  readonly provider: MessageName["provider"] | typeof NONE;
  readonly messageId: string;
  readonly upgrade?: Upgrade | typeof NONE;
};

function sentCodeIn({ provider, messageId, ...slot }: Slot): readonly SentCode[] {
  const { mac, channel, expiresAt, upgrade = NONE } = slot;
  if (mac === NONE || channel === NONE) return [];
  const sent = { mac, channel, expiresAt, ...(upgrade === NONE ? {} : { upgrade }) };
  return [provider === NONE ? sent : { ...sent, provider, messageId }];
}
