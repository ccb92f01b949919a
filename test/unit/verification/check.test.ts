import { beforeEach, describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { type Checked, check } from "../../../functions/verification/check.ts";
import {
  epochOf,
  keyOf,
  type VerificationId,
} from "../../../functions/verification/identifiers.ts";
import { resend } from "../../../functions/verification/resend.ts";
import { start } from "../../../functions/verification/start.ts";
import {
  aStart,
  aWorld,
  fictionalNumber,
  idIn,
  newestCode,
  otherThan,
  type World,
} from "../../support/world.ts";

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";
const anotherKey = "aa0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

let world: World;
let id: VerificationId;
let code: string;

beforeEach(async () => {
  world = aWorld();
  const outcome = await start(world, aStart({ nonce: "n-1" }));
  if (outcome.kind !== "started") throw new Error(outcome.why);
  id = idIn(outcome.view.id);
  code = newestCode(world);
});

async function checked(guess: string, key?: string): Promise<Checked> {
  const outcome = await check(world, { id, code: guess, idempotencyKey: key });
  if (outcome.kind !== "checked") throw new Error(outcome.why);
  return outcome;
}

const claimsOf = ({ proof = "" }: Checked): Record<string, unknown> => JSON.parse(proof);

describe("a right code", () => {
  it("is approved and proven, with what the start bound to it", async () => {
    world.time.now += 10_500;
    const outcome = await checked(code);
    expect(outcome).toMatchObject({ result: "approved", status: "approved", checksRemaining: 4 });
    expect(claimsOf(outcome)).toEqual({
      iss: "https://verify.example.com",
      aud: "acme",
      sub: "+447700900123",
      phone_number: "+447700900123",
      phone_number_verified: true,
      purpose: "login",
      nonce: "n-1",
      amr: ["otp", "sms"],
      jti: expect.stringMatching(/^[\w-]{43}$/),
      iat: Math.floor(world.time.now / 1_000),
      exp: Math.floor(world.time.now / 1_000) + 300,
    });
    expect(claimsOf(outcome)["jti"]).not.toContain(id);
  });

  it("of a start without a nonce proves nothing of one", async () => {
    const outcome = await start(world, aStart({ to: fictionalNumber(7) }));
    if (outcome.kind !== "started") throw new Error(outcome.why);
    const approved = await check(world, { id: idIn(outcome.view.id), code: newestCode(world) });
    if (approved.kind !== "checked") throw new Error(approved.why);
    expect(claimsOf(approved)).not.toHaveProperty("nonce");
  });

  it("is good once", async () => {
    await checked(code);
    expect(await checked(code)).toMatchObject({ result: "used", status: "approved" });
    expect((await checked(code)).proof).toBeUndefined();
  });

  it("gives its proof again to the same request for five minutes, with the same claims", async () => {
    const first = await checked(code, idempotencyKey);
    world.time.now += 299_000;
    expect(claimsOf(await checked(code, idempotencyKey))).toEqual(claimsOf(first));
    expect(await checked(code, anotherKey)).toMatchObject({ result: "used" });
    expect(await checked(otherThan(code), idempotencyKey)).toMatchObject({ result: "used" });
    world.time.now += 1_000;
    expect(await checked(code, idempotencyKey)).toMatchObject({ result: "used" });
  });

  it("settles its message and clears the failures of its number", async () => {
    await checked(otherThan(code));
    await checked(code);
    expect(world.settled).toEqual([`SM${"1".padStart(32, "0")}`]);
    for (let index = 0; index < LIMITS.consecutiveFailures - 1; index++) {
      const [number] = await numbersOf();
      await world.numbers.addFailure(number, world.time.now);
    }
    world.time.now += 600_000;
    expect((await start(world, aStart())).kind).toBe("started");
  });

  it("pays the debt of its start, so that its client may start four more", async () => {
    await checked(code);
    let starts = 0;
    for (let index = 200; index < 260; index++) {
      const outcome = await start(world, aStart({ to: `+447700900${index}` }));
      if (outcome.kind === "started") starts++;
    }
    expect(starts).toBe(LIMITS.unprovenSends.ipv4.floor - 1 + LIMITS.creditPerApproval);
  });

  it("is proven even where the bookings beside it fail", async () => {
    const fail = () => Promise.reject(new Error("throttled"));
    const broken = {
      ...world,
      numbers: { ...world.numbers, clearFailures: fail },
      scopes: { ...world.scopes, credit: fail },
      settler: { settle: fail },
    };
    expect(await check(broken, { id, code })).toMatchObject({
      result: "approved",
      proof: expect.any(String),
    });
    expect(world.faults).toEqual(Array(6).fill("approval-not-booked"));
  });

  it("is not spent while a key is out of reach", async () => {
    const seal = () => Promise.reject(new Error("KMS is away"));
    await expect(check({ ...world, keys: { ...world.keys, seal } }, { id, code })).rejects.toThrow(
      "away",
    );
    expect(await checked(code)).toMatchObject({ result: "approved", checksRemaining: 4 });
  });

  it("of a message that the provider gave no name settles nothing", async () => {
    world.provider.outcome = "unknown";
    const outcome = await start(world, aStart({ to: fictionalNumber(7) }));
    if (outcome.kind !== "started") throw new Error(outcome.why);
    const unnamed = { id: idIn(outcome.view.id), code: newestCode(world) };
    expect(await check(world, unnamed)).toMatchObject({ result: "approved" });
    expect([world.settled, world.faults]).toEqual([[], []]);
  });

  it("is answered once its bookings are done, since a frozen function does none", async () => {
    const done: string[] = [];
    const settle = async () => {
      await new Promise(setImmediate);
      done.push("settled");
    };
    await check({ ...world, settler: { settle } }, { id, code });
    expect(done).toEqual(["settled"]);
  });

  it("typed from an older message settles that message", async () => {
    world.time.now += 30_000;
    await resend(world, { id });
    await checked(code);
    expect(world.settled).toEqual([`SM${"1".padStart(32, "0")}`]);
  });

  it("is booked before a fault of the signature is told", async () => {
    const sign = () => Promise.reject(new Error("KMS is away"));
    await expect(check({ ...world, signer: { sign } }, { id, code })).rejects.toThrow("away");
    expect(world.settled).toHaveLength(1);
  });

  it("gives no proof for a wrong code that was tried before, under the key of the approval", async () => {
    await checked(otherThan(code));
    await checked(code, idempotencyKey);
    expect(await checked(otherThan(code), idempotencyKey)).toMatchObject({ result: "used" });
  });

  it("gives no proof for another sent code under the key of the approval", async () => {
    world.time.now += 30_000;
    await resend(world, { id });
    await checked(code, idempotencyKey);
    expect(await checked(newestCode(world), idempotencyKey)).toMatchObject({ result: "used" });
  });

  it("whose proof could not be signed can be fetched by the same request", async () => {
    const sign = () => Promise.reject(new Error("KMS is away"));
    await expect(
      check({ ...world, signer: { sign } }, { id, code, idempotencyKey }),
    ).rejects.toThrow("away");
    expect(await checked(code, idempotencyKey)).toMatchObject({
      result: "approved",
      proof: expect.any(String),
    });
  });
});

async function numbersOf() {
  const verification = await world.verifications.read(keyOf(id));
  if (verification === undefined) throw new Error("no verification");
  return [verification.number] as const;
}

describe("a wrong code", () => {
  it("costs one check, and the same again costs none", async () => {
    expect(await checked(otherThan(code))).toMatchObject({
      result: "incorrect",
      checksRemaining: 4,
    });
    expect(await checked(otherThan(code))).toMatchObject({
      result: "incorrect",
      checksRemaining: 4,
    });
    expect(await checked(otherThan(code, 2))).toMatchObject({
      result: "incorrect",
      checksRemaining: 3,
    });
  });

  it("five times is the end, and the right one comes too late", async () => {
    for (let step = 1; step < 5; step++) await checked(otherThan(code, step));
    expect(await checked(otherThan(code, 5))).toMatchObject({
      result: "incorrect",
      status: "exhausted",
      checksRemaining: 0,
    });
    expect(await checked(code)).toMatchObject({ result: "exhausted", status: "exhausted" });
  });

  it("does not keep the right one out", async () => {
    for (let step = 1; step < 5; step++) await checked(otherThan(code, step));
    expect(await checked(code)).toMatchObject({ result: "approved", checksRemaining: 0 });
  });

  it("whose failure cannot be booked tells nothing", async () => {
    const addFailure = () => Promise.reject(new Error("throttled"));
    const broken = { ...world, numbers: { ...world.numbers, addFailure } };
    await expect(check(broken, { id, code: otherThan(code) })).rejects.toThrow("throttled");
  });

  it("with the idempotency key of another guess is refused, uncounted", async () => {
    await checked(otherThan(code), idempotencyKey);
    expect(await check(world, { id, code, idempotencyKey })).toEqual({
      kind: "refused",
      why: "idempotency-key-reused",
    });
    expect(await checked(code, anotherKey)).toMatchObject({ result: "approved" });
  });
});

describe("a check", () => {
  it("is written down with whose it was in pseudonyms, and how it ended", async () => {
    const number = (await numbersOf())[0];
    const client = { kind: "ipv4", pseudonym: expect.stringMatching(/^[\w-]{43}$/) };
    for (const guess of [otherThan(code), code])
      await check(world, { id, code: guess, clientAddress: "192.0.2.1" });
    expect(world.entries.filter(({ event }) => event === "check")).toEqual(
      ["incorrect", "approved"].map((result) => ({
        event: "check",
        result,
        number,
        country: "GB",
        client,
      })),
    );
  });

  it("that a store refused without a reason that stands may be asked again", async () => {
    const item = await world.verifications.read(keyOf(id));
    const refused = async () => ({ kind: "refused", item }) as const;
    const verifications = { ...world.verifications, check: refused };
    expect(await check({ ...world, verifications }, { id, code: otherThan(code) })).toEqual({
      kind: "refused",
      why: "request-in-progress",
    });
  });
});

describe("an old code", () => {
  it("is good until its own end, and then is told apart, uncounted", async () => {
    world.time.now += 200_000;
    await resend(world, { id });
    const newer = newestCode(world);
    world.time.now += 100_000;
    expect(await checked(code)).toMatchObject({
      result: "code-expired",
      status: "pending",
      checksRemaining: 5,
    });
    expect(await checked(newer)).toMatchObject({ result: "approved" });
  });

  it("typed late is good while it lives, and then no newer one is", async () => {
    world.time.now += 200_000;
    await resend(world, { id });
    expect(await checked(code)).toMatchObject({ result: "approved" });
    expect(await checked(newestCode(world))).toMatchObject({ result: "used" });
  });

  it("does nothing to the millisecond on which it ends", async () => {
    world.time.now += 299_999;
    expect(await checked(otherThan(code))).toMatchObject({ status: "pending" });
    world.time.now += 1;
    expect(await checked(code)).toMatchObject({ result: "expired", status: "expired" });
  });
});

describe("an id", () => {
  it("that nobody was given is not found, and so is one of an epoch that has no keys", async () => {
    const unknown = idIn(`v1-${"A".repeat(24)}`);
    expect(await check(world, { id: unknown, code })).toEqual({
      kind: "refused",
      why: "verification-not-found",
    });
    const noKeys = {
      ...world,
      keys: { ...world.keys, code: () => expect.unreachable("a key was derived") },
    };
    for (const epoch of ["v3", "v9999"]) {
      expect(await check(noKeys, { id: idIn(id.replace("v1", epoch)), code })).toEqual({
        kind: "refused",
        why: "verification-not-found",
      });
    }
    const later = { ...noKeys, keyEpoch: 4 };
    expect(await check(later, { id, code })).toMatchObject({ why: "verification-not-found" });
  });

  it.each([0, 2])(
    "of epoch 1 is good while functions of epoch %i are deployed beside it",
    async (keyEpoch) => {
      expect(epochOf(id)).toBe(1);
      expect(await check({ ...world, keyEpoch }, { id, code })).toMatchObject({
        result: "approved",
      });
    },
  );
});
