import fc from "fast-check";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { sorting } from "../../evidence/fuzz/engine/trial.ts";
import { twilioSignature } from "../../functions/adapters/twilio/callbacks.ts";
import { greetingTwiml, speechTwiml } from "../../functions/adapters/twilio/twiml.ts";
import { parseBody } from "../../functions/http/body.ts";
import { idempotencyKey } from "../../functions/http/headers.ts";
import { START_REQUEST } from "../../functions/http/requests.ts";
import { LOCALES } from "../../functions/policy/messages/locales.ts";
import { matchLocale } from "../../functions/verification/locale.ts";
import { composeSms } from "../../functions/verification/message.ts";
import { judgePhone } from "../../functions/verification/phone-policy.ts";
import { PLATFORMS, PURPOSES } from "../../functions/verification/verification.ts";
import { STAGES } from "../../infra/stages.ts";
import { parseTwiml, type Verb } from "../../local/twilio/twiml.ts";
import { anEvent } from "../support/events.ts";
import { deployed } from "./support/deployed.ts";
import { numberSpellings } from "./support/number-spellings.ts";
import { type Attempt, targetOfFile } from "./support/target.ts";

const target = await targetOfFile();
// News of a message would change its item between two looks at it.
target.emulator.setCallbacks([]);
/** A verification that is under way: no bad request may spend anything of it. */
const bystander = await target.owned();

const JSON_TYPE = { "content-type": "application/json" } as const;
const asStart = (body: string): Attempt => ({ headers: JSON_TYPE, body });
const asCheck = (body: string): Attempt => ({
  path: `/v1/verifications/${bystander.id}/check`,
  headers: JSON_TYPE,
  body,
});
const asResend = (body: string): Attempt => ({
  path: `/v1/verifications/${bystander.id}/resend`,
  headers: JSON_TYPE,
  body,
});

/** Sends them all: each is refused with a problem of these, and nothing is stored, sent or spent. */
async function refusedAll(attempts: readonly Attempt[], ...problems: readonly string[]) {
  const before = await target.state();
  for (const attempt of attempts) {
    const { status, headers, body } = await target.ask(attempt);
    const sent = [attempt.path ?? "start", attempt.headers, String(attempt.body).slice(0, 200)];
    expect([...sent, body["code"]]).toEqual([...sent, expect.toBeOneOf([...problems])]);
    expect([...sent, status]).toEqual([
      ...sent,
      expect.toSatisfy((one) => one >= 400 && one < 500),
    ]);
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(headers["cache-control"]).toBe("no-store");
  }
  expect(await target.state()).toEqual(before);
}

/** Every type that JSON has, and what looks like something else to a reader who is kind. */
const WRONG_VALUES = [
  ...["null", "true", "false", "0", "-0", "1", "447700900301", "4.4e11", "1e400", "[]", "[[]]"],
  ...['["+447700900301"]', '["+447700900301","+447700900302"]', '[["+447700900301"]]', "{}"],
  ...['{"0":"+447700900301"}', '{"length":13}', '{"toString":"+447700900301"}'],
  ...['{"valueOf":"+447700900301"}', '{"S":"+447700900301"}', '{"$ne":null}', '{"e164":"+44"}'],
];

describe("types", () => {
  it("D1: a number, a code or any other field of another type than its own is refused, and never a fault", async () => {
    const good = '"to":"+447700900301"';
    const names = ["channel", "purpose", "nonce", "locale", "platform", "ticket", "challenge"];
    const attempts = WRONG_VALUES.flatMap((value) => [
      asStart(`{"to":${value}}`),
      asCheck(`{"code":${value}}`),
      asResend(`{"channel":${value}}`),
      ...names.map((name) => asStart(`{${good},"${name}":${value}}`)),
    ]);
    expect(attempts.length).toBeGreaterThan(200);
    await refusedAll(attempts, "body-invalid");
  });

  it("D1: a body that is no object of JSON at all is refused, and never a fault", async () => {
    const values = ["", " ", "null", "true", "0", '"+447700900301"', "[]", "[{}]", "undefined"];
    const nearly = ["{", "}", '{"to":"+447700900301",}', '{"to":"+447700900301"/* */}'];
    const quoted = ["{'to':'+447700900301'}", "to=%2B447700900301", '{"to":"+447700900301\0"}'];
    const marked = ['{"to":"+447700900301\n"}', '\ufeff{"to":"+447700900301"}'];
    const bodies = [...values, ...nearly, ...quoted, ...marked];
    const attempts = bodies.flatMap((body) => [asStart(body), asCheck(body), asResend(body)]);
    await refusedAll(attempts, "body-invalid");
  });
});

