/** The signature of a callback, and the form that it is over. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { twilioSignatures } from "../../../functions/adapters/twilio/callbacks.ts";
import { signedForm } from "../../../functions/http/signed-form.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { anEvent } from "../../../test/support/events.ts";
import { linesOf, modeOf, refusedAs, seed, seedsOf } from "./target.ts";

export const reaches = [
  "functions/adapters/twilio/callbacks.ts",
  "functions/http/signed-form.ts",
] as const;

const PUBLIC_URL = "https://verify.example.com";
const PATH = "/v1/deliveries/twilio?message=1-AAAA";
const TOKENS = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"] as const;
const FORM = "application/x-www-form-urlencoded; charset=UTF-8";

/** Bits of the mode: 1, 2 signed under which token, or not; 4 over the address with its port; 8 as base64; 16 another media type; 32 one letter of it changed. */
export async function fuzz(data: Buffer): Promise<void> {
  const { bit, number, rest } = modeOf(data);
  const [[line = ""], body] = linesOf(rest, 1);
  const text = body.toString("utf8");
  const pairs = [...new URLSearchParams(text)];
  const url = PUBLIC_URL.concat(bit(2) ? ":443" : "", PATH);
  const token = TOKENS[(number & 3) - 1];
  const made = token === undefined ? line : expected(token, url, pairs);
  const signature = bit(5) ? made.replace(/[A-Za-z]/, line.charAt(0)) : made;
  const event = anEvent({
    body: body.toString(bit(3) ? "base64" : "utf8"),
    isBase64Encoded: bit(3),
    headers: {
      "Content-Type": bit(4) ? "application/json" : FORM,
      "x-TWILIO-signature": signature,
    },
  });
  const isSigned = TOKENS.some((one) =>
    ["", ":443"].some((port) => signature === expected(one, PUBLIC_URL + port + PATH, pairs)),
  );
  const taken = await signedForm(DEPS, event, PATH).catch(refusedAs(REFUSAL));
  const isTooLarge = Buffer.byteLength(bit(3) ? body : text) > LIMITS.callbackBytes;
  assert.deepEqual(taken, isSigned && !isTooLarge && !bit(4) ? pairs : undefined);
}

const DEPS = {
  publicUrl: PUBLIC_URL,
  signatureHeader: "x-twilio-signature",
  isSigned: twilioSignatures(
    async () => TOKENS,
    () => 0,
  ),
};
const REFUSAL = /^(signature-invalid|media-type-unsupported|body-too-large)$/;

type Pairs = readonly (readonly [name: string, value: string])[];

/** Twilio's scheme from its documentation, by sorting pairs where the product groups names; and by Twilio's own client, which cannot take __proto__ for a name. */
function expected(token: string, url: string, pairs: Pairs): string {
  const sorted = pairs.toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  const different = sorted.filter(
    ([name, value], index) => index === 0 || !isSame(sorted[index - 1], name, value),
  );
  const text = url + different.map(([name, value]) => name + value).join("");
  const signature = createHmac("sha1", token).update(text).digest("base64");
  const byName = Map.groupBy(pairs, ([name]) => name);
  const values = [...byName].map(([name, all]) => [name, all.map(([, value]) => value)] as const);
  if (!byName.has("__proto__"))
    assert.equal(signature, getExpectedTwilioSignature(token, url, Object.fromEntries(values)));
  return signature;
}

function isSame(pair: Pairs[number] | undefined, name: string, value: string): boolean {
  return pair !== undefined && pair[0] === name && pair[1] === value;
}

/** By UTF-16 units, as JavaScript sorts. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const DELIVERY = "MessageSid=SM1b1b&MessageStatus=delivered&To=%2B447700900123&Empty=";

export const seeds = [
  seed(0, `AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n${DELIVERY}`),
  ...[0, 1, 2, 5, 9, 17].map((mode) => seed(mode, `\n${DELIVERY}`)),
  seed(33, `B\n${DELIVERY}`),
  seed(1, "\na=1&a=2&a=1&__proto__=x&b=%ff%00&%f0%9f%98%80=%ed%a0%80&c"),
  ...seedsOf(1, `\na=${"1".repeat(17_000)}`, "\n"),
];
