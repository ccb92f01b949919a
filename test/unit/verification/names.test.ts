import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { check } from "../../../functions/verification/check.ts";
import {
  isScopeKey,
  isSealed,
  keyOf,
  newVerificationId,
  type VerificationId,
} from "../../../functions/verification/identifiers.ts";
import type { Claim, Key } from "../../../functions/verification/ports.ts";
import { resend } from "../../../functions/verification/resend.ts";
import { unseal } from "../../../functions/verification/seal.ts";
import { start } from "../../../functions/verification/start.ts";
import {
  aStart,
  type Deps,
  NOON,
  newestCode,
  otherThan,
  someDeps,
  started,
} from "../../support/deps.ts";

/**
 * The names that the table holds, worked out a second time. A version that named things otherwise would forget every limit, turn and ticket on the
 * day that it is deployed.
 */
function nameOf(key: Key, ...parts: readonly string[]): string {
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join("");
  return createHmac("sha256", key).update(text).digest("base64url");
}

const idempotencyKey = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";
const TO = "+447700900123";

let deps: Deps;
let claims: Claim[];
let id: VerificationId;

beforeEach(async () => {
  const stores = someDeps();
  claims = [];
  const claim: typeof stores.claims.claim = async (made) => {
    claims.push(made);
    return stores.claims.claim(made);
  };
  const random = { ...stores.random, bytes: (count: number) => Buffer.alloc(count, 5) };
  deps = { ...stores, random, claims: { ...stores.claims, claim } };
  ({ id } = await started(deps, { idempotencyKey, nonce: "n", platform: "ios" }));
});

const item = async () => {
  const verification = await deps.verifications.read(keyOf(id));
  if (verification === undefined) throw new Error("no verification");
  return verification;
};

describe("the name", () => {
  it("of a number, a client, neighbours, a country and the service is the same in every version", async () => {
    const index = await deps.keys.index();
    const number = nameOf(index, "number", TO);
    expect((await item()).number).toBe(number);
    expect(deps.entries[0]).toMatchObject({
      number,
      scopes: [
        { kind: "ipv4", pseudonym: nameOf(index, "client", "ipv4", "192.0.2.1") },
        { kind: "range", pseudonym: nameOf(index, "range", "+44770090") },
        { kind: "home-country", pseudonym: "GB" },
        { kind: "service", pseudonym: "all" },
      ],
    });
  });

  it("of a start is its idempotency key's, with a mark of its body, and its id sealed", async () => {
    const index = await deps.keys.index();
    const [claim] = claims;
    const body = JSON.stringify([TO, "sms", "login", "n", "en-GB", "ios"]);
    expect(claim?.key).toBe(nameOf(index, "start", idempotencyKey));
    expect(claim?.fingerprint).toBe(nameOf(index, "start body", body));
    const sealKey = Buffer.from(nameOf(index, "start seal", idempotencyKey), "base64url");
    expect(claim && unseal(sealKey, claim.key, claim.id)).toBe(id);
  });

  it("of a start without a nonce and a platform marks that they are not there", async () => {
    const to = "+447700900124";
    const { random } = someDeps();
    await start({ ...deps, random }, aStart({ to, idempotencyKey: `${idempotencyKey}-2` }));
    const body = JSON.stringify([to, "sms", "login", null, "en-GB", null]);
    const index = await deps.keys.index();
    expect(claims[1]?.fingerprint).toBe(nameOf(index, "start body", body));
  });

  it("of a code, and of the requests to check it and to send another, is bound to the id", async () => {
    const codeKey = await deps.keys.code(1);
    const code = newestCode(deps);
    expect((await item()).codes[0]?.mac).toBe(nameOf(codeKey, "code", id, code));
    await check(deps, { id, code: otherThan(code), idempotencyKey });
    expect((await item()).lastCheckKey).toBe(nameOf(codeKey, "check", id, idempotencyKey));
    deps.time.now += 30_000;
    await resend(deps, { id, idempotencyKey });
    expect((await item()).lastResendKey).toBe(nameOf(codeKey, "resend", id, idempotencyKey));
  });

  it("of a request without a key is drawn for it alone", async () => {
    const codeKey = await deps.keys.code(1);
    const drawn = Buffer.alloc(32, 5).toString("base64url");
    await check(deps, { id, code: otherThan(newestCode(deps)) });
    expect((await item()).lastCheckKey).toBe(nameOf(codeKey, "check once", id, drawn));
  });

  it("of a returning ticket is the moment in base 36 and a MAC over it and the number", async () => {
    const index = await deps.keys.index();
    const checked = await check(deps, { id, code: newestCode(deps) });
    const seconds = (NOON / 1_000).toString(36);
    const mac = nameOf(index, "ticket", nameOf(index, "number", TO), seconds);
    expect(checked).toMatchObject({ ticket: `${seconds}.${mac}` });
  });
});

describe("what we make ourselves", () => {
  it("is a fault where it has not the form that it must have", () => {
    const random = { bytes: (count: number) => Buffer.alloc(count) };
    expect(newVerificationId(9_999, random)).toBe(`v9999-${"A".repeat(24)}`);
    expect(() => newVerificationId(10_000, random)).toThrow("not an id of the key epochs");
  });

  it("is the key of a scope as a whole, or none", () => {
    const key = "ipv6-64#Aa_-0#12";
    const near = [` ${key}`, `X${key}`, `${key} `, `${key}x`, "ipv4##1", "#a#1", "ipv4#a#"];
    expect([isScopeKey(key), ...near.filter(isScopeKey)]).toEqual([true]);
  });

  it("opens only as what it was sealed for", async () => {
    const { sealed, purpose } = await item();
    const key = await deps.keys.seal(1);
    expect(JSON.parse(unseal(key, `${id}|${purpose}`, sealed))).toEqual([TO, "n"]);
    expect(isSealed(sealed)).toBe(true);
    expect(() => unseal(key, `${id}|signup`, sealed)).toThrow("authenticate");
  });
});
