import { beforeEach, describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { check } from "../../../functions/verification/check.ts";
import { mac } from "../../../functions/verification/code.ts";
import type { VerificationKey } from "../../../functions/verification/identifiers.ts";
import { start } from "../../../functions/verification/start.ts";
import {
  aStart,
  type Deps,
  everyChannel,
  fictionalNumber,
  NOON,
  over,
  someDeps,
  started,
  throttled,
  under,
} from "../../support/deps.ts";

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";
const REPEATABLE = aStart({ idempotencyKey });

/** What time, number, client and earlier requests make of a start, the model of test/property says. */
let deps: Deps;
beforeEach(() => {
  deps = someDeps();
});

describe("a start", () => {
  it("sends one code, and shows neither code nor number", async () => {
    const { view, code } = await started(deps);
    expect(code).toMatch(/^\d{6}$/);
    expect(JSON.stringify(view)).not.toContain(code);
    expect(view.to).toBe("+44•••••••123");
  });

  it("lets the provider drop the message when the code in it ends", async () => {
    await start(deps, aStart());
    expect(deps.messages).toMatchObject([
      { lifetimeSeconds: LIMITS.codeLifetimeSeconds, text: expect.stringContaining("5 minutes") },
    ]);
  });

  it.each([
    ["FA+9qCX9VSu", /\nFA\+9qCX9VSu$/],
    ["", /[^\n]$/],
  ])(
    "from an Android app ends with the hash of the stage's app, where it has one: %s",
    async (androidAppHash, end) => {
      await start({ ...deps, androidAppHash }, aStart({ platform: "android" }));
      expect(deps.messages[0]).toMatchObject({ text: expect.stringMatching(end) });
    },
  );

  it("of a number that the policy refuses touches no store", async () => {
    const ask = () => expect.unreachable("a store was asked");
    const numbers = over(deps, "numbers", { takeTurn: ask });
    const mute = over(over(numbers, "scopes", { add: ask }), "claims", { claim: ask });
    for (const to of ["+442071838750", "+33612345678", "nonsense"])
      expect(await start(mute, aStart({ to, idempotencyKey }))).toMatchObject({ kind: "refused" });
  });

  it("during a pause sends nothing and adds nothing to the unverified sends of its client", async () => {
    const paused = under(deps, { isPaused: true });
    const refusal = { kind: "refused", why: "sending-paused" };
    for (let round = 0; round < 40; round++) expect(await start(paused, aStart())).toEqual(refusal);
    expect((await start(deps, aStart())).kind).toBe("started");
    expect(deps.messages).toHaveLength(1);
  });
});

describe("a start that the provider", () => {
  const pseudonym = async () => mac(await deps.keys.index(), ["number", fictionalNumber()]);
  const unavailable = { why: "provider-unavailable" };

  it("definitely refused three times leaves the ticket as good as it was", async () => {
    const checked = await check(deps, await started(deps));
    if (checked.kind !== "checked") throw new Error(checked.why);
    const request = aStart({ ticket: checked.ticket });
    deps.time.now += 30_000;
    deps.provider.outcome = "refused";
    for (let index = 0; index < LIMITS.ticketTurnsPerApproval; index += 1)
      await start(deps, request);
    deps.provider.outcome = "accepted";
    expect((await start(deps, request)).kind).toBe("started");
    expect(deps.entries.at(-1)).toMatchObject({ outcome: "sent", hasTicket: true });
  });

  it("definitely refused gives back what it took, and no turn of another message", async () => {
    deps.provider.outcome = "refused";
    const ask = () => expect.unreachable("a turn was handed on");
    const strict = over(deps, "numbers", { replaceTurn: ask, undoReplacement: ask });
    const keys: VerificationKey[] = [];
    const create: typeof deps.verifications.create = async (verification) => {
      keys.push(verification.key);
      return deps.verifications.create(verification);
    };
    expect(await start(over(strict, "verifications", { create }), aStart())).toMatchObject(
      unavailable,
    );
    expect(deps.faults).toEqual([]);
    const left = await Promise.all(keys.map((key) => deps.verifications.read(key)));
    expect(left).toEqual([undefined]);
    expect((await start(deps, aStart())).kind).toBe("refused");
    deps.provider.outcome = "accepted";
    expect((await start(deps, aStart())).kind).toBe("started");
  });

  it("definitely refused leaves a check by number the verification that the app had started before", async () => {
    const newest = async () =>
      (await deps.numbers.read(await pseudonym(), { now: NOON, ticket: undefined })).newest;
    deps.provider.outcome = "refused";
    await start(deps, aStart({ app: "shop" }));
    expect(await newest()).toBeUndefined();
    deps.provider.outcome = "accepted";
    await started(deps, { app: "shop" });
    const named = await newest();
    expect(named).toEqual({ shop: expect.any(String) });
    deps.time.now += 30_000;
    deps.provider.outcome = "refused";
    expect(await start(deps, aStart({ app: "shop" }))).toMatchObject(unavailable);
    expect(await newest()).toEqual(named);
  });

  it("definitely refused keeps its turn where that cannot be given back, and it is logged", async () => {
    deps.provider.outcome = "refused";
    const broken = over(deps, "numbers", { returnTurn: throttled });
    expect(await start(broken, aStart())).toMatchObject(unavailable);
    expect(deps.faults).toEqual(["turn-not-returned"]);
  });

  it.each(["recipient-opted-out", "channel-not-available"] as const)(
    "definitely refused for its channel, as %s, returns the other channels",
    async (why) => {
      const sender = { send: async () => ({ kind: "refused", why }) as const };
      const channels = ["whatsapp", "voice"];
      expect(await start({ ...deps, channels: everyChannel(), sender }, aStart())).toEqual({
        kind: "refused",
        why,
        channels,
      });
    },
  );

  it("accepted is started even where the note of it is lost", async () => {
    const forgetful = over(deps, "verifications", { noteDelivery: throttled });
    expect((await started(forgetful)).view.status).toBe("pending");
    expect(deps.faults).toEqual(["delivery-not-noted"]);
  });
});

it("a start with a fault after its turn keeps the turn and the code: how far they came is unknown", async () => {
  const removed: string[] = [];
  const faulty = over(deps, "verifications", { remove: async (key) => void removed.push(key) });
  const callback = () => Promise.reject(new Error("no key"));
  const failing = start({ ...faulty, keys: { ...deps.keys, callback } }, aStart());
  await expect(failing).rejects.toThrow("no key");
  expect(removed).toEqual([]);
  expect(await start(deps, aStart())).toMatchObject({ why: "too-many-sends" });
});

describe("a number in its national form, where a country is the default", () => {
  it("is the same number: one key, one budget, one start", async () => {
    const national = { ...deps, defaultCountry: "GB" } as const;
    const first = await started(national, { to: "07400123456", idempotencyKey });
    const to = "+447400123456";
    expect((await started(national, { to, idempotencyKey })).id).toBe(first.id);
    expect(await start(national, aStart({ to }))).toMatchObject({ why: "too-many-sends" });
    expect(deps.messages.map((message) => message.to)).toEqual([to]);
    const withoutDefault = await start(deps, aStart({ to: "07400123456" }));
    expect(withoutDefault).toMatchObject({ why: "phone-invalid" });
  });
});

describe("a start repeated with its idempotency key", () => {
  const inProgress = { kind: "refused", why: "request-in-progress" };

  it("is answered even when the client has no room left", async () => {
    const { id } = await started(deps, { idempotencyKey });
    for (let index = 0; index < 30; index++)
      await start(deps, aStart({ to: fictionalNumber(index) }));
    expect((await started(deps, { idempotencyKey })).id).toBe(id);
  });

  it("is another start with another nonce or reference, or with none, and is refused", async () => {
    const named = { idempotencyKey, nonce: "n-1", reference: "order-17" };
    await started(deps, named);
    const others = [{ nonce: "n-2" }, { reference: "order-18" }, { reference: undefined }];
    for (const other of others)
      expect(await start(deps, aStart({ ...named, ...other }))).toEqual({
        kind: "refused",
        why: "idempotency-key-reused",
      });
  });

  it("waits for the first where that is not done yet, and no longer than a start can live", async () => {
    const create = () => new Promise<void>(() => {});
    void start(over(deps, "verifications", { create }), REPEATABLE);
    await new Promise(setImmediate);
    for (const wait of [0, 1, 29_999, 0, 1]) {
      deps.time.now += wait;
      expect(await start(deps, REPEATABLE)).toEqual(inProgress);
    }
    expect((await start(deps, REPEATABLE)).kind).toBe("started");
  });

  it("whose claim cannot be given up is answered as it was, and logged", async () => {
    deps.provider.outcome = "refused";
    const stuck = over(deps, "claims", { release: throttled });
    expect(await start(stuck, REPEATABLE)).toMatchObject({ why: "provider-unavailable" });
    expect(deps.faults).toEqual(["claim-not-released"]);
  });

  it.each([
    ["of the first round trip", (all: Deps) => over(all, "scopes", { add: throttled })],
    ["before the message", (all: Deps) => over(all, "verifications", { create: throttled })],
  ])("can be tried again after a fault %s", async (_, broken) => {
    await expect(start(broken(deps), REPEATABLE)).rejects.toThrow("throttled");
    deps.time.now += 30_000;
    expect((await start(deps, REPEATABLE)).kind).toBe("started");
  });

  it("adds nothing to the unverified sends of its client, however often", async () => {
    for (let round = 0; round < 41; round++) await start(deps, REPEATABLE);
    expect((await start(deps, aStart({ to: fictionalNumber(7) }))).kind).toBe("started");
  });
});

it("a start refused by its household's window adds nothing to its site's", async () => {
  const from = (index: number, host: string) =>
    aStart({ to: fictionalNumber(index), clientAddress: `2001:db8:1:${host}` });
  for (let index = 0; index < 70; index++) await start(deps, from(index, `1::${index}`));
  expect(deps.messages).toHaveLength(10);
  expect((await start(deps, from(99, "2::1"))).kind).toBe("started");
});
