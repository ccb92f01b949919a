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
  type Deps,
  fictionalNumber,
  idIn,
  newestCode,
  otherThan,
  someDeps,
} from "../../support/deps.ts";

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";
const anotherKey = "aa0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

let deps: Deps;
let id: VerificationId;
let code: string;

beforeEach(async () => {
  deps = someDeps();
  const outcome = await start(deps, aStart({ nonce: "n-1" }));
  if (outcome.kind !== "started") throw new Error(outcome.why);
  id = idIn(outcome.view.id);
  code = newestCode(deps);
});

async function checked(guess: string, key?: string): Promise<Checked> {
  const outcome = await check(deps, { id, code: guess, idempotencyKey: key });
  if (outcome.kind !== "checked") throw new Error(outcome.why);
  return outcome;
}

const claimsOf = ({ proof = "" }: Checked): Record<string, unknown> => JSON.parse(proof);

describe("a right code", () => {
  it("is approved and proven, with what the start bound to it", async () => {
    deps.time.now += 10_500;
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
      iat: Math.floor(deps.time.now / 1_000),
      exp: Math.floor(deps.time.now / 1_000) + 300,
    });
    expect(claimsOf(outcome)["jti"]).not.toContain(id);
  });

  it("of a start without a nonce proves nothing of one", async () => {
    const outcome = await start(deps, aStart({ to: fictionalNumber(7) }));
    if (outcome.kind !== "started") throw new Error(outcome.why);
    const approved = await check(deps, { id: idIn(outcome.view.id), code: newestCode(deps) });
    if (approved.kind !== "checked") throw new Error(approved.why);
    expect(claimsOf(approved)).not.toHaveProperty("nonce");
  });

  it("keeps its number of digits when its stage changes them, and any other number is refused uncounted", async () => {
    const check8 = (guess: string) =>
      check({ ...deps, limits: { codeDigits: 8 } }, { id, code: guess });
    expect(await check8(`0${code}`)).toEqual({ kind: "refused", why: "code-malformed" });
    expect(await check(deps, { id, code: `00${code}` })).toMatchObject({ why: "code-malformed" });
    expect(await check8(code)).toMatchObject({ result: "approved", checksRemaining: 4 });
  });

  it("is good once", async () => {
    await checked(code);
    expect(await checked(code)).toMatchObject({ result: "used", status: "approved" });
    expect((await checked(code)).proof).toBeUndefined();
  });

  it("gives its proof again to the same request for five minutes, with the same claims", async () => {
    const first = await checked(code, idempotencyKey);
    deps.time.now += 299_000;
    expect(claimsOf(await checked(code, idempotencyKey))).toEqual(claimsOf(first));
    expect(await checked(code, anotherKey)).toMatchObject({ result: "used" });
    expect(await checked(otherThan(code), idempotencyKey)).toMatchObject({ result: "used" });
    deps.time.now += 1_000;
    expect(await checked(code, idempotencyKey)).toMatchObject({ result: "used" });
  });

  it("reports its message and clears the failures of its number", async () => {
    await checked(otherThan(code));
    await checked(code);
    expect(deps.approvedMessages).toEqual([`SM${"1".padStart(32, "0")}`]);
    for (let index = 0; index < LIMITS.consecutiveFailures - 1; index++) {
      const [number] = await numbersOf();
      await deps.numbers.addFailure(number, deps.time.now);
    }
    deps.time.now += 600_000;
    expect((await start(deps, aStart())).kind).toBe("started");
  });

  it("pays the unverified sends of its start, so that its client may start four more", async () => {
    await checked(code);
    let starts = 0;
    for (let index = 200; index < 260; index++) {
      const outcome = await start(deps, aStart({ to: `+447700900${index}` }));
      if (outcome.kind === "started") starts++;
    }
    expect(starts).toBe(LIMITS.unverifiedSends.ipv4.max - 1 + LIMITS.decrementPerApproval);
  });

  it("is proven even where the bookings beside it fail", async () => {
    const fail = () => Promise.reject(new Error("throttled"));
    const broken = {
      ...deps,
      numbers: { ...deps.numbers, clearFailures: fail },
      scopes: { ...deps.scopes, decrement: fail },
      outcomes: { report: fail },
    };
    expect(await check(broken, { id, code })).toMatchObject({
      result: "approved",
      proof: expect.any(String),
    });
    expect(deps.faults).toEqual(Array(6).fill("approval-not-counted"));
  });

  it("is not spent while a key is out of reach", async () => {
    const seal = () => Promise.reject(new Error("KMS is away"));
    await expect(check({ ...deps, keys: { ...deps.keys, seal } }, { id, code })).rejects.toThrow(
      "away",
    );
    expect(await checked(code)).toMatchObject({ result: "approved", checksRemaining: 4 });
  });

  it("of a message that the provider gave no name reports nothing", async () => {
    deps.provider.outcome = "unknown";
    const outcome = await start(deps, aStart({ to: fictionalNumber(7) }));
    if (outcome.kind !== "started") throw new Error(outcome.why);
    const unnamed = { id: idIn(outcome.view.id), code: newestCode(deps) };
    expect(await check(deps, unnamed)).toMatchObject({ result: "approved" });
    expect([deps.approvedMessages, deps.faults]).toEqual([[], []]);
  });

  it("is answered once its bookings are done, since a frozen function does none", async () => {
    const done: string[] = [];
    const report = async () => {
      await new Promise(setImmediate);
      done.push("reported");
    };
    await check({ ...deps, outcomes: { report } }, { id, code });
    expect(done).toEqual(["reported"]);
  });

  it("typed from an older message reports that message", async () => {
    deps.time.now += 30_000;
    await resend(deps, { id });
    await checked(code);
    expect(deps.approvedMessages).toEqual([`SM${"1".padStart(32, "0")}`]);
  });

  it("is booked before a fault of the signature is told", async () => {
    const sign = () => Promise.reject(new Error("KMS is away"));
    await expect(check({ ...deps, signer: { sign } }, { id, code })).rejects.toThrow("away");
    expect(deps.approvedMessages).toHaveLength(1);
  });

  it("gives no proof for a wrong code that was tried before, under the key of the approval", async () => {
    await checked(otherThan(code));
    await checked(code, idempotencyKey);
    expect(await checked(otherThan(code), idempotencyKey)).toMatchObject({ result: "used" });
  });

  it("gives no proof for another sent code under the key of the approval", async () => {
    deps.time.now += 30_000;
    await resend(deps, { id });
    await checked(code, idempotencyKey);
    expect(await checked(newestCode(deps), idempotencyKey)).toMatchObject({ result: "used" });
  });

  it("whose proof could not be signed can be fetched by the same request", async () => {
    const sign = () => Promise.reject(new Error("KMS is away"));
    await expect(
      check({ ...deps, signer: { sign } }, { id, code, idempotencyKey }),
    ).rejects.toThrow("away");
    expect(await checked(code, idempotencyKey)).toMatchObject({
      result: "approved",
      proof: expect.any(String),
    });
  });
});

