import fc from "fast-check";
import type { ModelName } from "../../../infra/models.ts";
import { requestModel } from "../../../infra/models.ts";
import { bytesOfText, CANARY, liveOf, oddText } from "./placeholders.ts";

/** Bodies as texts of Latin-1, one letter a byte. */
export type Body = fc.Arbitrary<string>;

/** Numbers of fiction, below those for which Twilio's emulator simulates trouble; and some to which nothing may be sent. */
const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 899 }).map((last) => `+447700900${pad(last, 3)}`) },
  { weight: 3, arbitrary: fc.nat({ max: 999_999 }).map((last) => `+447400${pad(last, 6)}`) },
  fc.constantFrom("+33612345678", "+442079460018", "+449098790123", "07700900123", "+44", "+0"),
);

const pad = (value: number, length: number): string => String(value).padStart(length, "0");

/** What each field holds in an honest request. A field that is none of these is given odd texts. */
const HONEST: Readonly<Record<string, fc.Arbitrary<string>>> = {
  to: number,
  channel: fc.constantFrom("sms", "whatsapp", "voice"),
  locale: fc.constantFrom("en-GB", "de", "fr-CA", "xx", ""),
  platform: fc.constantFrom("web", "android", "ios"),
  purpose: fc.constantFrom("login", "signup", "transaction"),
  nonce: fc.constantFrom("n-1", CANARY),
  ticket: fc.constantFrom(`t1a2b3.${"A".repeat(43)}`, CANARY),
  challenge: fc.constant(CANARY),
  code: fc.oneof(fc.constantFrom("000000", "123123", "12", ""), liveOf("code")),
  clientAddress: fc.ipV4(),
};

/** The fields of a model, those that it asks for in every body and the others in some. */
function honest(model: ModelName): fc.Arbitrary<Record<string, unknown>> {
  const { properties, required } = requestModel(model);
  const fields = Object.keys(Object(properties));
  const always = Array.isArray(required) ? required : [];
  const shapes = Object.fromEntries(
    fields.map((field) => {
      const value = HONEST[field] ?? oddText;
      if (always.includes(field)) return [field, value];
      return [field, fc.option(value, { nil: undefined, freq: 1 })];
    }),
  );
  return fc.record(shapes).map((body) => JSON.parse(JSON.stringify(body)));
}

/** One field changed, taken away or added. */
function nearlyHonest(model: ModelName): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(Object(requestModel(model)["properties"]));
  const name = fc.oneof(fc.constantFrom(...names), fc.constantFrom("extra", "__proto__", "TO", ""));
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), oddText);
  return fc.tuple(honest(model), name, value, fc.boolean()).map(([body, field, other, isGone]) => {
    const entries = Object.entries(body).filter(([key]) => key !== field);
    return Object.fromEntries(isGone ? entries : [...entries, [field, other]]);
  });
}

type Damage = (text: string, at: number, odd: string) => string;

/** What can become of a JSON text. */
const DAMAGES: readonly Damage[] = [
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at, odd) => text.slice(0, at) + odd + text.slice(at),
  (text) => text.replace("{", '{"to":"+447700900899",'),
  (text) => text.replace("{", '{"__proto__":{"to":"x"},'),
  (text) => text.replace("{", '{"\\u0074o":"+447700900898",'),
  (text, _, odd) => text + odd,
  (text) => `${text}${text}`,
  (text) => `[${text}]`,
  (text) => `\u00ef\u00bb\u00bf${text}`,
  (text) => Buffer.from(text, "utf16le").toString("latin1"),
  (text, at) => `${text.slice(0, at)}\\ud800${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\u00ff\u00c0\u00af${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\u00ed\u00a0\u0080${text.slice(at)}`,
  (text) => `/**/${text}// x`,
  (text) => text.replaceAll('"', "'"),
  (text, at) => `${"[".repeat(at * 20)}${text}`,
  (_, at) => `${'{"a":'.repeat(at * 20)}1${"}".repeat(at * 20)}`,
  (text, at) => text.padEnd(4_090 + (at % 12), " "),
  (text, at) => text.replace("}", `,"x":"${"y".repeat(at * 400)}"}`),
];

function damaged(text: Body): Body {
  return fc
    .tuple(text, fc.constantFrom(...DAMAGES), fc.nat({ max: 200 }), oddText)
    .map(([whole, damage, at, odd]) => damage(whole, Math.min(at, whole.length), bytesOfText(odd)));
}

const asJson = (value: fc.Arbitrary<unknown>): Body =>
  value.map((whole) => bytesOfText(JSON.stringify(whole) ?? ""));

const anyBytes: Body = fc
  .uint8Array({ maxLength: 400 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));

/** Sizes at which something may end: our limits, a page of a buffer, the gateway's own. */
const huge: Body = fc
  .tuple(
    fc.constantFrom(4_096, 4_097, 16_384, 16_385, 65_537, 300_000),
    fc.constantFrom(" ", "[", '{"a":', "1", "\u00ff", "a=1&"),
  )
  .map(([bytes, piece]) => piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes));

/** Bodies that a route that takes JSON is sent by honest people; their code may be wrong, and their number one that nothing is sent to. */
export function honestBodies(model: ModelName): Body {
  return asJson(honest(model));
}

/** Bodies of a route that takes JSON. */
export function jsonBodies(model: ModelName): Body {
  return fc.oneof(
    { weight: 8, arbitrary: asJson(nearlyHonest(model)) },
    { weight: 8, arbitrary: damaged(asJson(honest(model))) },
    { weight: 3, arbitrary: asJson(fc.jsonValue()) },
    { weight: 2, arbitrary: anyBytes },
    { weight: 1, arbitrary: huge },
    { weight: 1, arbitrary: fc.constant("") },
  );
}

const FORMS = {
  MessageSid: fc.constantFrom(`SM${"1b".repeat(16)}`, "SM1", ""),
  MessageStatus: fc.constantFrom("queued", "delivered", "undelivered", "constructor", CANARY),
  CallSid: fc.constantFrom(`CA${"1b".repeat(16)}`, "", CANARY),
  CallStatus: fc.constantFrom("completed", "failed", "busy", "__proto__"),
  ErrorCode: fc.constantFrom("30003", "21610", "x"),
  Digits: fc.constantFrom("1", "", "##"),
} as const;

export const honestForms: Body = fc.record(FORMS, { requiredKeys: [] }).map(asForm);

/** Bodies of a route that the provider asks. */
export const formBodies: Body = fc.oneof(
  {
    weight: 3,
    arbitrary: damaged(honestForms),
  },
  { weight: 2, arbitrary: anyBytes },
  { weight: 1, arbitrary: huge },
  { weight: 1, arbitrary: fc.constantFrom("", "&", "=", "%", "%ff=%zz", "a&a&a", "+=+") },
);

function asForm(form: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(form).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return new URLSearchParams(Object.fromEntries(given)).toString();
}
