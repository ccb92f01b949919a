import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { type Started, start } from "../../../functions/verification/start.ts";
import {
  aStart,
  aWorld,
  everyChannel,
  fictionalNumber,
  NOON,
  newestCode,
} from "../../support/world.ts";

function view(outcome: Awaited<ReturnType<typeof start>>): Started["view"] {
  if (outcome.kind !== "started") throw new Error(`refused: ${outcome.why}`);
  return outcome.view;
}

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

describe("a start", () => {
  it("sends one message with one code and shows no code and no full number", async () => {
    const world = aWorld();
    const started = view(await start(world, aStart()));
    expect(world.messages).toHaveLength(1);
    expect(newestCode(world)).toMatch(/^\d{6}$/);
    expect(JSON.stringify(started)).not.toContain(newestCode(world));
    expect(started).toMatchObject({
      status: "pending",
      to: "+44•••••••123",
      codeLength: 6,
      checksRemaining: LIMITS.checksPerVerification,
      expiresAt: NOON + 300_000,
      resendAt: NOON + 30_000,
      channels: ["sms"],
      delivery: "queued",
    });
  });

  it("tells the provider to drop the message when the code in it ends", async () => {
    const world = aWorld();
    await start(world, aStart());
    expect(world.messages[0]?.lifetimeSeconds).toBe(LIMITS.codeLifetimeSeconds);
    expect(world.messages[0]).toMatchObject({ text: expect.stringContaining("5 minutes") });
  });

  it.each([
    ["FA+9qCX9VSu", /\nFA\+9qCX9VSu$/],
    ["", /[^\n]$/],
  ])(
    "from an Android app ends with the hash of the stage's app, where it has one: %s",
    async (androidAppHash, end) => {
      const world = { ...aWorld(), androidAppHash };
      await start(world, aStart({ platform: "android" }));
      expect(world.messages[0]).toMatchObject({ text: expect.stringMatching(end) });
    },
  );

  it("of a number that the policy refuses touches no store", async () => {
    const ask = () => expect.unreachable("a store was asked");
    const world = aWorld();
    const scopes = { ...world.scopes, add: ask };
    const claims = { ...world.claims, claim: ask };
    const numbers = { ...world.numbers, takeTurn: ask };
    for (const to of ["+442071838750", "+33612345678", "nonsense"]) {
      expect(
        await start({ ...world, scopes, claims, numbers }, aStart({ to, idempotencyKey })),
      ).toMatchObject({ kind: "refused" });
    }
  });

  it("of a closed number, of a client in debt and during a pause sends nothing", async () => {
    const world = aWorld();
    await start(world, aStart());
    expect(await start(world, aStart())).toEqual({
      kind: "refused",
      why: "too-many-sends",
      retryAt: NOON + 30_000,
    });
    for (let index = 1; index < 29; index++)
      await start(world, aStart({ to: fictionalNumber(index) }));
    expect(await start(world, aStart({ to: fictionalNumber(500) }))).toEqual({
      kind: "refused",
      why: "too-many-requests",
      retryAt: NOON + 600_000,
    });
    const paused = {
      ...world,
      sendingSwitch: { standing: async () => ({ isPaused: true, ticketsFrom: 0 }) },
    };
    expect(
      await start(paused, aStart({ clientAddress: "192.0.2.77", to: fictionalNumber(501) })),
    ).toEqual({
      kind: "refused",
      why: "sending-paused",
    });
    expect(world.messages).toHaveLength(29);
  });
});

