/** What names a request and a verification: `Idempotency-Key`, and the id in the path. */
import assert from "node:assert/strict";
import { idempotencyKey, verificationId } from "../../../functions/http/headers.ts";
import {
  epochOf,
  isWithinReach,
  keyOf,
  newVerificationId,
} from "../../../functions/verification/identifiers.ts";
import { anEvent } from "../../../test/support/events.ts";
import { modeOf, refusedAs, seed, seedsOf } from "./target.ts";

export const reaches = [
  "functions/http/headers.ts",
  "functions/verification/identifiers.ts",
] as const;

/** Bits of the mode: 1 an id, not a key; 2 the header is spelled in another case. */
export function fuzz(data: Buffer): void {
  const { bit, rest } = modeOf(data);
  const text = rest.toString("utf8");
  if (bit(0)) insistOnId(text);
  else insistOnKey(text, bit(1) ? "iDEMPOTENCY-kEY" : "idempotency-key");
}

function insistOnKey(text: string, name: string): void {
  const taken = unlessRefused(/^idempotency-key-invalid$/, () =>
    idempotencyKey(anEvent({ headers: { [name]: text } })),
  );
  // RFC 8941 §3.3.3 without its escapes: quotes around it are none of it.
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  const bare = isQuoted ? text.slice(1, -1) : text;
  const letters = [...bare].map((letter) => letter.codePointAt(0) ?? 0);
  const isGood =
    bare.length >= 16 &&
    bare.length <= 255 &&
    letters.every((letter) => letter > 0x20 && letter < 0x7f);
  assert.equal(taken, isGood ? bare : undefined);
  if (taken === undefined) return;
  const quoted = idempotencyKey(anEvent({ headers: { [name]: `"${taken}"` } }));
  assert.equal(quoted, taken, "with quotes and without, it is one key");
}

function insistOnId(text: string): void {
  const id = unlessRefused(/^verification-not-found$/, () =>
    verificationId({ pathParameters: { id: text } }),
  );
  const [, epoch, letters] = /^v([0-9]{1,4})-(.*)$/s.exec(text) ?? [];
  const isGood =
    letters !== undefined &&
    letters.length === 24 &&
    Buffer.from(letters, "base64url").toString("base64url") === letters;
  assert.equal(id, isGood ? text : undefined);
  if (id === undefined) return;
  assert.equal(epochOf(id), Number(epoch));
  assert.equal(isWithinReach(id, { keyEpoch: Number(epoch) + 2 }), false);
  assert.match(keyOf(id), /^[A-Za-z0-9_-]{43}$/);
  const random = { bytes: () => Buffer.from(letters ?? "", "base64url") };
  assert.equal(keyOf(newVerificationId(Number(epoch), random)).length, 43);
}

function unlessRefused<Taken>(code: RegExp, take: () => Taken): Taken | undefined {
  try {
    return take();
  } catch (fault) {
    return refusedAs(code)(fault);
  }
}

export const seeds = [
  seed(2, '"0123456789abcdef"'),
  ...seedsOf(0, 'a"0123456789abcdef"', '"0123456789abcdef', "0123456789abcdef g", ""),
  ...seedsOf(0, "0123456789abcdef", "0123456789abcde\u00e9", `""${"a".repeat(14)}""`),
  ...[15, 255, 256].map((length) => seed(0, "a".repeat(length))),
  seed(0, `"${"a".repeat(16)}\n"`),
  ...seedsOf(1, `v1-${"A".repeat(24)}`, `v0001-${"_".repeat(24)}`, `v99999-${"A".repeat(24)}`),
  ...seedsOf(1, `v1-${"A".repeat(24)}\n`, `v1-${"A".repeat(23)}`, `v1-${"A".repeat(23)}/`),
  ...seedsOf(1, "", `V1-${"A".repeat(24)}`, "__proto__"),
];
