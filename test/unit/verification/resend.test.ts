import { beforeEach, describe, expect, it } from "vitest";
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
  over,
  someDeps,
  started,
} from "../../support/deps.ts";
import { aMac } from "../../support/items.ts";

let deps: Deps;
let id: VerificationId;
let code: string;

/** Resends are possible. What time, number, provider and earlier requests make of one, the model of test/property says. */
beforeEach(async () => {
  deps = someDeps();
  ({ id, code } = await started(deps));
  deps.time.now += 30_000;
});

/** The turn is taken, and the container then frozen for so long. */
const frozenFor = (milliseconds: number) => {
  const takeTurn: Deps["numbers"]["takeTurn"] = async (...turn) => {
    const taken = await deps.numbers.takeTurn(...turn);
    deps.time.now += milliseconds;
    return taken;
  };
  return over(deps, "numbers", { takeTurn });
};

describe("a resend", () => {
  it("whose sender throws may be on its way: it is reported as unknown, and its turn is kept", async () => {
    const sender = { send: () => Promise.reject(new Error("whatever")) };
    expect(await resend({ ...deps, sender }, { id })).toMatchObject({
      kind: "resent",
      view: { delivery: "unknown" },
    });
    expect(deps.faults).toEqual(["message-unanswered"]);
    expect(await resend(deps, { id })).toMatchObject({ why: "too-many-sends" });
  });

  it("whose container was frozen until others may have sent is not sent, and gives its turn back", async () => {
    expect(await resend(frozenFor(31_000), { id })).toEqual({
      kind: "refused",
      why: "provider-unavailable",
    });
    expect([deps.messages.length, deps.faults]).toEqual([1, ["message-too-late"]]);
    // As long as a start may take is no longer than others wait.
    expect(await resend(frozenFor(30_000), { id })).toMatchObject({ kind: "resent" });
  });

  it("that died before the provider was asked is not shown as queued", async () => {
    const asked = Promise.withResolvers<void>();
    const send = () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    void resend({ ...deps, sender: { send } }, { id });
    await asked.promise;
    expect(await show(deps, { id })).toMatchObject({ view: { delivery: "unknown" } });
  });

  it("of keys that are gone is not found", async () => {
    const ask = () => expect.unreachable("a key was derived");
    const noKeys = { ...deps, keys: { ...deps.keys, code: ask, seal: ask } };
    const gone = { id: idIn(id.replace("v1", "v3")) };
    const notFound = { kind: "refused", why: "verification-not-found" };
    expect(await resend(noKeys, gone)).toEqual(notFound);
    expect(await show(noKeys, gone)).toEqual(notFound);
  });

  it("in place of a message that is not the newest sends nothing, and takes no turn", async () => {
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
    const item = left && (await deps.verifications.read(keyOf(id)));
    const late = over(deps, "verifications", { resend: async () => ({ kind: "refused", item }) });
    expect(await resend(late, { id })).toEqual({ kind: "refused", why });
    expect((await resend(deps, { id })).kind).toBe("resent");
  });

  it("that is refused leaves a message unknown of which nothing was noted", async () => {
    const forgetful = over(deps, "verifications", { noteDelivery: async () => false });
    const other = await started(forgetful, { to: fictionalNumber(7) });
    deps.time.now += 30_000;
    deps.provider.outcome = "refused";
    await resend(deps, other);
    expect(await show(deps, other)).toMatchObject({ view: { delivery: "unknown" } });
  });

  it("is written down as what it is", async () => {
    await resend(deps, { id });
    expect(deps.entries.map((entry) => entry.event === "send" && entry.of)).toEqual([
      "start",
      "resend",
    ]);
  });

  it("of a client is booked on it, and one that a plan takes by itself is not", async () => {
    const counted: string[] = [];
    const add: typeof deps.scopes.add = async (unverified) => {
      counted.push(unverified.key.split("#")[0] ?? "");
      return deps.scopes.add(unverified);
    };
    const reserve: typeof deps.spend.reserve = async (charge, room, windows = []) => {
      counted.push(...windows.map(({ key }) => key.split("#")[0] ?? ""));
      return deps.spend.reserve(charge, room, windows);
    };
    const watched = over(over(deps, "scopes", { add }), "spend", { reserve });
    await resend(watched, { id, clientAddress: "192.0.2.1" });
    expect(counted.splice(0)).toEqual(["ipv4", "range", "country", "service"]);
    const item = await deps.verifications.read(keyOf(id));
    const replaceTurn: typeof deps.numbers.replaceTurn = (number, { now }) =>
      deps.numbers.takeTurn(number, now);
    deps.time.now += 30_000;
    const failed = { ...item, delivery: "undelivered", deliveryReason: "unreachable" };
    const read = async () => Object.assign(failed);
    const whatsApp = over(over(watched, "numbers", { replaceTurn }), "verifications", { read });
    const insteadOf = item?.codes[0]?.mac;
    const step = { id, channel: "whatsapp", insteadOf } as const;
    await resend({ ...whatsApp, channels: everyChannel() }, step);
    expect(counted).toEqual(["range", "country", "service"]);
  });

  it("that loses a race against the end gives its turn back", async () => {
    const before = await deps.verifications.read(keyOf(id));
    await check(deps, { id, code });
    const late = over(deps, "verifications", { read: async () => before });
    expect(await resend(late, { id })).toMatchObject({ status: "approved" });
    expect((await start(deps, aStart())).kind).toBe("started");
  });
});
