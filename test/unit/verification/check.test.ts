import { beforeEach, describe, expect, it } from "vitest";
import { check } from "../../../functions/verification/check.ts";
import {
  epochOf,
  keyOf,
  type VerificationId,
} from "../../../functions/verification/identifiers.ts";
import {
  type Deps,
  idIn,
  otherThan,
  over,
  someDeps,
  started,
  throttled,
} from "../../support/deps.ts";

let deps: Deps;
let id: VerificationId;
let code: string;

/** Which guess has which result, and which is counted, the model of test/property says. */
beforeEach(async () => {
  deps = someDeps();
  ({ id, code } = await started(deps, { nonce: "n-1" }));
});

const APPROVED = { result: "approved", status: "approved", checksRemaining: 4 };
const NOT_FOUND = { kind: "refused", why: "verification-not-found" };
const away = () => Promise.reject(new Error("KMS is away"));

describe("a right code", () => {
  it("is approved and proven, with what the start bound to it", async () => {
    deps.time.now += 10_500;
    const outcome = await check(deps, { id, code });
    expect(outcome).toMatchObject(APPROVED);
    const { proof } = Object(outcome);
    expect(JSON.parse(proof)).toEqual({
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
    expect(proof).not.toContain(id);
  });

  it("keeps its number of digits when its stage changes them, and any other number is refused uncounted", async () => {
    const eight = { ...deps, limits: { codeDigits: 8 } };
    const malformed = { kind: "refused", why: "code-malformed" };
    expect(await check(eight, { id, code: `0${code}` })).toEqual(malformed);
    expect(await check(deps, { id, code: `00${code}` })).toEqual(malformed);
    expect(await check(eight, { id, code })).toMatchObject(APPROVED);
  });

  it("is proven even where the bookings beside it fail", async () => {
    const numbers = over(deps, "numbers", { clearFailures: throttled });
    const scopes = over(numbers, "scopes", { decrement: throttled });
    const broken = over(scopes, "spend", { decrement: throttled });
    const proven = { result: "approved", proof: expect.any(String) };
    const outcomes = { report: throttled };
    expect(await check({ ...broken, outcomes }, { id, code })).toMatchObject(proven);
    expect(deps.faults).toEqual(Array(4).fill("approval-not-counted"));
  });

  it("is not spent while a key is out of reach", async () => {
    const noKeys = { ...deps, keys: { ...deps.keys, seal: away } };
    await expect(check(noKeys, { id, code })).rejects.toThrow("away");
    expect(await check(deps, { id, code })).toMatchObject(APPROVED);
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

  it("whose proof could not be signed is counted before that is answered, and proven to the same request", async () => {
    const request = { id, code, idempotencyKey: "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11" };
    await expect(check({ ...deps, signer: { sign: away } }, request)).rejects.toThrow("away");
    expect(deps.approvedMessages).toHaveLength(1);
    const proven = { result: "approved", proof: expect.any(String) };
    expect(await check(deps, request)).toMatchObject(proven);
  });
});

describe("a right code again", () => {
  const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

  it("under its key is proven with the same claims for five minutes", async () => {
    const first = await check(deps, { id, code, idempotencyKey });
    deps.time.now += 299_999;
    expect(await check(deps, { id, code, idempotencyKey })).toEqual(first);
    deps.time.now += 1;
    expect(await check(deps, { id, code, idempotencyKey })).toMatchObject({ result: "used" });
  });

  it("proves nothing to a wrong code that was tried before, under the key of the approval", async () => {
    await check(deps, { id, code: otherThan(code) });
    await check(deps, { id, code, idempotencyKey });
    const wrong = { id, code: otherThan(code), idempotencyKey };
    expect(await check(deps, wrong)).toMatchObject({ result: "used" });
  });
});

describe("a check", () => {
  it("whose failure cannot be counted returns nothing", async () => {
    const broken = over(deps, "numbers", { addFailure: throttled });
    await expect(check(broken, { id, code: otherThan(code) })).rejects.toThrow("throttled");
  });

  it("is written down with whose it was in pseudonyms, and how it ended", async () => {
    const number = (await deps.verifications.read(keyOf(id)))?.number;
    const client = { kind: "ipv4", pseudonym: expect.stringMatching(/^[\w-]{43}$/) };
    for (const guess of [otherThan(code), code])
      await check(deps, { id, code: guess, clientAddress: "192.0.2.1" });
    const verification = keyOf(id);
    const entry = { event: "check", verification, number, country: "GB", client, channel: "sms" };
    expect(deps.entries.filter(({ event }) => event === "check")).toEqual([
      { ...entry, result: "incorrect", checksRemaining: 4 },
      { ...entry, result: "approved", checksRemaining: 3 },
    ]);
  });

  it("that a store refused without a reason that stands may be asked again", async () => {
    const item = await deps.verifications.read(keyOf(id));
    const broken = over(deps, "verifications", { check: async () => ({ kind: "refused", item }) });
    expect(await check(broken, { id, code: otherThan(code) })).toEqual({
      kind: "refused",
      why: "request-in-progress",
    });
  });

  it("of an epoch that has no keys finds nothing", async () => {
    const derive = () => expect.unreachable("a key was derived");
    const noKeys = { ...deps, keys: { ...deps.keys, code: derive } };
    for (const epoch of ["v3", "v9999"])
      expect(await check(noKeys, { id: idIn(id.replace("v1", epoch)), code })).toEqual(NOT_FOUND);
    expect(await check({ ...noKeys, keyEpoch: 4 }, { id, code })).toEqual(NOT_FOUND);
  });

  it.each([0, 2])(
    "of epoch 1 is good while functions of epoch %i are deployed beside it",
    async (keyEpoch) => {
      expect(epochOf(id)).toBe(1);
      expect(await check({ ...deps, keyEpoch }, { id, code })).toMatchObject(APPROVED);
    },
  );
});
