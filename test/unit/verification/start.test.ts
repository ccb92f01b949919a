import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { check } from "../../../functions/verification/check.ts";
import { type Started, start } from "../../../functions/verification/start.ts";
import {
  aStart,
  everyChannel,
  fictionalNumber,
  idIn,
  NOON,
  newestCode,
  someDeps,
} from "../../support/deps.ts";
import { OPEN_SWITCH } from "../../support/memory-stores.ts";

function view(outcome: Awaited<ReturnType<typeof start>>): Started["view"] {
  if (outcome.kind !== "started") throw new Error(`refused: ${outcome.why}`);
  return outcome.view;
}

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

describe("a start", () => {
  it("sends one message with one code and shows no code and no full number", async () => {
    const deps = someDeps();
    const started = view(await start(deps, aStart()));
    expect(deps.messages).toHaveLength(1);
    expect(newestCode(deps)).toMatch(/^\d{6}$/);
    expect(JSON.stringify(started)).not.toContain(newestCode(deps));
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
    const deps = someDeps();
    await start(deps, aStart());
    expect(deps.messages[0]?.lifetimeSeconds).toBe(LIMITS.codeLifetimeSeconds);
    expect(deps.messages[0]).toMatchObject({ text: expect.stringContaining("5 minutes") });
  });

  it.each([
    ["FA+9qCX9VSu", /\nFA\+9qCX9VSu$/],
    ["", /[^\n]$/],
  ])(
    "from an Android app ends with the hash of the stage's app, where it has one: %s",
    async (androidAppHash, end) => {
      const deps = { ...someDeps(), androidAppHash };
      await start(deps, aStart({ platform: "android" }));
      expect(deps.messages[0]).toMatchObject({ text: expect.stringMatching(end) });
    },
  );

  it("of a number that the policy refuses touches no store", async () => {
    const ask = () => expect.unreachable("a store was asked");
    const deps = someDeps();
    const scopes = { ...deps.scopes, add: ask };
    const claims = { ...deps.claims, claim: ask };
    const numbers = { ...deps.numbers, takeTurn: ask };
    for (const to of ["+442071838750", "+33612345678", "nonsense"]) {
      expect(
        await start({ ...deps, scopes, claims, numbers }, aStart({ to, idempotencyKey })),
      ).toMatchObject({ kind: "refused" });
    }
  });

  it("of a closed number, of a client in unverified sends and during a pause sends nothing", async () => {
    const deps = someDeps();
    await start(deps, aStart());
    expect(await start(deps, aStart())).toEqual({
      kind: "refused",
      why: "too-many-sends",
      retryAt: NOON + 30_000,
    });
    for (let index = 1; index < 29; index++)
      await start(deps, aStart({ to: fictionalNumber(index) }));
    expect(await start(deps, aStart({ to: fictionalNumber(500) }))).toEqual({
      kind: "refused",
      why: "too-many-requests",
      retryAt: NOON + 600_000,
    });
    const paused = {
      ...deps,
      sendingSwitch: { switchState: async () => ({ ...OPEN_SWITCH, isPaused: true }) },
    };
    expect(
      await start(paused, aStart({ clientAddress: "192.0.2.77", to: fictionalNumber(501) })),
    ).toEqual({
      kind: "refused",
      why: "sending-paused",
    });
    expect(deps.messages).toHaveLength(29);
  });
});