async function numbersOf() {
  const verification = await deps.verifications.read(keyOf(id));
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
    const broken = { ...deps, numbers: { ...deps.numbers, addFailure } };
    await expect(check(broken, { id, code: otherThan(code) })).rejects.toThrow("throttled");
  });

  it("with the idempotency key of another guess is refused, uncounted", async () => {
    await checked(otherThan(code), idempotencyKey);
    expect(await check(deps, { id, code, idempotencyKey })).toEqual({
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
      await check(deps, { id, code: guess, clientAddress: "192.0.2.1" });
    expect(deps.entries.filter(({ event }) => event === "check")).toEqual(
      ["incorrect", "approved"].map((result) => ({
        event: "check",
        result,
        number,
        country: "GB",
        client,
        channel: "sms",
      })),
    );
  });

  it("that a store refused without a reason that stands may be asked again", async () => {
    const item = await deps.verifications.read(keyOf(id));
    const refused = async () => ({ kind: "refused", item }) as const;
    const verifications = { ...deps.verifications, check: refused };
    expect(await check({ ...deps, verifications }, { id, code: otherThan(code) })).toEqual({
      kind: "refused",
      why: "request-in-progress",
    });
  });
});

describe("an old code", () => {
  it("is good until its own end, and then is told apart, uncounted", async () => {
    deps.time.now += 200_000;
    await resend(deps, { id });
    const newer = newestCode(deps);
    deps.time.now += 100_000;
    expect(await checked(code)).toMatchObject({
      result: "code-expired",
      status: "pending",
      checksRemaining: 5,
    });
    expect(await checked(newer)).toMatchObject({ result: "approved" });
  });

  it("typed late is good while it lives, and then no newer one is", async () => {
    deps.time.now += 200_000;
    await resend(deps, { id });
    expect(await checked(code)).toMatchObject({ result: "approved" });
    expect(await checked(newestCode(deps))).toMatchObject({ result: "used" });
  });

  it("does nothing to the millisecond on which it ends", async () => {
    deps.time.now += 299_999;
    expect(await checked(otherThan(code))).toMatchObject({ status: "pending" });
    deps.time.now += 1;
    expect(await checked(code)).toMatchObject({ result: "expired", status: "expired" });
  });
});

describe("an id", () => {
  it("that nobody was given is not found, and so is one of an epoch that has no keys", async () => {
    const unknown = idIn(`v1-${"A".repeat(24)}`);
    expect(await check(deps, { id: unknown, code })).toEqual({
      kind: "refused",
      why: "verification-not-found",
    });
    const noKeys = {
      ...deps,
      keys: { ...deps.keys, code: () => expect.unreachable("a key was derived") },
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
      expect(await check({ ...deps, keyEpoch }, { id, code })).toMatchObject({
        result: "approved",
      });
    },
  );
});
