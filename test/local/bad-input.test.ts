import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../functions/policy/limits.ts";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { rawItems } from "./support/items.ts";
import { type RawRequest, rawRequest } from "./support/raw-request.ts";

let system: System;
/** A verification that is under way: bad checks and resends must not spend anything of it. */
let id: string;
let code: string;

beforeAll(async () => {
  system = await startPatientSystem();
  // News of the message would change its item between two looks at it.
  system.emulator.setCallbacks([]);
  const answer = await rawRequest(system.url, {
    path: "/v1/verifications",
    body: JSON.stringify({ to: "+447700900300" }),
  });
  id = JSON.parse(answer.body).id;
  code = /\d{6}/.exec((await system.handset.waitFor("+447700900300")).text)?.[0] ?? "";
});
afterAll(() => system.stop());

/** The whole of what a request may not change. */
async function state() {
  const { length: messages } = system.handset.messages();
  return { messages, items: await rawItems(system.engineEndpoint) };
}

/** Sends what is refused with one of these problems, and finds everything as it was. */
async function refused(request: RawRequest, ...problems: readonly string[]): Promise<void> {
  const before = await state();
  const answer = await rawRequest(system.url, request);
  expect(problems).toContain(JSON.parse(answer.body).code);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers.toLowerCase()).toContain("content-type: application/problem+json");
  expect(answer.headers.toLowerCase()).toContain("cache-control: no-store");
  expect(await state()).toEqual(before);
}

const START = "/v1/verifications";
const start = (body: RawRequest["body"] = "", headers?: readonly string[]): RawRequest =>
  headers === undefined ? { path: START, body } : { path: START, body, headers };
const check = (body: RawRequest["body"] = ""): RawRequest => ({
  path: `${START}/${id}/check`,
  body,
});
const resend = (body: RawRequest["body"] = ""): RawRequest => ({
  path: `${START}/${id}/resend`,
  body,
});

/** As a caller would write it, escapes and all. */
const to = (text: string): string => `{"to":"${text}"}`;

describe("a number in a spelling that libraries fold is refused, and nothing is sent, stored or spent", () => {
  const NUMBER = "+447400123456";
  const inDigitsFrom = (zero: number): string =>
    NUMBER.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

  it.each([
    ["national", "07400123456"],
    ["without its plus", "447400123456"],
    ["with spaces", "+44 7400 123456"],
    ["with dashes", "+44-7400-123456"],
    ["with dots and brackets", "+44.(7400).123456"],
    ["with a trunk zero in brackets", "+44 (0)7400 123456"],
    ["with a trunk zero", "+4407400123456"],
    ["with an international prefix", "00447400123456"],
    ["with two pluses", "++447400123456"],
    ["with a full-width plus", "\uff0b447400123456"],
    ["in full-width digits", inDigitsFrom(0xff10)],
    ["in Arabic-Indic digits", inDigitsFrom(0x0660)],
    ["in extended Arabic digits", inDigitsFrom(0x06f0)],
    ["in Devanagari digits", inDigitsFrom(0x0966)],
    ["in Bengali digits", inDigitsFrom(0x09e6)],
    ["in mathematical digits", inDigitsFrom(0x1d7ce)],
    ["with a no-break space", `${NUMBER}\u00a0`],
    ["with a zero-width space", "+44\u200b7400123456"],
    ["with a word joiner", "+44\u20607400123456"],
    ["with a right-to-left mark", `\u200f${NUMBER}`],
    ["with a soft hyphen", "+44\u00ad7400123456"],
    ["with a byte order mark", `\ufeff${NUMBER}`],
    ["with an extension", `${NUMBER}x123`],
    ["with an extension of RFC 3966", `${NUMBER};ext=1`],
    ["with an extension after a hash", `${NUMBER}#99`],
    ["with a subaddress", `${NUMBER};isub=1`],
    ["with a context", "7400123456;phone-context=+44"],
    ["as a tel: address", `tel:${NUMBER}`],
    ["as a WhatsApp address", `whatsapp:${NUMBER}`],
    ["as a SIP address", `sip:${NUMBER}@example.com`],
    ["as a client of Twilio", "client:joe"],
    ["with text before it", `call ${NUMBER}`],
    ["with text after it", `${NUMBER} now`],
    ["with a trailing NUL", `${NUMBER}\\u0000`],
    ["with a NUL inside", "+44\\u00007400123456"],
    ["with a line feed behind it", `${NUMBER}\\n`],
    ["with a header behind it", `${NUMBER}\\r\\nBcc: x`],
    ["with a tab", `${NUMBER}\\t`],
    ["with a lone high surrogate", `${NUMBER}\\ud800`],
    ["with a lone low surrogate", `\\udc00${NUMBER}`],
    ["twice with a comma", `${NUMBER},${NUMBER}`],
    ["twice with a semicolon", `${NUMBER};${NUMBER}`],
    ["in letters", "+44740FLOWERS"],
    ["in scientific notation", "4.47400123456e11"],
    ["in hexadecimal", "0x682B1A5F40"],
    ["with a minus", "-447400123456"],
    ["empty", ""],
    ["of spaces", "   "],
    ["with a plus and nothing else", "+"],
    ["too short", "+44740"],
    ["too long", "+4474001234567890"],
    ["as SQL", "' OR 1=1 --"],
    ["as a path", "../../etc/passwd"],
    ["as markup", "<script>1</script>"],
  ])("%s", async (_, spelling) => {
    await refused(start(to(spelling)), "phone-invalid");
  });

  it.each([
    ["of 65 characters", "+".padEnd(65, "4")],
    ["of 4 KiB", "4".repeat(4_050)],
  ])("%s", async (_, spelling) => {
    await refused(start(to(spelling)), "body-invalid");
  });
});