/** What is data for us and more than that for a database, wherever a text is taken. */
const OPERATORS = [
  ...['{"$ne":null}', '{"$gt":""}', '{"$regex":".*"}', '{"$where":"1"}', '{"S":"x"}'],
  '{"NULL":true}',
  ...["' OR '1'='1", "1; DROP TABLE t", "x' OR attribute_exists(pk) --", ":checks", "#status"],
  ...["attribute_not_exists(pk)", "SET checks = :zero", "$context.identity", "\u0024{7*7}"],
  "{{7*7}}",
];

describe("the database", () => {
  it("D2: an operator in place of a code or a number is refused, and spends no check", async () => {
    const objects = OPERATORS.filter((text) => text.startsWith('{"'));
    await refusedAll(
      objects.flatMap((operator) => [
        asCheck(`{"code":${operator}}`),
        asStart(`{"to":${operator}}`),
      ]),
      "body-invalid",
    );
    const texts = OPERATORS.map((text) => JSON.stringify(text));
    await refusedAll(
      texts.map((text) => asCheck(`{"code":${text}}`)),
      "code-malformed",
      "body-invalid",
    );
    await refusedAll(
      texts.map((text) => asStart(`{"to":${text}}`)),
      "phone-invalid",
    );
    const ids = OPERATORS.map((text) => `/v1/verifications/${encodeURIComponent(text)}`);
    await refusedAll(
      ids.flatMap((path) => [
        { method: "GET", path },
        { method: "DELETE", path },
        { path: `${path}/check`, headers: JSON_TYPE, body: '{"code":"123123"}' },
      ]),
      "verification-not-found",
    );
  });

  it("D2: no function speaks PartiQL or asks the table for more than one item by its key", async () => {
    const { template, bundles } = await deployed();
    expect(new Set(template.match(/dynamodb:\w+/g))).toEqual(
      new Set(["GetItem", "UpdateItem", "PutItem", "DeleteItem"].map((name) => `dynamodb:${name}`)),
    );
    const spoken = bundles.flatMap((text) =>
      text.match(/ExecuteStatement|PartiQL|ScanCommand\b|QueryCommand\b/g),
    );
    expect(new Set(spoken)).toEqual(new Set([null]));
  });
});

describe("numbers", () => {
  const spellings = Object.entries(numberSpellings("7400123456"));

  it("D3: none of the forty-five spellings of a number but its own is sent to, NUL, CR, LF and text around it included", async () => {
    expect(spellings).toHaveLength(45);
    const none = ["", "   ", "+", "+44740", "+4474001234567890", "<script>1</script>"];
    await refusedAll(
      [...spellings.map(([, spelling]) => spelling), ...none].map((to) =>
        asStart(JSON.stringify({ to })),
      ),
      "phone-invalid",
    );
    await refusedAll([asStart(JSON.stringify({ to: "+".padEnd(65, "4") }))], "body-invalid");
  });

  it("D4: two numbers are none, whatever stands between them and however they are given", async () => {
    const [one, two] = [target.newNumber(), target.newNumber()];
    const between = [...",;|&/ \t\n\0:+", ", ", "; ", "%2C", "%0a", " and ", "\r\nTo: ", "&to="];
    await refusedAll(
      between.map((separator) => asStart(JSON.stringify({ to: one + separator + two }))),
      "phone-invalid",
    );
    await refusedAll(
      [
        asStart(`{"to":"${one}","to":"${two}"}`),
        asStart(`{"to":"${one}","t\\u006f":"${two}"}`),
        asStart(`{"to":"${one}","To":"${two}"}`),
        asStart(`{"to":"${one}","to[]":"${two}"}`),
        asStart(`{"to":"${one}","cc":"${two}"}`),
        asStart(`{"to":["${one}","${two}"]}`),
        asStart(`[{"to":"${one}"},{"to":"${two}"}]`),
        asStart(`{"to":"${one}"}{"to":"${two}"}`),
        asStart(`{"to":"${one}"}\n{"to":"${two}"}`),
      ],
      "body-invalid",
    );
    expect([...target.textsTo(one), ...target.textsTo(two)]).toEqual([]);
    // Beside a good body, a second number in the address is nobody's.
    const { status } = await target.ask({
      path: `/v1/verifications?to=${encodeURIComponent(two)}`,
      body: { to: one },
    });
    expect([status, target.textsTo(two)]).toEqual([201, []]);
    expect((await target.handset.waitFor(one)).to).toBe(one);
  });

  it("D5: no address of another of Twilio's channels is a number, and what Twilio is given is the number and the channel that was chosen", async () => {
    const number = "+447400123456";
    const schemes = "whatsapp messenger sip sips client rcs channel tel sim".split(" ");
    const forged = [
      ...schemes.flatMap((scheme) => [`${scheme}:${number}`, `${scheme.toUpperCase()}:${number}`]),
      ...["client:joe", "sip:joe@evil.example", `MG${"0".repeat(32)}`, `HX${"0".repeat(32)}`],
      ...["&Body=x", "&From=%2B15005550006", "%26Body%3Dx", ";x"].map((more) => number + more),
    ];
    await refusedAll(
      forged.map((to) => asStart(JSON.stringify({ to }))),
      "phone-invalid",
    );
    const { to } = await target.owned({ nonce: "&To=+15005550006&Body=x" });
    const sms = target.handset.messages().find((message) => message.to === to);
    expect(target.emulator.stored(sms?.sid ?? "")).toMatchObject({ to, isTemplate: false });
    const byWhatsApp = await target.owned({ channel: "whatsapp" });
    const whatsapp = target.handset.messages().find((message) => message.to === byWhatsApp.to);
    expect(target.emulator.stored(whatsapp?.sid ?? "")).toMatchObject({
      to: `whatsapp:${byWhatsApp.to}`,
    });
  });
});

