import { beforeEach, describe, expect, it } from "vitest";
import { cancel } from "../../../functions/verification/cancel.ts";
import { check } from "../../../functions/verification/check.ts";
import { keyOf, type VerificationId } from "../../../functions/verification/identifiers.ts";
import { resend } from "../../../functions/verification/resend.ts";
import { show } from "../../../functions/verification/show.ts";
import { start } from "../../../functions/verification/start.ts";
import { aMac } from "../../support/items.ts";
import {
  aStart,
  aWorld,
  everyChannel,
  fictionalNumber,
  idIn,
  NOON,
  newestCode,
  otherThan,
  type World,
} from "../../support/world.ts";

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

let world: World;
let id: VerificationId;
let code: string;

beforeEach(async () => {
  world = aWorld();
  const outcome = await start(world, aStart());
  if (outcome.kind !== "started") throw new Error(outcome.why);
  id = idIn(outcome.view.id);
  code = newestCode(world);
});

describe("a resend", () => {
  it("sends another code, lives on with it and gives no new checks", async () => {
    await check(world, { id, code: otherThan(code) });
    world.time.now += 30_000;
    expect(await resend(world, { id })).toMatchObject({
      kind: "resent",
      view: {
        status: "pending",
        checksRemaining: 4,
        expiresAt: NOON + 330_000,
        resendAt: NOON + 60_000,
      },
    });
    expect(newestCode(world)).not.toBe(code);
    expect(world.messages).toHaveLength(2);
  });

  it("too early is refused with the time to wait, and sends nothing", async () => {
    world.time.now += 29_999;
    expect(await resend(world, { id })).toEqual({
      kind: "refused",
      why: "too-many-sends",
      retryAt: NOON + 30_000,
    });
    expect(world.messages).toHaveLength(1);
  });

  it("repeated with its idempotency key sends nothing more", async () => {
    world.time.now += 30_000;
    const first = await resend(world, { id, idempotencyKey });
    world.time.now += 1_000;
    expect(await resend(world, { id, idempotencyKey })).toEqual(first);
    expect(world.messages).toHaveLength(2);
  });

  it.each([
    ["approved", () => check(world, { id, code })],
    ["canceled", () => cancel(world, { id })],
    [
      "expired",
      async () => {
        world.time.now += 300_000;
      },
    ],
    [
      "exhausted",
      async () => {
        for (let step = 1; step <= 5; step++)
          await check(world, { id, code: otherThan(code, step) });
      },
    ],
  ] as const)("of what is %s is refused, and takes no turn", async (status, end) => {
    await end();
    world.time.now += 30_000;
    expect(await resend(world, { id })).toEqual({
      kind: "refused",
      why: "verification-ended",
      status,
    });
    expect((await start(world, aStart())).kind).toBe("started");
  });

  it("that loses a race against the end gives its turn back", async () => {
    const before = await world.verifications.read(keyOf(id));
    await check(world, { id, code });
    world.time.now += 30_000;
    const late = { ...world, verifications: { ...world.verifications, read: async () => before } };
    expect(await resend(late, { id })).toEqual({
      kind: "refused",
      why: "verification-ended",
      status: "approved",
    });
    expect((await start(world, aStart())).kind).toBe("started");
    expect(world.messages).toHaveLength(2);
  });

  it("that the provider definitely refused gives its turn back", async () => {
    world.time.now += 30_000;
    world.provider.outcome = "refused";
    expect(await resend(world, { id })).toMatchObject({ why: "provider-unavailable" });
    world.provider.outcome = "accepted";
    expect(await resend(world, { id })).toMatchObject({ kind: "resent" });
  });

  it("that the provider definitely refused leaves everything as it was, however often", async () => {
    const before = await show(world, { id });
    world.time.now += 30_000;
    world.provider.outcome = "refused";
    for (let round = 0; round < 4; round++) await resend(world, { id, idempotencyKey });
    expect(await show(world, { id })).toEqual(before);
    expect(await check(world, { id, code })).toMatchObject({ result: "approved" });
  });

  it("that the provider definitely refused is sent when repeated with its key", async () => {
    world.time.now += 30_000;
    world.provider.outcome = "refused";
    await resend(world, { id, idempotencyKey });
    world.provider.outcome = "accepted";
    expect(await resend(world, { id, idempotencyKey })).toMatchObject({ kind: "resent" });
    expect(world.messages).toHaveLength(2);
  });

  it("whose sender throws may be on its way: it is told as unknown, and its turn is spent", async () => {
    world.time.now += 30_000;
    const sender = { send: () => Promise.reject(new Error("whatever")) };
    expect(await resend({ ...world, sender }, { id })).toMatchObject({
      kind: "resent",
      view: { delivery: "unknown" },
    });
    expect(world.faults).toEqual(["message-unanswered"]);
    expect(await resend(world, { id })).toMatchObject({ why: "too-many-sends" });
  });

  it("whose container was frozen until others may have sent is not sent, and gives its turn back", async () => {
    world.time.now += 30_000;
    const numbers = {
      ...world.numbers,
      takeTurn: async (...turn: Parameters<typeof world.numbers.takeTurn>) => {
        const taken = await world.numbers.takeTurn(...turn);
        world.time.now += 31_000;
        return taken;
      },
    };
    expect(await resend({ ...world, numbers }, { id })).toEqual({
      kind: "refused",
      why: "provider-unavailable",
    });
    expect(world.messages).toHaveLength(1);
    expect(world.faults).toEqual(["message-too-late"]);
    expect(await resend(world, { id })).toMatchObject({ kind: "resent" });
  });

  it("whose container was frozen for as long as a start may take is sent", async () => {
    world.time.now += 30_000;
    const takeTurn: typeof world.numbers.takeTurn = async (...turn) => {
      const taken = await world.numbers.takeTurn(...turn);
      world.time.now += 30_000;
      return taken;
    };
    const numbers = { ...world.numbers, takeTurn };
    expect(await resend({ ...world, numbers }, { id })).toMatchObject({ kind: "resent" });
  });

  it("that died before the provider was asked is not shown as queued", async () => {
    world.time.now += 30_000;
    const asked = Promise.withResolvers<void>();
    const sender = {
      send: () => {
        asked.resolve();
        return new Promise<never>(() => undefined);
      },
    };
    void resend({ ...world, sender }, { id });
    await asked.promise;
    expect(await show(world, { id })).toMatchObject({ view: { delivery: "unknown" } });
  });

  it("never draws a code that was tried or sent before", async () => {
    const tried = otherThan(code, 1);
    await check(world, { id, code: tried });
    world.time.now += 30_000;
    const draws = [Number(tried), Number(code), 271_828];
    await resend(
      { ...world, random: { ...world.random, integer: () => draws.shift() ?? 0 } },
      { id },
    );
    expect(newestCode(world)).toBe("271828");
  });

  it("of an id that nobody was given, or of keys that are gone, is not found", async () => {
    const notFound = { kind: "refused", why: "verification-not-found" };
    expect(await resend(world, { id: idIn(`v1-${"A".repeat(24)}`) })).toEqual(notFound);
    const ask = () => expect.unreachable("a key was derived");
    const noKeys = { ...world, keys: { ...world.keys, code: ask, seal: ask } };
    expect(await resend(noKeys, { id: idIn(id.replace("v1", "v3")) })).toEqual(notFound);
  });

  it("in place of a message that is not the newest sends nothing, and takes no turn", async () => {
    world.time.now += 30_000;
    expect(await resend(world, { id, insteadOf: aMac("an older code") })).toEqual({
      kind: "refused",
      why: "request-in-progress",
    });
    expect((await resend(world, { id })).kind).toBe("resent");
  });

  it.each([
    ["is gone by then", undefined, "verification-not-found"],
    ["another resend has written to", "as it was", "request-in-progress"],
  ] as const)("of a verification that %s gives its turn back", async (_, left, why) => {
    const before = await world.verifications.read(keyOf(id));
    const item = left === undefined ? undefined : before;
    const refused = async () => ({ kind: "refused", item }) as const;
    world.time.now += 30_000;
    const late = { ...world, verifications: { ...world.verifications, resend: refused } };
    expect(await resend(late, { id })).toEqual({ kind: "refused", why });
    expect((await resend(world, { id })).kind).toBe("resent");
  });

  it("that is refused leaves a message unknown of which nothing was noted", async () => {
    const verifications = { ...world.verifications, noteDelivery: async () => false };
    const forgetful = { ...world, verifications };
    const outcome = await start(forgetful, aStart({ to: fictionalNumber(7) }));
    if (outcome.kind !== "started") throw new Error(outcome.why);
    const other = idIn(outcome.view.id);
    world.time.now += 30_000;
    world.provider.outcome = "refused";
    await resend(world, { id: other });
    expect(await show(world, { id: other })).toMatchObject({ view: { delivery: "unknown" } });
  });

  it("never draws an older code that is still good", async () => {
    world.time.now += 30_000;
    await resend(world, { id });
    world.time.now += 30_000;
    const draws = [Number(code), Number(newestCode(world)), 271_828];
    const random = { ...world.random, integer: () => draws.shift() ?? 0 };
    await resend({ ...world, random }, { id });
    expect(newestCode(world)).toBe("271828");
  });

  it("is written down as what it is", async () => {
    world.time.now += 30_000;
    await resend(world, { id });
    expect(world.entries.map((entry) => entry.event === "send" && entry.of)).toEqual([
      "start",
      "resend",
    ]);
  });

  it("of a start with a ticket has money that is kept for tickets, and others' has none", async () => {
    const checked = await check(world, { id, code });
    if (checked.kind !== "checked") throw new Error(checked.why);
    const { ticket } = checked;
    world.time.now += 30_000;
    const started = await start(world, aStart({ ticket }));
    const to = fictionalNumber(9);
    const other = await start(world, aStart({ to }));
    if (started.kind !== "started" || other.kind !== "started") throw new Error("not started");
    world.time.now += 30_000;
    const total = { perHourMicros: 400_000, perDayMicros: 400_000 };
    const poor = { ...world, spendTerms: { ...world.spendTerms, total, keptForTickets: 0.25 } };
    expect(await resend(poor, { id: idIn(other.view.id) })).toEqual({
      kind: "refused",
      why: "sending-paused",
      retryAt: expect.any(Number),
    });
    expect(await resend(poor, { id: idIn(started.view.id) })).toMatchObject({ kind: "resent" });
  });

  it("of a start whose ticket is revoked meanwhile is a stranger's", async () => {
    const checked = await check(world, { id, code });
    if (checked.kind !== "checked") throw new Error(checked.why);
    world.time.now += 30_000;
    const started = await start(world, aStart({ ticket: checked.ticket }));
    if (started.kind !== "started") throw new Error(started.why);
    world.time.now += 30_000;
    const standing = async () => ({ isPaused: false, ticketsFrom: world.time.now });
    const after = { ...world, sendingSwitch: { standing } };
    expect((await resend(after, { id: idIn(started.view.id) })).kind).toBe("resent");
    expect(world.entries.map((entry) => entry.event === "send" && entry.hasTicket)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it("of a client is booked on it, and one that a plan takes by itself is not", async () => {
    const booked: string[] = [];
    const add: typeof world.scopes.add = async (debt) => {
      booked.push(debt.key.split("#")[0] ?? "");
      return world.scopes.add(debt);
    };
    const watched = { ...world, scopes: { ...world.scopes, add } };
    world.time.now += 30_000;
    await resend(watched, { id, clientAddress: "192.0.2.1" });
    expect(booked).toEqual(["ipv4", "range", "home-country", "service"]);
    booked.length = 0;
    const item = await world.verifications.read(keyOf(id));
    const replaceTurn: typeof world.numbers.replaceTurn = (number, { now }) =>
      world.numbers.takeTurn(number, now);
    const whatsApp = {
      ...watched,
      channels: everyChannel(),
      numbers: { ...world.numbers, replaceTurn },
    };
    world.time.now += 30_000;
    const failed = { ...item, delivery: "undelivered", deliveryReason: "unreachable" };
    const read = async () => Object.assign(failed);
    const verifications = { ...world.verifications, read };
    const insteadOf = item?.codes[0]?.mac;
    await resend({ ...whatsApp, verifications }, { id, channel: "whatsapp", insteadOf });
    expect(booked).toEqual(["range", "home-country", "service"]);
  });

  it("during a pause sends nothing", async () => {
    world.time.now += 30_000;
    const paused = {
      ...world,
      sendingSwitch: { standing: async () => ({ isPaused: true, ticketsFrom: 0 }) },
    };
    expect(await resend(paused, { id })).toEqual({ kind: "refused", why: "sending-paused" });
    expect(world.messages).toHaveLength(1);
  });
});

describe("a cancel", () => {
  it("ends a verification, once and for all", async () => {
    expect(await cancel(world, { id })).toEqual({ kind: "canceled" });
    expect(await cancel(world, { id })).toEqual({ kind: "canceled" });
    expect(await check(world, { id, code })).toMatchObject({
      result: "canceled",
      status: "canceled",
    });
  });

  it("of what has run out says that it is over, and leaves it as it ended", async () => {
    world.time.now += 300_000;
    expect(await cancel(world, { id })).toEqual({ kind: "canceled" });
    expect(await show(world, { id })).toMatchObject({ view: { status: "expired" } });
  });

  it("takes no approval back", async () => {
    await check(world, { id, code });
    expect(await cancel(world, { id })).toEqual({
      kind: "refused",
      why: "verification-ended",
      status: "approved",
    });
  });

  it("of an unknown id is not found", async () => {
    expect(await cancel(world, { id: idIn(`v1-${"A".repeat(24)}`) })).toEqual({
      kind: "refused",
      why: "verification-not-found",
    });
  });
});

describe("a look", () => {
  it("shows where a verification stands, and no number in full", async () => {
    expect(await show(world, { id })).toMatchObject({
      kind: "shown",
      view: { id, status: "pending", to: "+44•••••••123" },
    });
    await check(world, { id, code });
    expect(await show(world, { id })).toMatchObject({ view: { status: "approved" } });
  });

  it("at an unknown id finds nothing", async () => {
    const notFound = { kind: "refused", why: "verification-not-found" };
    expect(await show(world, { id: idIn(`v1-${"A".repeat(24)}`) })).toEqual(notFound);
    const seal = () => expect.unreachable("a key was derived");
    const noKeys = { ...world, keys: { ...world.keys, seal } };
    expect(await show(noKeys, { id: idIn(id.replace("v1", "v3")) })).toEqual(notFound);
  });
});