describe("a start that the provider", () => {
  it("definitely refused gives the turn back and leaves no verification", async () => {
    const deps = someDeps();
    deps.provider.outcome = "refused";
    expect(await start(deps, aStart({ idempotencyKey }))).toEqual({
      kind: "refused",
      why: "provider-unavailable",
    });
    deps.provider.outcome = "accepted";
    expect((await start(deps, aStart({ idempotencyKey }))).kind).toBe("started");
  });

  it("definitely refused three times leaves the ticket as good as it was", async () => {
    const deps = someDeps();
    const { id } = view(await start(deps, aStart()));
    const checked = await check(deps, { id: idIn(id), code: newestCode(deps) });
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
    const deps = someDeps();
    deps.provider.outcome = "refused";
    const ask = () => expect.unreachable("a turn was handed on");
    const numbers = { ...deps.numbers, replaceTurn: ask, undoReplacement: ask };
    expect(await start({ ...deps, numbers }, aStart())).toMatchObject({
      why: "provider-unavailable",
    });
    expect(deps.faults).toEqual([]);
  });

  it("definitely refused keeps its turn where that cannot be given back, and says so", async () => {
    const deps = someDeps();
    deps.provider.outcome = "refused";
    const returnTurn = () => Promise.reject(new Error("throttled"));
    const numbers = { ...deps.numbers, returnTurn };
    expect(await start({ ...deps, numbers }, aStart())).toMatchObject({
      why: "provider-unavailable",
    });
    expect(deps.faults).toEqual(["turn-not-returned"]);
  });

  it.each(["recipient-opted-out", "channel-not-available"] as const)(
    "definitely refused for its way, as %s, tells the other ways",
    async (why) => {
      const deps = { ...someDeps(), channels: everyChannel() };
      const send = async () => ({ kind: "refused", why }) as const;
      expect(await start({ ...deps, sender: { send } }, aStart())).toEqual({
        kind: "refused",
        why,
        channels: ["whatsapp", "voice"],
      });
    },
  );

  it("did not answer is started, its delivery unknown and its turn spent", async () => {
    const deps = someDeps();
    deps.provider.outcome = "unknown";
    expect(view(await start(deps, aStart())).delivery).toBe("unknown");
    expect(await start(deps, aStart())).toMatchObject({ why: "too-many-sends" });
  });

  it("accepted is started even where the note of it is lost", async () => {
    const deps = someDeps();
    const noteDelivery = () => Promise.reject(new Error("throttled"));
    const forgetful = { ...deps, verifications: { ...deps.verifications, noteDelivery } };
    expect(view(await start(forgetful, aStart())).status).toBe("pending");
    expect(deps.faults).toEqual(["delivery-not-noted"]);
  });
});

describe("a number in its national form, where a country is the default", () => {
  const national = { defaultCountry: "GB" } as const;

  it("is the same number: one key, one budget, one start", async () => {
    const deps = { ...someDeps(), ...national };
    const first = view(await start(deps, aStart({ to: "07400123456", idempotencyKey })));
    expect(view(await start(deps, aStart({ to: "+447400123456", idempotencyKey }))).id).toBe(
      first.id,
    );
    expect(await start(deps, aStart({ to: "+447400123456" }))).toMatchObject({
      why: "too-many-sends",
    });
    expect(deps.messages.map(({ to }) => to)).toEqual(["+447400123456"]);
  });

  it("is no number without one", async () => {
    expect(await start(someDeps(), aStart({ to: "07400123456" }))).toMatchObject({
      why: "phone-invalid",
    });
  });
});