/** Every text that the stage could send with a code. */
function everyText(code: string): ReadonlySet<string> {
  const { brand } = STAGES.dev;
  const host = new URL(target.url).host;
  const hosts = [undefined, host, host.replace(/:\d+$/, ""), "127.0.0.1"];
  const texts = LOCALES.flatMap((locale) =>
    PURPOSES.flatMap((purpose) =>
      [undefined, ...PLATFORMS].flatMap((platform) =>
        hosts.map(
          (originHost) =>
            composeSms({
              ...{ purpose, locale, platform, brand, code, originHost, androidAppHash: "" },
              lifetimeSeconds: 300,
            }).text,
        ),
      ),
    ),
  );
  return new Set(texts);
}

const LURE = "Your parcel waits: https://evil.example/pay";

describe("words", () => {
  it("D6: whatever a caller writes where it may write, the text that arrives is one of ours, word for word", async () => {
    const said = LURE.replaceAll(" ", "-");
    const headers = {
      "user-agent": LURE,
      referer: "https://evil.example/",
      "x-app-name": LURE,
      "x-forwarded-host": "evil.example",
      "accept-language": `en;q=0.9, ${said}`,
      "idempotency-key": `${said}-0123456789`,
    };
    const bodies = [
      { nonce: said },
      { locale: "evil.example" },
      { locale: "cy", purpose: "transaction", nonce: said },
      { ticket: said },
      { challenge: LURE },
      { platform: "web", nonce: "@evil.example#123456" },
      { platform: "android", ticket: LURE },
      { platform: "ios", purpose: "password-reset" },
    ];
    for (const body of bodies) {
      const owned = await target.owned(body, {
        headers: { ...headers, "idempotency-key": `${said}-${JSON.stringify(body).length}` },
      });
      const [text = ""] = target.textsTo(owned.to);
      expect([text, everyText(owned.code).has(text)]).toEqual([text, true]);
    }
    const byPage = await target.owned(
      { platform: "web" },
      { headers: { ...headers, origin: target.url, "idempotency-key": `${said}-of-the-page` } },
    );
    const [text = ""] = target.textsTo(byPage.to);
    expect(text).not.toMatch(/evil|parcel|https?:/);
    expect(everyText(byPage.code).has(text)).toBe(true);
  });

  it("D7: a language that is a path, a name of every object, or no language at all is the language of the stage", async () => {
    const wrong = [
      ...["../../../etc/passwd", "..%2f..%2fx", "__proto__", "constructor", "toString", "valueOf"],
      ...["hasOwnProperty", "en/../../x", "en\0", "en\r\nX: y", "EN_gb", "*", "x-default", "a", ""],
      ...["i-klingon", "en-gb.ts", "file:///x", "<Say>", "\u0024{7}", "{brand}", "-", "e", "zz-ZZ"],
      "c".repeat(35),
    ];
    const english = everyText("123456");
    for (const locale of wrong) {
      const { to, code } = await target.owned({ locale });
      const [text = ""] = target.textsTo(to);
      expect([locale, english.has(text.replace(code, "123456"))]).toEqual([locale, true]);
      expect(text, locale).toMatch(/^\d{6} is your Latchkey Dev/);
    }
    await refusedAll(
      [asStart(JSON.stringify({ to: "+447700900301", locale: "e".repeat(36) }))],
      "body-invalid",
    );
  });
});