const WRONG_VALUES = [
  "null",
  "true",
  "false",
  "0",
  "447700900301",
  "1e400",
  "-0",
  "[]",
  '["+447700900301"]',
  '[["+447700900301"]]',
  "{}",
  '{"$ne":null}',
  '{"S":"+447700900301"}',
  '{"toString":"x"}',
];

describe("a value of another type than its field has is refused", () => {
  it.each(WRONG_VALUES)("to: %s", async (value) => {
    await refused(start(`{"to":${value}}`), "body-invalid");
  });

  it.each(["channel", "purpose", "nonce"])("%s, whatever it is", async (name) => {
    for (const value of [...WRONG_VALUES, '""', '"other"', '"__proto__"', '"constructor"']) {
      if (name === "nonce" && value.startsWith('"') && value !== '""') continue;
      await refused(start(`{"to":"+447700900301","${name}":${value}}`), "body-invalid");
    }
  });

  it.each(["a b", "\\u0000", "\\ud800", "ü", "n".repeat(65)])("nonce: %s", async (nonce) => {
    await refused(start(`{"to":"+447700900301","nonce":"${nonce}"}`), "body-invalid");
  });

  it.each([...WRONG_VALUES, '"1234567890123456789012345678901234567890"'])(
    "code: %s",
    async (value) => {
      await refused(check(`{"code":${value}}`), "body-invalid");
    },
  );

  it.each([...WRONG_VALUES, '"fax"', '"SMS"'])("channel of a resend: %s", async (value) => {
    await refused(resend(`{"channel":${value}}`), "body-invalid");
  });
});

describe("a code in another spelling than its own is refused and not counted", () => {
  const codes: readonly (readonly [string, (right: string) => string])[] = [
    ["as a number", (right) => String(Number(right))],
    ["with its leading zeros gone or one too many", (right) => JSON.stringify(`0${right}`)],
    ["with a digit missing", (right) => JSON.stringify(right.slice(1))],
    ["in a list", (right) => `["${right}"]`],
    ["in a list of all", () => JSON.stringify(Array.from({ length: 300 }, (_, n) => `${n}`))],
    ["in an object", (right) => `{"$eq":"${right}"}`],
    ["with a space before it", (right) => JSON.stringify(` ${right}`)],
    ["with a line feed behind it", (right) => JSON.stringify(`${right}\n`)],
    ["with a NUL behind it", (right) => JSON.stringify(`${right}\0`)],
    ["with a plus", (right) => JSON.stringify(`+${right}`)],
    ["with a hyphen", (right) => JSON.stringify(`${right.slice(0, 3)}-${right.slice(3)}`)],
    ["with a decimal point", (right) => JSON.stringify(`${right}.0`)],
    ["in full-width digits", (right) => JSON.stringify(fullWidth(right))],
    ["twice", (right) => JSON.stringify(`${right}${right}`)],
    ["with another behind a comma", (right) => JSON.stringify(`${right},123123`)],
    ["empty", () => '""'],
    ["in hexadecimal", (right) => JSON.stringify(`0x${Number(right).toString(16)}`)],
    ["with an exponent", () => '"1e5"'],
  ];

  it.each(codes)("%s", async (_, spell) => {
    await refused(check(`{"code":${spell(code)}}`), "code-malformed", "body-invalid");
  });

  it("and all of them together have spent no check", async () => {
    const answer = await rawRequest(system.url, { method: "GET", path: `${START}/${id}` });
    expect(JSON.parse(answer.body)).toMatchObject({ status: "pending", checksRemaining: 5 });
  });
});

