import { beforeEach, describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { cancel } from "../../../functions/verification/cancel.ts";
import { check } from "../../../functions/verification/check.ts";
import { keyOf, type VerificationId } from "../../../functions/verification/identifiers.ts";
import { resend } from "../../../functions/verification/resend.ts";
import { show } from "../../../functions/verification/show.ts";
import { start } from "../../../functions/verification/start.ts";
import {
  aStart,
  type Deps,
  everyChannel,
  fictionalNumber,
  idIn,
  NOON,
  newestCode,
  otherThan,
  someDeps,
} from "../../support/deps.ts";
import { aMac } from "../../support/items.ts";
import { OPEN_SWITCH } from "../../support/memory-stores.ts";

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

let deps: Deps;
let id: VerificationId;
let code: string;

beforeEach(async () => {
  deps = someDeps();
  const outcome = await start(deps, aStart());
  if (outcome.kind !== "started") throw new Error(outcome.why);
  id = idIn(outcome.view.id);
  code = newestCode(deps);
});

describe("a resend", () => {
  it("sends another code, lives on with it and gives no new checks", async () => {
    await check(deps, { id, code: otherThan(code) });
    deps.time.now += 30_000;
    expect(await resend(deps, { id })).toMatchObject({
      kind: "resent",
      view: {
        status: "pending",
        checksRemaining: 4,
        expiresAt: NOON + 330_000,
        resendAt: NOON + 60_000,
      },
    });
    expect(newestCode(deps)).not.toBe(code);
    expect(deps.messages).toHaveLength(2);
  });

  it("too early is refused with the time to wait, and sends nothing", async () => {
    deps.time.now += 29_999;
    expect(await resend(deps, { id })).toEqual({
      kind: "refused",
      why: "too-many-sends",
      retryAt: NOON + 30_000,
    });
    expect(deps.messages).toHaveLength(1);
  });

  it("repeated with its idempotency key sends nothing more", async () => {
    deps.time.now += 30_000;
    const first = await resend(deps, { id, idempotencyKey });
    deps.time.now += 1_000;
    expect(await resend(deps, { id, idempotencyKey })).toEqual(first);
    expect(deps.messages).toHaveLength(2);
  });

  it.each([
    ["approved", () => check(deps, { id, code })],
    ["canceled", () => cancel(deps, { id })],
    [
      "expired",
      async () => {
        deps.time.now += 300_000;
      },
    ],
    [
      "exhausted",
      async () => {
        for (let step = 1; step <= 5; step++)
          await check(deps, { id, code: otherThan(code, step) });
      },
    ],
  ] as const)("of what is %s is refused, and takes no turn", async (status, end) => {
    await end();
    deps.time.now += 30_000;
    expect(await resend(deps, { id })).toEqual({
      kind: "refused",
      why: "verification-ended",
      status,
    });
    expect((await start(deps, aStart())).kind).toBe("started");
  });

  it("that loses a race against the end gives its turn back", async () => {
    const before = await deps.verifications.read(keyOf(id));
    await check(deps, { id, code });
    deps.time.now += 30_000;
    const late = { ...deps, verifications: { ...deps.verifications, read: async () => before } };
    expect(await resend(late, { id })).toEqual({
      kind: "refused",
      why: "verification-ended",
      status: "approved",
    });
    expect((await start(deps, aStart())).kind).toBe("started");
    expect(deps.messages).toHaveLength(2);
  });

  it("that the provider definitely refused gives its turn back", async () => {
    deps.time.now += 30_000;
    deps.provider.outcome = "refused";
    expect(await resend(deps, { id })).toMatchObject({ why: "provider-unavailable" });
    deps.provider.outcome = "accepted";
    expect(await resend(deps, { id })).toMatchObject({ kind: "resent" });
  });

  it("that the provider definitely refused leaves everything as it was, however often", async () => {
    const before = await show(deps, { id });
    deps.time.now += 30_000;
    deps.provider.outcome = "refused";
    for (let round = 0; round < 4; round++) await resend(deps, { id, idempotencyKey });
    expect(await show(deps, { id })).toEqual(before);
    expect(await check(deps, { id, code })).toMatchObject({ result: "approved" });
  });

  it("that the provider definitely refused is sent when repeated with its key", async () => {
    deps.time.now += 30_000;
    deps.provider.outcome = "refused";
    await resend(deps, { id, idempotencyKey });
    deps.provider.outcome = "accepted";
    expect(await resend(deps, { id, idempotencyKey })).toMatchObject({ kind: "resent" });
    expect(deps.messages).toHaveLength(2);
  });

  it("whose sender throws may be on its way: it is told as unknown, and its turn is spent", async () => {
    deps.time.now += 30_000;
    const sender = { send: () => Promise.reject(new Error("whatever")) };
    expect(await resend({ ...deps, sender }, { id })).toMatchObject({
      kind: "resent",
      view: { delivery: "unknown" },
    });
    expect(deps.faults).toEqual(["message-unanswered"]);
    expect(await resend(deps, { id })).toMatchObject({ why: "too-many-sends" });
  });

  it("whose container was frozen until others may have sent is not sent, and gives its turn back", async () => {
    deps.time.now += 30_000;
    const numbers = {
      ...deps.numbers,
      takeTurn: async (...turn: Parameters<typeof deps.numbers.takeTurn>) => {
        const taken = await deps.numbers.takeTurn(...turn);
        deps.time.now += 31_000;
        return taken;
      },
    };
    expect(await resend({ ...deps, numbers }, { id })).toEqual({
      kind: "refused",
      why: "provider-unavailable",
    });
    expect(deps.messages).toHaveLength(1);
    expect(deps.faults).toEqual(["message-too-late"]);
    expect(await resend(deps, { id })).toMatchObject({ kind: "resent" });
  });

  it("whose container was frozen for as long as a start may take is sent", async () => {
    deps.time.now += 30_000;
    const takeTurn: typeof deps.numbers.takeTurn = async (...turn) => {
      const taken = await deps.numbers.takeTurn(...turn);
      deps.time.now += 30_000;
      return taken;
    };
    const numbers = { ...deps.numbers, takeTurn };
    expect(await resend({ ...deps, numbers }, { id })).toMatchObject({ kind: "resent" });
  });

  it("that died before the provider was asked is not shown as queued", async () => {
    deps.time.now += 30_000;
    const asked = Promise.withResolvers<void>();
    const sender = {
      send: () => {
        asked.resolve();
        return new Promise<never>(() => undefined);
      },
    };
    void resend({ ...deps, sender }, { id });
    await asked.promise;
    expect(await show(deps, { id })).toMatchObject({ view: { delivery: "unknown" } });
  });

  it("never draws a code that was tried or sent before", async () => {
    const tried = otherThan(code, 1);
    await check(deps, { id, code: tried });
    deps.time.now += 30_000;
    const draws = [Number(tried), Number(code), 271_828];
    await resend(
      { ...deps, random: { ...deps.random, integer: () => draws.shift() ?? 0 } },
      { id },
    );
    expect(newestCode(deps)).toBe("271828");
  });

  it("of an id that nobody was given, or of keys that are gone, is not found", async () => {
    const notFound = { kind: "refused", why: "verification-not-found" };
    expect(await resend(deps, { id: idIn(`v1-${"A".repeat(24)}`) })).toEqual(notFound);
    const ask = () => expect.unreachable("a key was derived");
    const noKeys = { ...deps, keys: { ...deps.keys, code: ask, seal: ask } };
    expect(await resend(noKeys, { id: idIn(id.replace("v1", "v3")) })).toEqual(notFound);
  });

  it("in place of a message that is not the newest sends nothing, and takes no turn", async () => {
    deps.time.now += 30_000;
    expect(await resend(deps, { id, insteadOf: aMac("an older code") })).toEqual({
      kind: "refused",
      why: "request-in-progress",
    });
    expect((await resend(deps, { id })).kind).toBe("resent");
  });

  it.each([
    ["is gone by then", undefined, "verification-not-found"],
    ["another resend has written to", "as it was", "request-in-progress"],
  ] as const)("of a verification that %s gives its turn back", async (_, left, why) => {
    const before = await deps.verifications.read(keyOf(id));
    const item = left === undefined ? undefined : before;
    const refused = async () => ({ kind: "refused", item }) as const;
    deps.time.now += 30_000;
    const late = { ...deps, verifications: { ...deps.verifications, resend: refused } };
    expect(await resend(late, { id })).toEqual({ kind: "refused", why });
    expect((await resend(deps, { id })).kind).toBe("resent");
  });

  it("that is refused leaves a message unknown of which nothing was noted", async () => {
    const verifications = { ...deps.verifications, noteDelivery: async () => false };
    const forgetful = { ...deps, verifications };
    const outcome = await start(forgetful, aStart({ to: fictionalNumber(7) }));
    if (outcome.kind !== "started") throw new Error(outcome.why);
    const other = idIn(outcome.view.id);
    deps.time.now += 30_000;
    deps.provider.outcome = "refused";
    await resend(deps, { id: other });
    expect(await show(deps, { id: other })).toMatchObject({ view: { delivery: "unknown" } });
  });

  it("never draws an older code that is still good", async () => {
    deps.time.now += 30_000;
    await resend(deps, { id });
    deps.time.now += 30_000;
    const draws = [Number(code), Number(newestCode(deps)), 271_828];
    const random = { ...deps.random, integer: () => draws.shift() ?? 0 };
    await resend({ ...deps, random }, { id });
    expect(newestCode(deps)).toBe("271828");
  });

  it("is written down as what it is", async () => {
    deps.time.now += 30_000;
    await resend(deps, { id });
    expect(deps.entries.map((entry) => entry.event === "send" && entry.of)).toEqual([
      "start",
      "resend",
    ]);
  });

  it("of a start with a ticket has money that is kept for tickets, and others' has none", async () => {
    const checked = await check(deps, { id, code });
    if (checked.kind !== "checked") throw new Error(checked.why);
    const { ticket } = checked;
    deps.time.now += LIMITS.ticketRipensSeconds * 1_000;
    const started = await start(deps, aStart({ ticket }));
    const to = fictionalNumber(9);
    const other = await start(deps, aStart({ to }));
    if (started.kind !== "started" || other.kind !== "started") throw new Error("not started");
    deps.time.now += 30_000;
    const total = { perHourMicros: 400_000, perDayMicros: 400_000 };
    const poor = { ...deps, spendTerms: { ...deps.spendTerms, total, keptForTickets: 0.25 } };
    expect(await resend(poor, { id: idIn(other.view.id) })).toEqual({
      kind: "refused",
      why: "sending-paused",
      retryAt: expect.any(Number),
    });
    expect(await resend(poor, { id: idIn(started.view.id) })).toMatchObject({ kind: "resent" });
  });

  it("of a start whose ticket is revoked meanwhile is a stranger's", async () => {
    const checked = await check(deps, { id, code });
    if (checked.kind !== "checked") throw new Error(checked.why);
    deps.time.now += 30_000;
    const started = await start(deps, aStart({ ticket: checked.ticket }));
    if (started.kind !== "started") throw new Error(started.why);
    deps.time.now += 30_000;
    const switchState = async () => ({ ...OPEN_SWITCH, ticketsFrom: deps.time.now });
    const after = { ...deps, sendingSwitch: { switchState } };
    expect((await resend(after, { id: idIn(started.view.id) })).kind).toBe("resent");
    expect(deps.entries.map((entry) => entry.event === "send" && entry.hasTicket)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it("of a client is booked on it, and one that a plan takes by itself is not", async () => {
    const counted: string[] = [];
    const add: typeof deps.scopes.add = async (unverified) => {
      counted.push(unverified.key.split("#")[0] ?? "");
      return deps.scopes.add(unverified);
    };
    const watched = { ...deps, scopes: { ...deps.scopes, add } };
    deps.time.now += 30_000;
    await resend(watched, { id, clientAddress: "192.0.2.1" });
    expect(counted).toEqual(["ipv4", "range", "country", "service"]);
    counted.length = 0;
    const item = await deps.verifications.read(keyOf(id));
    const replaceTurn: typeof deps.numbers.replaceTurn = (number, { now }) =>
      deps.numbers.takeTurn(number, now);
    const whatsApp = {
      ...watched,
      channels: everyChannel(),
      numbers: { ...deps.numbers, replaceTurn },
    };
    deps.time.now += 30_000;
    const failed = { ...item, delivery: "undelivered", deliveryReason: "unreachable" };
    const read = async () => Object.assign(failed);
    const verifications = { ...deps.verifications, read };
    const insteadOf = item?.codes[0]?.mac;
    await resend({ ...whatsApp, verifications }, { id, channel: "whatsapp", insteadOf });
    expect(counted).toEqual(["range", "country", "service"]);
  });

  it("during a pause sends nothing", async () => {
    deps.time.now += 30_000;
    const paused = {
      ...deps,
      sendingSwitch: { switchState: async () => ({ ...OPEN_SWITCH, isPaused: true }) },
    };
    expect(await resend(paused, { id })).toEqual({ kind: "refused", why: "sending-paused" });
    expect(deps.messages).toHaveLength(1);
  });
});

describe("a cancel", () => {
  it("ends a verification, once and for all", async () => {
    expect(await cancel(deps, { id })).toEqual({ kind: "canceled" });
    expect(await cancel(deps, { id })).toEqual({ kind: "canceled" });
    expect(await check(deps, { id, code })).toMatchObject({
      result: "canceled",
      status: "canceled",
    });
  });

  it("of what has run out says that it is over, and leaves it as it ended", async () => {
    deps.time.now += 300_000;
    expect(await cancel(deps, { id })).toEqual({ kind: "canceled" });
    expect(await show(deps, { id })).toMatchObject({ view: { status: "expired" } });
  });

  it("takes no approval back", async () => {
    await check(deps, { id, code });
    expect(await cancel(deps, { id })).toEqual({
      kind: "refused",
      why: "verification-ended",
      status: "approved",
    });
  });

  it("of an unknown id is not found", async () => {
    expect(await cancel(deps, { id: idIn(`v1-${"A".repeat(24)}`) })).toEqual({
      kind: "refused",
      why: "verification-not-found",
    });
  });
});

describe("a look", () => {
  it("shows where a verification stands, and no number in full", async () => {
    expect(await show(deps, { id })).toMatchObject({
      kind: "shown",
      view: { id, status: "pending", to: "+44•••••••123" },
    });
    await check(deps, { id, code });
    expect(await show(deps, { id })).toMatchObject({ view: { status: "approved" } });
  });

  it("at an unknown id finds nothing", async () => {
    const notFound = { kind: "refused", why: "verification-not-found" };
    expect(await show(deps, { id: idIn(`v1-${"A".repeat(24)}`) })).toEqual(notFound);
    const seal = () => expect.unreachable("a key was derived");
    const noKeys = { ...deps, keys: { ...deps.keys, seal } };
    expect(await show(noKeys, { id: idIn(id.replace("v1", "v3")) })).toEqual(notFound);
  });
});