const HOSTILE = "</Say><Dial>+882123456789</Dial><Say>\"'&amp;<![CDATA[]]>&#0;\u0000\u0008";

const verbsOf = (document: string): readonly string[] =>
  parseTwiml(document).flatMap((verb: Verb) =>
    verb.verb === "Gather" ? ["Gather", ...verb.prompts.map((one) => one.verb)] : [verb.verb],
  );

it("D8: the text of a call is spoken and never executed", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constant(HOSTILE),
    fc.mixedCase(fc.constant("<dial>")),
  );
  fc.assert(
    fc.property(words, words, words, fc.webUrl(), (greeting, language, code, url) => {
      const voice = { language, voice: greeting };
      const asked = greetingTwiml({ ...voice, greeting }, `${url}?a=1&b="<Dial>"`);
      expect(verbsOf(asked)).toEqual(["Gather", "Say", "Gather", "Say"]);
      const script = {
        ...voice,
        code: greeting,
        again: greeting,
        warning: greeting,
        goodbye: greeting,
      };
      expect(verbsOf(speechTwiml({ kind: "over", script }))).toEqual(["Say"]);
      const spoken = speechTwiml({ kind: "spoken", script, code });
      expect(verbsOf(spoken)).toEqual(["Say", "Pause", "Say", "Pause", "Say"]);
    }),
    { numRuns: 300 },
  );
});

it("D9: nothing that a verification keeps can be set from outside, and no prototype either", async () => {
  const to = target.newNumber();
  const extra = [
    ...['"__proto__":{"checks":0}', '"constructor":{"prototype":{"polluted":1}}'],
    ...['"prototype":{}', '"checks":0', '"maxChecks":99', '"checksRemaining":99', '"attempts":0'],
    ...['"verified":true', '"status":"approved"', '"result":"approved"', '"tenantId":"x"'],
    ...['"id":"v1-x"', '"pk":"x"', '"expiresAt":9999999999999', '"number":"x"', '"country":"FR"'],
    ...['"brand":"x"', '"now":0', '"clientAddress":"192.0.2.1"', '"idempotencyKey":"x"'],
    ...['"originHost":"x"', '"unverified sends":[]', '"toString":"x"', '"hasOwnProperty":"x"'],
    ...['"":1', '"0":1', '"to\\u0000":"x"', '"\\ud800":1', '"__proto__":null'],
  ];
  const { code } = bystander;
  await refusedAll(
    extra.flatMap((field) => [
      asStart(`{"to":"${to}",${field}}`),
      asCheck(`{"code":"${code}",${field}}`),
      asResend(`{${field}}`),
    ]),
    "body-invalid",
  );
  await refusedAll(
    [
      asStart(`{"__proto__":{"to":"${to}"}}`),
      asCheck(`{"__proto__":{"code":"${code}"}}`),
      asCheck(`{"constructor":{"code":"${code}"}}`),
    ],
    "body-invalid",
  );
});

const MEGABYTE = 1_048_576;
const DEEP = 100_000;

it("D10: no reader of ours takes as long as a large sort for the worst that it can be given", () => {
  const plus = (text: string) => `+${text}`;
  const texts = [
    "4".repeat(MEGABYTE),
    plus("4".repeat(MEGABYTE)),
    "(".repeat(250),
    `+44${"-".repeat(240)}`,
    " ".repeat(MEGABYTE),
    `+44${"7 ".repeat(30)}`,
    "٤".repeat(64),
    `;ext=${"1".repeat(MEGABYTE)}`,
  ];
  const json = [
    `{"to":"${'\\"'.repeat(2_040)}"}`,
    `{"to":"${"\\\\".repeat(1_020)}"}`,
    `{${Array.from({ length: 400 }, (_, index) => `"${index}":""`).join()}}`,
    `{"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}`,
    "[".repeat(DEEP),
  ];
  const languages = [
    "en-".repeat(3_000),
    "a-b-c-d-e-f-g-h-i,".repeat(500),
    "q=".repeat(5_000),
    ";".repeat(10_000),
    `${"en;q=0.1,".repeat(1_000)}cy`,
  ];
  const form = Array.from({ length: 2_000 }, (_, index) => [`n${index % 7}`, `v${index}`] as const);
  const read: readonly (() => unknown)[] = [
    ...texts.map((to) => () => judgePhone(to, { fictionalNumbers: true, defaultCountry: "GB" })),
    ...json.map((body) => () => parseBody(anEvent({ body }), START_REQUEST)),
    ...languages.map(
      (acceptLanguage) => () =>
        matchLocale({ requested: acceptLanguage, acceptLanguage, offered: ["en-GB", "cy"] }),
    ),
    () => idempotencyKey(anEvent({ headers: { "idempotency-key": `"${"a".repeat(MEGABYTE)}` } })),
    () =>
      twilioSignature("0".repeat(32), { url: "https://verify.example.com/x", parameters: form }),
  ];
  expect(Math.max(...read.map(leastCpu))).toBeLessThan(leastCpu(sorting));
});