function fullWidth(digits: string): string {
  return digits.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
}

const GOOD = '"to":"+447700900301"';

describe("a body that is not one flat object of known fields, each once, is refused", () => {
  it.each([
    ["nothing", ""],
    ["a space", " "],
    ["null", "null"],
    ["a text", '"+447700900301"'],
    ["a number", "447700900301"],
    ["a list", `[{${GOOD}}]`],
    ["an empty object", "{}"],
    ["half an object", `{${GOOD}`],
    ["two objects", `{${GOOD}}{${GOOD}}`],
    ["a trailing comma", `{${GOOD},}`],
    ["a comment", `{${GOOD}/* */}`],
    ["single quotes", "{'to':'+447700900301'}"],
    ["a form", "to=%2B447700900301"],
    ["a field twice", `{"to":"+447700900302",${GOOD}}`],
    ["a field twice, once escaped", `{"t\\u006f":"+447700900302",${GOOD}}`],
    ["an unknown field", `{${GOOD},"verified":true}`],
    ["a field of the store", `{${GOOD},"checks":0}`],
    ["a text for the message", `{${GOOD},"body":"Buy now"}`],
    ["__proto__", `{${GOOD},"__proto__":{"channel":"sms"}}`],
    ["constructor", `{${GOOD},"constructor":{"prototype":{}}}`],
    ["another case of a name", '{"To":"+447700900301"}'],
    ["a name with a NUL", `{${GOOD},"channel\\u0000":"sms"}`],
    ["a lone surrogate as a name", `{${GOOD},"\\ud800":1}`],
    ["a raw NUL", `{"to":"+447700900301\0"}`],
    ["a raw line feed in a text", `{"to":"+447700900301\n"}`],
    ["a byte order mark", `\ufeff{${GOOD}}`],
    ["deep nesting", `{"to":${"[".repeat(1_000)}${"]".repeat(1_000)}}`],
  ])("%s", async (_, body) => {
    await refused(start(body), "body-invalid");
  });

  it("__proto__ in a check, which says what the code is", async () => {
    await refused(check(`{"__proto__":{"code":"${code}"}}`), "body-invalid");
  });

  it.each([
    ["a lone byte", Buffer.from([0xff])],
    ["an overlong slash", Buffer.from([0xc0, 0xaf])],
    ["half a letter", Buffer.from([0xe2, 0x82])],
    ["an encoded surrogate", Buffer.from([0xed, 0xa0, 0x80])],
  ])("bytes that are no UTF-8 in a value: %s", async (_, bytes) => {
    const body = Buffer.concat([Buffer.from('{"to":"+447700900301'), bytes, Buffer.from('"}')]);
    await refused(start(body), "body-invalid", "phone-invalid");
  });

  it("bytes of UTF-16", async () => {
    await refused(start(Buffer.from(`{${GOOD}}`, "utf16le")), "body-invalid");
  });

  it.each([
    ["just above the limit", 4_097],
    ["of a megabyte", 1_048_576],
  ])("%s, although it is valid JSON", async (_, bytes) => {
    const body = `{${GOOD}}`.padEnd(bytes, " ");
    const before = await state();
    const answer = await rawRequest(system.url, start(body));
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body).code).toBe("body-too-large");
    expect(await state()).toEqual(before);
  });

  it.each([
    ["a megabyte in one value", `{"to":"${"4".repeat(1_048_576)}"}`],
    ["a megabyte of brackets", "[".repeat(1_048_576)],
    ["a megabyte of fields", `{${Array.from({ length: 60_000 }, (_, n) => `"f${n}":1`)}}`],
  ])("%s", async (_, body) => {
    await refused(start(body), "body-invalid", "body-too-large");
  });

  it("eleven megabytes, which the gateway does not take at all", async () => {
    await refused(start(Buffer.alloc(11 * 1_048_576, " ")), "body-too-large", "route-not-found");
  });
});

