import { expect } from "vitest";
import { isApproved } from "../../../functions/verification/verification.ts";
import { NOON } from "../../support/deps.ts";
import { aMac, aVerification, FIVE_MINUTES } from "../../support/items.ts";
import { type Facts, factsOf } from "./ground.ts";
import {
  approveBy,
  CODES,
  checkOf,
  expectRefused,
  expectTaken,
  KEY,
  MINUTE,
  PLACES,
  resendOf,
  sendThreeCodes,
  undoOf,
} from "./writes.ts";

/** Four minutes and fifty seconds: each code is all but over when the next is sent. */
const LATE = FIVE_MINUTES - 10_000;

const CHECKS: Facts = {
  "a guess is counted and kept, right or wrong": async ({ verifications }) => {
    await verifications.create(aVerification());
    const wrong = await expectTaken(verifications, ({ check }) => check(checkOf("wrong")));
    expect(wrong).toEqual({
      ...aVerification(),
      checks: 1,
      tried: new Set([aMac("wrong")]),
      checkedAt: NOON,
      lastCheckKey: checkOf("wrong").requestKey,
    });
    const at = NOON + 1;
    const right = await expectTaken(verifications, ({ check }) =>
      check(checkOf("first code", { at })),
    );
    expect(right).toMatchObject({ checks: 2, checkedAt: at });
    expect(right.tried).toEqual(new Set([aMac("wrong"), aMac("first code")]));
  },
  "the same typo twice costs one check": async ({ verifications }) => {
    await verifications.create(aVerification());
    await expectTaken(verifications, ({ check }) => check(checkOf("typo")));
    const again = checkOf("typo", { at: NOON + 1 });
    await expectRefused(verifications, ({ check }) => check(again));
  },
  "one request checks one code": async ({ verifications }) => {
    await verifications.create(aVerification());
    const request = "one request";
    await expectTaken(verifications, ({ check }) => check(checkOf("wrong", { request })));
    await expectRefused(verifications, ({ check }) => check(checkOf("first code", { request })));
    await expectTaken(verifications, ({ check }) => check(checkOf("first code")));
  },
  "the last of five checks still counts": async ({ verifications }) => {
    await verifications.create(aVerification({ checks: 4 }));
    const item = await expectTaken(verifications, ({ check }) => check(checkOf("first code")));
    expect([item.checks, isApproved(item)]).toEqual([5, true]);
  },
  ...factsOf(PLACES, (place) => [
    `the ${place} of three codes approves while it is good`,
    async ({ verifications }) => approveBy(place, verifications),
  ]),
  "a code is good to its last millisecond, and no longer": async ({ verifications }) => {
    await verifications.create(aVerification());
    const check = (at: number) => checkOf("first code", { at });
    await expectRefused(verifications, (store) => store.check(check(NOON + FIVE_MINUTES)));
    await expectTaken(verifications, (store) => store.check(check(NOON + FIVE_MINUTES - 1)));
  },
  "an oldest code that ended is refused, uncounted": async ({ verifications }) => {
    await sendThreeCodes(verifications, LATE);
    const at = NOON + 2 * LATE;
    await expectRefused(verifications, ({ check }) => check(checkOf(CODES.oldest, { at })));
  },
  "codes that ended never block a newer one": async ({ verifications }) => {
    await sendThreeCodes(verifications, LATE);
    const at = NOON + LATE + FIVE_MINUTES;
    for (const ended of [CODES.oldest, CODES.middle])
      await expectRefused(verifications, ({ check }) => check(checkOf(ended, { at })));
    const item = await expectTaken(verifications, ({ check }) =>
      check(checkOf(CODES.newest, { at })),
    );
    expect([item.checks, isApproved(item)]).toEqual([1, true]);
  },
};