/** Every header by which a proxy or a framework is told of another host. */
const elsewhere = {
  "x-forwarded-host": "evil.example",
  "x-forwarded-server": "evil.example",
  "x-forwarded-proto": "http",
  "x-forwarded-prefix": "/evil",
  "x-forwarded-scheme": "http",
  "x-host": "evil.example",
  "x-http-host-override": "evil.example",
  "x-original-url": "/v1/server/verifications",
  "x-rewrite-url": "/v1/server/verifications",
  forwarded: "host=evil.example;proto=http",
  "x-amzn-apigateway-api-id": "evil",
  "x-amz-cf-id": "evil",
} as const;

it("D11: a header that names another host changes no address: not Twilio's, not the proof's, not the problem's", async () => {
  target.emulator.setCallbacks(undefined);
  const owned = await target.owned({}, { headers: elsewhere });
  await expect.poll(() => target.show(owned)).toMatchObject({ delivery: "delivered" });
  target.emulator.setCallbacks([]);
  const { body } = await target.check(owned.id, owned.code, { headers: elsewhere });
  expect(decodeJwt(String(body["proof"])).iss).toBe(target.url);
  const refused = await target.ask({ body: { to: "x" }, headers: elsewhere });
  expect(refused.body["type"]).toBe(`${target.url}/docs/reference/problems.md#phone-invalid`);
  const [text = ""] = target.textsTo(owned.to);
  for (const said of [text, JSON.stringify(body), JSON.stringify(refused.headers)])
    expect(said).not.toContain("evil");
});

/** What ends a line or commands a terminal: Unicode's control characters, and its two ends of a line. */
function controlsIn(text: string): readonly string[] {
  return text.match(/[\p{Cc}\u2028\u2029]/gu) ?? [];
}

/** What ends a line, colours a terminal, or is a formula to a spreadsheet. */
const payloads = [
  ...["\\r\\n{}", "\\u001b[2J", "=cmd|'/C calc'!A0", "@SUM(1)", "-1+1", "\\u2028", "%0d%0a"],
];

it("D12: a caller starts no line, ends none, and puts no letter of its own into one", async () => {
  const before = target.logs.length;
  for (const payload of payloads) {
    const header = payload.replace(/\\\w+/g, "\t").slice(0, 40);
    await target.ask(asStart(`{"to":"INJECTED${payload}"}`));
    await target.ask(asStart(`{"to":"+447700900301","purpose":"INJECTED${payload}"}`));
    await target.ask(asCheck(`{"code":"INJECTED${payload}"}`));
    await target.ask({
      method: "GET",
      path: `/v1/verifications/INJECTED${encodeURIComponent(payload)}`,
      headers: Object.fromEntries(
        ["user-agent", "x-amzn-requestid", "x-amzn-trace-id", "referer", "origin"]
          .concat("idempotency-key")
          .map((name) => [name, `INJECTED${header}`]),
      ),
    });
  }
  const lines = target.logs.slice(before).map(({ line }) => line);
  expect(lines.length).toBeGreaterThanOrEqual(2 * payloads.length);
  for (const line of lines) {
    expect(line).not.toContain("INJECTED");
    expect(controlsIn(line)).toEqual([]);
    const told: Readonly<Record<string, unknown>> = JSON.parse(line);
    expect(told).toMatchObject({ level: expect.any(String), event: expect.any(String) });
    for (const value of Object.values(told)) expect(String(value)).not.toMatch(/^[=@+-]/);
  }
  const { lines: told } = await target.written();
  expect(told.filter(({ text }) => text.includes("INJECTED"))).toEqual([]);
});

it("all that this file has made the system log has no fault", () => {
  expect(target.logs.filter(({ line }) => /"level":"error"/i.test(line))).toEqual([]);
});

/** The least processor time that one of five runs takes, in milliseconds. What other programs do on the machine does not count. */
function leastCpu(work: () => unknown): number {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    try {
      work();
    } catch {
      // How an input is refused is asserted elsewhere.
    }
    return process.cpuUsage(before).user / 1_000;
  });
  return Math.min(...runs);
}