describe("a body of another media type is refused, whatever it holds", () => {
  it.each([
    "text/plain",
    "text/plain;application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json-patch+json",
    "application/vnd.api+json",
    "application/jsonx",
    "*/*",
    "json",
  ])("%s", async (type) => {
    await refused(start(`{${GOOD}}`, [`content-type: ${type}`]), "media-type-unsupported");
    await refused(
      { ...check(`{"code":"${code}"}`), headers: [`content-type: ${type}`] },
      "media-type-unsupported",
    );
  });

  it("none named", async () => {
    await refused(start(`{${GOOD}}`, []), "media-type-unsupported");
  });
});

describe("headers that are not what they must be are refused", () => {
  it.each([
    ["too short", "a".repeat(15)],
    ["too long", "a".repeat(256)],
    ["with a space", "a".repeat(15).concat(" b")],
    ["empty", ""],
    ["of quotes", '""'],
    ["with a letter beyond ASCII", "ä".repeat(16)],
  ])("an Idempotency-Key %s", async (_, key) => {
    const headers = ["content-type: application/json", `idempotency-key: ${key}`];
    await refused(start(`{${GOOD}}`, headers), "idempotency-key-invalid");
  });

  it.each(["https://evil.example", "null", "https://localhost", "http://localhost.evil.example"])(
    "a page from %s",
    async (origin) => {
      const headers = ["content-type: application/json", `origin: ${origin}`];
      await refused(start(`{${GOOD}}`, headers), "origin-not-allowed");
    },
  );
});

describe("a path or a method that is none is refused", () => {
  it.each([
    ["POST", "/v1/verifications/"],
    ["POST", "//v1/verifications"],
    ["POST", "/v1/./verifications"],
    ["POST", "/v1/%2e/verifications"],
    ["POST", "/v1/verifications;x=1"],
    ["POST", "/V1/Verifications"],
    ["POST", "/v1/verifications%2f"],
    ["POST", "/v1/verifications%00"],
    ["POST", "/v1/%ff"],
    ["PUT", "/v1/verifications"],
    ["PATCH", "/v1/verifications"],
    ["GET", "/v1/verifications"],
    ["PROPFIND", "/v1/verifications"],
    ["POST", "/v2/verifications"],
    ["POST", "/dev/v1/verifications"],
    ["POST", "*"],
  ])("%s %s", async (method, path) => {
    await refused({ method, path, body: `{${GOOD}}` }, "route-not-found");
  });

  it.each(["x", "v1-", "v1-0000000000000000000000000", "%00", "../../x", "__proto__", "v99999-a"])(
    "an id that is none: %s",
    async (wrong) => {
      const path = `${START}/${encodeURIComponent(wrong)}`;
      await refused({ method: "GET", path }, "verification-not-found");
      await refused({ path: `${path}/check`, body: '{"code":"123123"}' }, "verification-not-found");
      await refused({ path: `${path}/resend`, body: "{}" }, "verification-not-found");
      await refused({ method: "DELETE", path }, "verification-not-found");
    },
  );

  it("an id that nobody was given", async () => {
    await refused(
      { method: "GET", path: `${START}/v1-${"A".repeat(24)}` },
      "verification-not-found",
    );
  });
});

it("whatever a caller says of its address, it is one client", async () => {
  const names = [
    "x-forwarded-for",
    "X-Forwarded-For",
    "forwarded",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-originating-ip",
    "cloudfront-viewer-address",
  ];
  const fresh = await startPatientSystem();
  let started = 0;
  for (let index = 0; index < 40; index += 1) {
    const name = names[index % names.length] ?? "";
    const claim = name === "forwarded" ? `for=198.51.100.${index}` : `198.51.100.${index}`;
    const { status } = await rawRequest(fresh.url, {
      path: START,
      headers: ["content-type: application/json", `${name}: ${claim}`],
      body: to(`+4477009003${String(index).padStart(2, "0")}`),
    });
    started += status === 201 ? 1 : 0;
  }
  const items = await rawItems(fresh.engineEndpoint);
  await fresh.stop();
  const windows = items.flatMap((item) => /"scope#ipv4#([^#"]+)#\d+"/.exec(item)?.slice(1) ?? []);
  expect(new Set(windows).size).toBe(1);
  // The window may have ended meanwhile; never are there more starts than its limit.
  expect(started).toBeLessThanOrEqual(LIMITS.unverifiedSends.ipv4.max * windows.length);
  expect(started).toBeGreaterThan(0);
});

it("nothing of all this was logged as a fault", () => {
  const faults = system.logs.filter(({ line }) => /"level":"error"/i.test(line));
  expect(faults).toEqual([]);
});