const RESENDS: Facts = {
  "another code comes first, lives its own life and gives no new checks": async ({
    verifications,
  }) => {
    await verifications.create(aVerification());
    const counted = await expectTaken(verifications, ({ check }) => check(checkOf("wrong")));
    const write = resendOf("second code", { at: NOON + MINUTE });
    expect(await expectTaken(verifications, ({ resend }) => resend(write))).toEqual({
      ...counted,
      codes: [write.code, ...aVerification().codes],
      expiresAt: write.code.expiresAt,
      resendAt: write.resendAt,
      turn: write.turn,
      lastResendKey: write.requestKey,
    });
  },
  "each code keeps the name of its message, and only the newest has news": async ({
    verifications,
  }) => {
    await verifications.create(aVerification());
    const news = { key: KEY, code: aMac("first code"), delivery: "queued" } as const;
    await verifications.noteDelivery({ ...news, provider: "twilio", messageId: "SM1" });
    const item = await expectTaken(verifications, ({ resend }) => resend(resendOf("second code")));
    expect(item.delivery).toBeUndefined();
    expect(item.codes.map(({ messageId }) => messageId)).toEqual([undefined, "SM1"]);
  },
  "each code keeps the way it went, and a new one forgets why the one before failed": async ({
    verifications,
  }) => {
    await verifications.create(aVerification());
    const failed = { delivery: "undelivered", reason: "landline" } as const;
    await verifications.noteDelivery({ key: KEY, code: aMac("first code"), ...failed });
    const write = resendOf("second code");
    const item = await expectTaken(verifications, ({ resend }) =>
      resend({ ...write, code: { ...write.code, channel: "voice" } }),
    );
    expect(item.codes.map(({ channel }) => channel)).toEqual(["voice", "sms"]);
    expect([item.delivery, item.deliveryReason]).toEqual([undefined, undefined]);
  },
  "a turn that was taken over is not handed on again": async ({ verifications }) => {
    await verifications.create(aVerification());
    const write = { ...resendOf("second code"), turn: undefined };
    const item = await expectTaken(verifications, ({ resend }) => resend(write));
    expect(item.turn).toBeUndefined();
  },
  "a fourth code takes the place of the oldest": async ({ verifications }) => {
    await sendThreeCodes(verifications, LATE);
    const at = NOON + 3 * LATE;
    const item = await expectTaken(verifications, ({ resend }) =>
      resend(resendOf("fourth", { at })),
    );
    const expected = ["fourth", CODES.newest, CODES.middle].map(aMac);
    expect(item.codes.map(({ mac }) => mac)).toEqual(expected);
  },
  "the request of a code is done once": async ({ verifications }) => {
    await verifications.create(aVerification());
    const request = "one request";
    await expectTaken(verifications, ({ resend }) => resend(resendOf("second code", { request })));
    await expectRefused(verifications, ({ resend }) => resend(resendOf("third code", { request })));
    await expectTaken(verifications, ({ resend }) => resend(resendOf("third code")));
  },
  "a guess that was wrong does not become right": async ({ verifications }) => {
    await verifications.create(aVerification());
    await expectTaken(verifications, ({ check }) => check(checkOf("wrong")));
    await expectRefused(verifications, ({ resend }) => resend(resendOf("wrong")));
  },
  ...factsOf(["newest", "middle"] as const, (place) => [
    `the ${place} code is not sent again as a newer one`,
    async ({ verifications }) => {
      await sendThreeCodes(verifications);
      const again = resendOf(CODES[place], { request: "again" });
      await expectRefused(verifications, ({ resend }) => resend(again));
    },
  ]),
  "the oldest code may be drawn again, since it goes as the newest comes": async ({
    verifications,
  }) => {
    await sendThreeCodes(verifications, LATE);
    const at = NOON + 3 * LATE;
    const again = resendOf(CODES.oldest, { at });
    await expectTaken(verifications, ({ resend }) => resend(again));
    const item = await expectTaken(verifications, ({ check }) =>
      check(checkOf(CODES.oldest, { at })),
    );
    expect(isApproved(item)).toBe(true);
    expect(await verifications.read(KEY)).toEqual(item);
  },
};

const UNDONE: Facts = {
  "a code that was never sent leaves no trace": async ({ verifications }) => {
    await verifications.create(aVerification({ delivery: "queued", resendAt: NOON + 30_000 }));
    await expectTaken(verifications, ({ check }) => check(checkOf("wrong")));
    const before = await verifications.read(KEY);
    await expectTaken(verifications, ({ resend }) => resend(resendOf("unsent", { at: NOON + 1 })));
    await verifications.undoResend(undoOf("unsent"));
    expect(await verifications.read(KEY)).toEqual(before);
  },
  "a code that was never sent gives back what was known of the one before": async ({
    verifications,
  }) => {
    await verifications.create(aVerification());
    const failed = { delivery: "undelivered", reason: "landline" } as const;
    await verifications.noteDelivery({ key: KEY, code: aMac("first code"), ...failed });
    const before = await verifications.read(KEY);
    await expectTaken(verifications, ({ resend }) => resend(resendOf("unsent")));
    const { delivery, reason: deliveryReason } = failed;
    await verifications.undoResend({ ...undoOf("unsent"), delivery, deliveryReason });
    expect(await verifications.read(KEY)).toEqual(before);
    const late = { key: KEY, code: aMac("first code"), delivery: "delivered" } as const;
    expect(await verifications.noteDelivery(late)).toBe(false);
  },
  "a code that was never sent gives the codes before it their places back": async ({
    verifications,
  }) => {
    await verifications.create(aVerification());
    await expectTaken(verifications, ({ resend }) => resend(resendOf("second code")));
    await expectTaken(verifications, ({ resend }) => resend(resendOf("unsent")));
    await verifications.undoResend(undoOf("unsent"));
    await verifications.undoResend(undoOf("unsent"));
    const item = await verifications.read(KEY);
    expect(item?.codes.map(({ mac }) => mac)).toEqual(["second code", "first code"].map(aMac));
  },
  "a code in place of one that failed ends that one and no other, and gives it its life back when it is taken back":
    async ({ verifications }) => {
      await sendThreeCodes(verifications);
      const before = await verifications.read(KEY);
      const instead = { ...resendOf("instead"), endsNewest: true };
      const { codes } = await expectTaken(verifications, ({ resend }) => resend(instead));
      const [failed, middle] = before?.codes ?? [];
      expect(codes).toEqual([instead.code, { ...failed, expiresAt: instead.now }, middle]);
      await verifications.undoResend({ ...undoOf("instead"), expiresAt: failed?.expiresAt });
      expect((await verifications.read(KEY))?.codes).toEqual([failed, middle]);
    },
  "only the newest code is taken back": async ({ verifications }) => {
    await sendThreeCodes(verifications);
    const before = await verifications.read(KEY);
    for (const code of [CODES.middle, CODES.oldest, "another"])
      await verifications.undoResend(undoOf(code));
    expect(await verifications.read(KEY)).toEqual(before);
  },
  "a code that approved is not taken back, sent or not": async ({ verifications }) => {
    await sendThreeCodes(verifications);
    await expectTaken(verifications, ({ check }) => check(checkOf(CODES.newest)));
    const before = await verifications.read(KEY);
    await verifications.undoResend(undoOf(CODES.newest));
    expect(await verifications.read(KEY)).toEqual(before);
  },
};

export const CODE_FACTS: Facts = { ...CHECKS, ...RESENDS, ...UNDONE };