describe("a start that the provider", () => {
  it("definitely refused gives the turn back and leaves no verification", async () => {
    const world = aWorld();
    world.provider.outcome = "refused";
    expect(await start(world, aStart({ idempotencyKey }))).toEqual({
      kind: "refused",
      why: "provider-unavailable",
    });
    world.provider.outcome = "accepted";
    expect((await start(world, aStart({ idempotencyKey }))).kind).toBe("started");
  });

  it("definitely refused gives back what it took, and no turn of another message", async () => {
    const world = aWorld();
    world.provider.outcome = "refused";
    const ask = () => expect.unreachable("a turn was handed on");
    const numbers = { ...world.numbers, replaceTurn: ask, undoReplacement: ask };
    expect(await start({ ...world, numbers }, aStart())).toMatchObject({
      why: "provider-unavailable",
    });
    expect(world.faults).toEqual([]);
  });

  it("definitely refused keeps its turn where that cannot be given back, and says so", async () => {
    const world = aWorld();
    world.provider.outcome = "refused";
    const returnTurn = () => Promise.reject(new Error("throttled"));
    const numbers = { ...world.numbers, returnTurn };
    expect(await start({ ...world, numbers }, aStart())).toMatchObject({
      why: "provider-unavailable",
    });
    expect(world.faults).toEqual(["turn-not-returned"]);
  });

  it.each(["recipient-opted-out", "channel-not-available"] as const)(
    "definitely refused for its way, as %s, tells the other ways",
    async (why) => {
      const world = { ...aWorld(), channels: everyChannel() };
      const send = async () => ({ kind: "refused", why }) as const;
      expect(await start({ ...world, sender: { send } }, aStart())).toEqual({
        kind: "refused",
        why,
        channels: ["whatsapp", "voice"],
      });
    },
  );

  it("did not answer is started, its delivery unknown and its turn spent", async () => {
    const world = aWorld();
    world.provider.outcome = "unknown";
    expect(view(await start(world, aStart())).delivery).toBe("unknown");
    expect(await start(world, aStart())).toMatchObject({ why: "too-many-sends" });
  });

  it("accepted is started even where the note of it is lost", async () => {
    const world = aWorld();
    const noteDelivery = () => Promise.reject(new Error("throttled"));
    const forgetful = { ...world, verifications: { ...world.verifications, noteDelivery } };
    expect(view(await start(forgetful, aStart())).status).toBe("pending");
    expect(world.faults).toEqual(["delivery-not-noted"]);
  });
});

describe("a number in its national form, where a country is the default", () => {
  const national = { defaultCountry: "GB" } as const;

  it("is the same number: one key, one budget, one start", async () => {
    const world = { ...aWorld(), ...national };
    const first = view(await start(world, aStart({ to: "07400123456", idempotencyKey })));
    expect(view(await start(world, aStart({ to: "+447400123456", idempotencyKey }))).id).toBe(
      first.id,
    );
    expect(await start(world, aStart({ to: "+447400123456" }))).toMatchObject({
      why: "too-many-sends",
    });
    expect(world.messages.map(({ to }) => to)).toEqual(["+447400123456"]);
  });

  it("is no number without one", async () => {
    expect(await start(aWorld(), aStart({ to: "07400123456" }))).toMatchObject({
      why: "phone-invalid",
    });
  });
});