describe("a start repeated with its idempotency key", () => {
  it("sends nothing and shows the verification as it stands", async () => {
    const deps = someDeps();
    const first = view(await start(deps, aStart({ idempotencyKey })));
    deps.time.now += 5_000;
    expect(view(await start(deps, aStart({ idempotencyKey })))).toEqual(first);
    deps.time.now += 300_000;
    expect(view(await start(deps, aStart({ idempotencyKey })))).toEqual({
      ...first,
      status: "expired",
    });
    expect(deps.messages).toHaveLength(1);
  });

  it("is answered even when the client has no room left", async () => {
    const deps = someDeps();
    const first = view(await start(deps, aStart({ idempotencyKey })));
    for (let index = 0; index < 30; index++)
      await start(deps, aStart({ to: fictionalNumber(index) }));
    expect(view(await start(deps, aStart({ idempotencyKey }))).id).toBe(first.id);
  });

  it("but with another body is refused", async () => {
    const deps = someDeps();
    await start(deps, aStart({ idempotencyKey }));
    for (const change of [
      { to: fictionalNumber(7) },
      { purpose: "signup" },
      { nonce: "n" },
    ] as const) {
      expect(await start(deps, aStart({ idempotencyKey, ...change }))).toEqual({
        kind: "refused",
        why: "idempotency-key-reused",
      });
    }
  });

  it("waits for the first where that is not done yet", async () => {
    const deps = someDeps();
    const create = () => new Promise<void>(() => {});
    void start(
      { ...deps, verifications: { ...deps.verifications, create } },
      aStart({ idempotencyKey }),
    );
    await new Promise(setImmediate);
    for (const wait of [0, 1, 29_999, 0]) {
      deps.time.now += wait;
      expect(await start(deps, aStart({ idempotencyKey }))).toEqual({
        kind: "refused",
        why: "request-in-progress",
      });
    }
  });

  it("waits no longer than a start can live for one that died", async () => {
    const deps = someDeps();
    const create = () => new Promise<void>(() => {});
    void start(
      { ...deps, verifications: { ...deps.verifications, create } },
      aStart({ idempotencyKey }),
    );
    await new Promise(setImmediate);
    deps.time.now += 30_001;
    expect(await start(deps, aStart({ idempotencyKey }))).toMatchObject({
      why: "request-in-progress",
    });
    expect(view(await start(deps, aStart({ idempotencyKey }))).status).toBe("pending");
  });

  it("whose claim cannot be given up is answered as it was, and the log says so", async () => {
    const deps = someDeps();
    deps.provider.outcome = "refused";
    const release = () => Promise.reject(new Error("throttled"));
    const stuck = { ...deps, claims: { ...deps.claims, release } };
    expect(await start(stuck, aStart({ idempotencyKey }))).toMatchObject({
      why: "provider-unavailable",
    });
    expect(deps.faults).toEqual(["claim-not-released"]);
  });

  it("can be tried again after a fault of the first round trip", async () => {
    const deps = someDeps();
    const add = () => Promise.reject(new Error("throttled"));
    const broken = { ...deps, scopes: { ...deps.scopes, add } };
    await expect(start(broken, aStart({ idempotencyKey }))).rejects.toThrow("throttled");
    expect(view(await start(deps, aStart({ idempotencyKey }))).status).toBe("pending");
  });

  it("adds nothing to the unverified sends of its client, however often", async () => {
    const deps = someDeps();
    await start(deps, aStart({ idempotencyKey }));
    for (let round = 0; round < 40; round++) await start(deps, aStart({ idempotencyKey }));
    expect((await start(deps, aStart({ to: fictionalNumber(7) }))).kind).toBe("started");
  });

  it("refused by its household's window adds nothing to its site's", async () => {
    const deps = someDeps();
    const from = (host: string) => `2001:db8:1:${host}`;
    for (let index = 0; index < 70; index++) {
      await start(deps, aStart({ to: fictionalNumber(index), clientAddress: from(`1::${index}`) }));
    }
    expect(deps.messages).toHaveLength(10);
    expect(
      (await start(deps, aStart({ to: fictionalNumber(99), clientAddress: from("2::1") }))).kind,
    ).toBe("started");
  });

  it("during a pause adds nothing to the unverified sends of its client", async () => {
    const deps = someDeps();
    const paused = {
      ...deps,
      sendingSwitch: { switchState: async () => ({ ...OPEN_SWITCH, isPaused: true }) },
    };
    for (let round = 0; round < 40; round++) await start(paused, aStart());
    expect((await start(deps, aStart())).kind).toBe("started");
  });

  it("can be tried again after a fault before the message", async () => {
    const deps = someDeps();
    const create = () => Promise.reject(new Error("throttled"));
    const broken = { ...deps, verifications: { ...deps.verifications, create } };
    await expect(start(broken, aStart({ idempotencyKey }))).rejects.toThrow("throttled");
    deps.time.now += 30_000;
    expect(view(await start(deps, aStart({ idempotencyKey }))).status).toBe("pending");
  });

  it("is a new start once the claim has ended", async () => {
    const deps = someDeps();
    const first = view(await start(deps, aStart({ idempotencyKey })));
    deps.time.now += 600_000;
    expect(view(await start(deps, aStart({ idempotencyKey }))).id).not.toBe(first.id);
  });
});
