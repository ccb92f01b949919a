import { expect } from "vitest";
import { DELIVERIES } from "../../../functions/verification/verification.ts";
import { NOON } from "../../support/deps.ts";
import { aMac, aVerification, aVerificationKey, FIVE_MINUTES } from "../../support/items.ts";
import { type Facts, factsOf } from "./ground.ts";
import {
  ALL_GOOD,
  approveBy,
  CODES,
  checkOf,
  exhaust,
  expectRefused,
  expectTaken,
  KEY,
  PLACES,
  resendOf,
  sendThreeCodes,
  undoOf,
} from "./writes.ts";

/** What keeps an ended verification ended: one fact for each end, the same for each. */
const ENDED: Facts = {
  ...factsOf(PLACES, (place) => [
    `what its ${place} code approved takes no check, no code and no cancel`,
    async ({ verifications }) => {
      await approveBy(place, verifications);
      const at = ALL_GOOD + 1;
      for (const guess of ["wrong", ...Object.values(CODES)])
        await expectRefused(verifications, ({ check }) => check(checkOf(guess, { at })));
      await expectRefused(verifications, ({ resend }) => resend(resendOf("fourth", { at })));
      await expectRefused(verifications, ({ cancel }) => cancel(KEY, at));
    },
  ]),
  "what is canceled takes no check, no code and no other cancel": async ({ verifications }) => {
    await verifications.create(aVerification());
    const item = await expectTaken(verifications, ({ cancel }) => cancel(KEY, NOON));
    expect(item.canceledAt).toBe(NOON);
    for (const guess of ["wrong", "first code"])
      await expectRefused(verifications, ({ check }) => check(checkOf(guess)));
    await expectRefused(verifications, ({ resend }) => resend(resendOf("second code")));
    await expectRefused(verifications, ({ cancel }) => cancel(KEY, NOON + 1));
  },
  "what has expired takes no check, no code and no cancel, whatever TTL has deleted": async ({
    verifications,
  }) => {
    await verifications.create(aVerification());
    for (const at of [NOON + FIVE_MINUTES, NOON + 90 * 86_400_000]) {
      for (const guess of ["wrong", "first code"])
        await expectRefused(verifications, ({ check }) => check(checkOf(guess, { at })));
      await expectRefused(verifications, ({ resend }) => resend(resendOf("second code", { at })));
      await expectRefused(verifications, ({ cancel }) => cancel(KEY, at));
    }
  },
  "what five wrong guesses exhausted takes no check, no code and no cancel": async ({
    verifications,
  }) => {
    await exhaust(verifications);
    await expectRefused(verifications, ({ check }) => check(checkOf("first code")));
    await expectRefused(verifications, ({ check }) => check(checkOf("6th")));
    await expectRefused(verifications, ({ resend }) => resend(resendOf("second code")));
    await expectRefused(verifications, ({ cancel }) => cancel(KEY, NOON));
  },
  "an unknown one takes nothing and stays unknown": async ({ verifications }) => {
    const unknown = { kind: "refused", item: undefined };
    expect(await verifications.check(checkOf("wrong"))).toEqual(unknown);
    expect(await verifications.resend(resendOf("second code"))).toEqual(unknown);
    expect(await verifications.cancel(KEY, NOON)).toEqual(unknown);
    await verifications.noteDelivery({ key: KEY, code: aMac("first code"), delivery: "queued" });
    await verifications.undoResend(undoOf("first code"));
    await verifications.remove(KEY);
    expect(await verifications.read(KEY)).toBeUndefined();
  },
};

const KEPT: Facts = {
  "what is read is what was put": async ({ verifications }) => {
    await verifications.create(aVerification());
    expect(await verifications.read(KEY)).toEqual(aVerification());
    expect(await verifications.read(aVerificationKey("another"))).toBeUndefined();
  },
  "what is removed is unknown": async ({ verifications }) => {
    await verifications.create(aVerification());
    await verifications.remove(KEY);
    expect(await verifications.read(KEY)).toBeUndefined();
    expect((await verifications.check(checkOf("first code"))).item).toBeUndefined();
  },
  "limits are those of the item, not those of the day": async ({ verifications }) => {
    await verifications.create(aVerification({ maxChecks: 1 }));
    await expectTaken(verifications, ({ check }) => check(checkOf("wrong")));
    await expectRefused(verifications, ({ check }) => check(checkOf("first code")));
  },
};

const namedIn = (messageId: string) => ({ provider: "twilio", messageId }) as const;