describe("a start repeated with its idempotency key", () => {
  it("sends nothing and shows the verification as it stands", async () => {
    const world = aWorld();
    const first = view(await start(world, aStart({ idempotencyKey })));
    world.time.now += 5_000;
    expect(view(await start(world, aStart({ idempotencyKey })))).toEqual(first);
    world.time.now += 300_000;
    expect(view(await start(world, aStart({ idempotencyKey })))).toEqual({
      ...first,
      status: "expired",
    });
    expect(world.messages).toHaveLength(1);
  });

  it("is answered even when the client has no room left", async () => {
    const world = aWorld();
    const first = view(await start(world, aStart({ idempotencyKey })));
    for (let index = 0; index < 30; index++)
      await start(world, aStart({ to: fictionalNumber(index) }));
    expect(view(await start(world, aStart({ idempotencyKey }))).id).toBe(first.id);
  });

  it("but with another body is refused", async () => {
    const world = aWorld();
    await start(world, aStart({ idempotencyKey }));
    for (const change of [
      { to: fictionalNumber(7) },
      { purpose: "signup" },
      { nonce: "n" },
    ] as const) {
      expect(await start(world, aStart({ idempotencyKey, ...change }))).toEqual({
        kind: "refused",
        why: "idempotency-key-reused",
      });
    }
  });

  it("waits for the first where that is not done yet", async () => {
    const world = aWorld();
    const create = () => new Promise<void>(() => {});
    void start(
      { ...world, verifications: { ...world.verifications, create } },
      aStart({ idempotencyKey }),
    );
    await new Promise(setImmediate);
    for (const wait of [0, 1, 29_999, 0]) {
      world.time.now += wait;
      expect(await start(world, aStart({ idempotencyKey }))).toEqual({
        kind: "refused",
        why: "request-in-progress",
      });
    }
  });

  it("waits no longer than a start can live for one that died", async () => {
    const world = aWorld();
    const create = () => new Promise<void>(() => {});
    void start(
      { ...world, verifications: { ...world.verifications, create } },
      aStart({ idempotencyKey }),
    );
    await new Promise(setImmediate);
    world.time.now += 30_001;
    expect(await start(world, aStart({ idempotencyKey }))).toMatchObject({
      why: "request-in-progress",
    });
    expect(view(await start(world, aStart({ idempotencyKey }))).status).toBe("pending");
  });

  it("whose claim cannot be given up is answered as it was, and the log says so", async () => {
    const world = aWorld();
    world.provider.outcome = "refused";
    const release = () => Promise.reject(new Error("throttled"));
    const stuck = { ...world, claims: { ...world.claims, release } };
    expect(await start(stuck, aStart({ idempotencyKey }))).toMatchObject({
      why: "provider-unavailable",
    });
    expect(world.faults).toEqual(["claim-not-released"]);
  });

  it("can be tried again after a fault of the first round trip", async () => {
    const world = aWorld();
    const add = () => Promise.reject(new Error("throttled"));
    const broken = { ...world, scopes: { ...world.scopes, add } };
    await expect(start(broken, aStart({ idempotencyKey }))).rejects.toThrow("throttled");
    expect(view(await start(world, aStart({ idempotencyKey }))).status).toBe("pending");
  });

  it("adds nothing to the debt of its client, however often", async () => {
    const world = aWorld();
    await start(world, aStart({ idempotencyKey }));
    for (let round = 0; round < 40; round++) await start(world, aStart({ idempotencyKey }));
    expect((await start(world, aStart({ to: fictionalNumber(7) }))).kind).toBe("started");
  });

  it("refused by its household's window adds nothing to its site's", async () => {
    const world = aWorld();
    const from = (host: string) => `2001:db8:1:${host}`;
    for (let index = 0; index < 70; index++) {
      await start(
        world,
        aStart({ to: fictionalNumber(index), clientAddress: from(`1::${index}`) }),
      );
    }
    expect(world.messages).toHaveLength(10);
    expect(
      (await start(world, aStart({ to: fictionalNumber(99), clientAddress: from("2::1") }))).kind,
    ).toBe("started");
  });

  it("during a pause adds nothing to the debt of its client", async () => {
    const world = aWorld();
    const paused = {
      ...world,
      sendingSwitch: { standing: async () => ({ isPaused: true, ticketsFrom: 0 }) },
    };
    for (let round = 0; round < 40; round++) await start(paused, aStart());
    expect((await start(world, aStart())).kind).toBe("started");
  });

  it("can be tried again after a fault before the message", async () => {
    const world = aWorld();
    const create = () => Promise.reject(new Error("throttled"));
    const broken = { ...world, verifications: { ...world.verifications, create } };
    await expect(start(broken, aStart({ idempotencyKey }))).rejects.toThrow("throttled");
    world.time.now += 30_000;
    expect(view(await start(world, aStart({ idempotencyKey }))).status).toBe("pending");
  });

  it("is a new start once the claim has ended", async () => {
    const world = aWorld();
    const first = view(await start(world, aStart({ idempotencyKey })));
    world.time.now += 600_000;
    expect(view(await start(world, aStart({ idempotencyKey }))).id).not.toBe(first.id);
  });
});