const DELIVERY: Facts = {
  "news of the newest message is noted": async ({ verifications }) => {
    await sendThreeCodes(verifications);
    const news = { key: KEY, code: aMac("third code"), ...namedIn("SM3") };
    await verifications.noteDelivery({ ...news, delivery: "queued" });
    const item = await verifications.read(KEY);
    expect([item?.delivery, item?.codes[0]?.messageId]).toEqual(["queued", "SM3"]);
  },
  "what was delivered by RCS is the newest message, until another is sent": async (stores) => {
    const { verifications } = stores;
    await sendThreeCodes(verifications);
    const news = { key: KEY, code: aMac("third code"), ...namedIn("SM3") };
    await verifications.noteDelivery({ ...news, delivery: "delivered", upgrade: "rcs" });
    const upgrades = async () =>
      (await verifications.read(KEY))?.codes.map(({ upgrade }) => upgrade);
    expect(await upgrades()).toEqual(["rcs", undefined, undefined]);
    await expectTaken(verifications, ({ resend }) => resend(resendOf("fourth code")));
    expect(await upgrades()).toEqual([undefined, undefined, undefined]);
  },
  "a message of which nothing is known has no name": async ({ verifications }) => {
    await verifications.create(aVerification());
    const code = aMac("first code");
    await verifications.noteDelivery({ key: KEY, code, delivery: "unknown" });
    const item = await verifications.read(KEY);
    expect([item?.delivery, item?.codes[0]?.messageId]).toEqual(["unknown", undefined]);
  },
  "late news of an older message replaces no news of a newer one": async ({ verifications }) => {
    await sendThreeCodes(verifications);
    const newest = { code: aMac("third code"), delivery: "queued", ...namedIn("SM3") } as const;
    await verifications.noteDelivery({ key: KEY, ...newest });
    const before = await verifications.read(KEY);
    for (const older of ["first code", "second code"])
      await verifications.noteDelivery({ key: KEY, code: aMac(older), delivery: "delivered" });
    expect(await verifications.read(KEY)).toEqual(before);
  },
  ...factsOf(["delivered", "undelivered"] as const, (end) => [
    `a ${end} message stays so, whatever is reported later`,
    async ({ verifications }) => {
      await verifications.create(aVerification());
      const news = { key: KEY, code: aMac("first code"), ...namedIn("SM1") };
      const told = { reason: end === "undelivered" ? ("landline" as const) : undefined };
      expect(await verifications.noteDelivery({ ...news, delivery: end, ...told })).toBe(true);
      const before = await verifications.read(KEY);
      expect(before).toMatchObject({ delivery: end });
      expect(before?.deliveryReason).toBe(told.reason);
      for (const delivery of DELIVERIES)
        expect(await verifications.noteDelivery({ ...news, delivery })).toBe(false);
      expect(await verifications.read(KEY)).toEqual(before);
    },
  ]),
  "what is put with news takes none that report less": async ({ verifications }) => {
    await verifications.create(aVerification({ delivery: "queued" }));
    const news = { key: KEY, code: aMac("first code") };
    expect(await verifications.noteDelivery({ ...news, delivery: "unknown" })).toBe(false);
    expect(await verifications.noteDelivery({ ...news, delivery: "delivered" })).toBe(true);
  },
  "news that report more are noted, and the same news once": async ({ verifications }) => {
    await verifications.create(aVerification());
    const news = { key: KEY, code: aMac("first code") };
    for (const delivery of ["unknown", "queued", "delivered"] as const) {
      expect(await verifications.noteDelivery({ ...news, delivery })).toBe(true);
      expect(await verifications.noteDelivery({ ...news, delivery })).toBe(false);
      expect((await verifications.read(KEY))?.delivery).toBe(delivery);
    }
  },
  "news of an approved one are noted, and approve nothing": async ({ verifications }) => {
    await verifications.create(aVerification());
    const news = { key: KEY, code: aMac("first code"), delivery: "delivered" } as const;
    await verifications.noteDelivery(news);
    const item = await verifications.read(KEY);
    expect([item?.tried.size, item?.checks]).toEqual([0, 0]);
  },
  "late news never brings a removed one back": async ({ verifications }) => {
    await verifications.create(aVerification());
    await verifications.remove(KEY);
    await verifications.noteDelivery({ key: KEY, code: aMac("first code"), delivery: "queued" });
    expect(await verifications.read(KEY)).toBeUndefined();
    await verifications.create(aVerification());
    expect(await verifications.read(KEY)).toEqual(aVerification());
  },
};

export const VERIFICATION_FACTS: Facts = { ...KEPT, ...ENDED, ...DELIVERY };
