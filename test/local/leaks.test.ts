import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { System } from "../../local/system.ts";
import { faultLine, requestLine } from "../../local/terminal.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { rawItems } from "./support/items.ts";
import { type Evidence, leaksIn, type Secrets, withoutProvenNumbers } from "./support/leaks.ts";

const CODE = "482913";
const NUMBER = "+447700900123";
const SECRETS: Secrets = { codes: [CODE], numbers: [NUMBER] };

const asBase64 = (text: string) => Buffer.from(text).toString("base64");
const asBase64url = (text: string) => Buffer.from(text).toString("base64url");
const asHex = (text: string) => Buffer.from(text).toString("hex");
const asJwt = (claims: object) =>
  [{ alg: "RS256" }, claims, "x"].map((part) => asBase64url(JSON.stringify(part))).join(".");
const backwards = (text: string) => [...text].reverse().join("");

describe("the scan for leaks turns red", () => {
  it.each<readonly [string, (secret: string) => string]>([
    ["plain", (secret) => secret],
    ["in base64", asBase64],
    ["in base64url", asBase64url],
    ["in base64 behind one other byte", (secret) => asBase64(`.${secret}`)],
    ["in base64 behind two other bytes", (secret) => asBase64(`..${secret}..`)],
    ["in hex", asHex],
    ["in upper-case hex", (secret) => asHex(secret).toUpperCase()],
    ["percent-encoded", (secret) => encodeURIComponent(secret)],
    [
      "percent-encoded throughout",
      (secret) => secret.replace(/./g, (letter) => `%${asHex(letter)}`),
    ],
    ["backwards", backwards],
    ["backwards in base64", (secret) => asBase64(backwards(secret))],
    ["in the claims of a token", (secret) => asJwt({ sub: secret })],
    ["in a token in a token", (secret) => asJwt({ inner: asJwt({ code: secret }) })],
    ["in JSON in JSON", (secret) => JSON.stringify(JSON.stringify({ said: secret }))],
    ["as escapes of JSON", (secret) => secret.replace(/./g, (l) => `\\u00${asHex(l)}`)],
    ["with letters around it", (secret) => `x${secret}y`],
  ])("for a code or a number %s", (_, encode) => {
    const around = (secret: string): Evidence[] => [
      { where: "fine", text: '{"at":1795000000000}' },
      { where: "leak", text: `{"said":"${encode(secret)}","at":1795000000000}` },
    ];
    expect(leaksIn(around(CODE), SECRETS)).toEqual(["leak: code 4…"]);
    expect(leaksIn(around(NUMBER), SECRETS)).toEqual(["leak: number …23"]);
  });

  it.each(["07700900123", "07700 900123", "+44 7700 900 123", "447700900123", "7700-900-123"])(
    "for the number as %s",
    (spelling) => {
      expect(leaksIn([{ where: "page", text: `<p>${spelling}</p>` }], SECRETS)).toEqual([
        "page: number …23",
      ]);
    },
  );

  it("and stays green for what only looks like them", () => {
    const text = [
      "+44•••••••123",
      "1795482913000",
      "1482913",
      `SM${"482913".padEnd(32, "a")}`,
      "482913aa-0000-4000-8000-000000000000",
      "48291",
    ];
    const found = leaksIn([{ where: "fine", text: text.join(" ") }], SECRETS);
    // Seven digits that hold the code are a leak: who prints a code with a digit before it has printed it.
    expect(found).toEqual(["fine: code 4…"]);
    expect(leaksIn([{ where: "fine", text: text.toSpliced(2, 1).join(" ") }], SECRETS)).toEqual([]);
  });
});

describe("a whole run", () => {
  const evidence: Evidence[] = [];
  const codes = new Set<string>();
  const numbers = new Set<string>();
  let system: System;

  beforeAll(async () => {
    const terminal = (line: string | undefined) =>
      evidence.push({ where: "terminal", text: line ?? "" });
    system = await startPatientSystem({
      onServed: (served) => terminal(requestLine(served)),
      onLine: (line) => terminal(faultLine(line)),
    });
    const before = await pages();
    await everythingThatHappens();
    expect(await pages()).toEqual(before);
    const items = await rawItems(system.engineEndpoint);
    evidence.push(...items.map((text) => ({ where: "item", text })));
    evidence.push(...system.logs.map(({ line }) => ({ where: "log", text: line })));
    await call("GET", "/.well-known/jwks.json");
    await call("GET", "/.well-known/openid-configuration");
  });
  afterAll(() => system.stop());

  /** They are the same for everybody, whatever has happened. What a browser makes of them is scanned with the browser. */
  function pages(): Promise<readonly string[]> {
    const paths = ["/", "/handset", "/pages/sign-in.js", "/pages/handset.js", "/README.md"];
    return Promise.all(paths.map(async (path) => (await fetch(system.url + path)).text()));
  }

  async function call(method: string, path: string, body?: unknown, more = {}) {
    const response = await fetch(system.url + path, {
      method,
      headers: { "content-type": "application/json", ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const headers = JSON.stringify([...response.headers]);
    evidence.push({ where: `${method} ${response.status} headers`, text: headers });
    evidence.push({ where: `${method} ${response.status} body`, text });
    return text.startsWith("{") ? JSON.parse(text) : text;
  }

  /** Every end and every fault that the local system can be brought to. */
  async function everythingThatHappens(): Promise<void> {
    const approved = await started("+447700900501");
    await call("POST", `${approved.path}/check`, { code: another(approved.code) });
    await call("POST", `${approved.path}/resend`, {});
    const key = { "idempotency-key": "0123456789-leak-scan" };
    await call("POST", `${approved.path}/check`, { code: approved.code }, key);
    await call("POST", `${approved.path}/check`, { code: approved.code }, key);
    await call("POST", `${approved.path}/check`, { code: approved.code });
    await call("GET", approved.path);
    await call("DELETE", approved.path);

    const canceled = await started("+447700900502");
    await call("DELETE", canceled.path);
    await call("POST", `${canceled.path}/check`, { code: canceled.code });

    const exhausted = await started("+447700900503");
    for (let index = 1; index <= 6; index += 1)
      await call("POST", `${exhausted.path}/check`, { code: another(exhausted.code, index) });
    await call("POST", `${exhausted.path}/check`, { code: exhausted.code });
    await call("POST", `${exhausted.path}/check`, { code: `${exhausted.code} ` });
    await call("POST", `${exhausted.path}/${exhausted.code}`, {});

    for (const to of ["+447700900501", "+442079460018", "+447700900503 ", "+33612345678"]) {
      numbers.add(to.trim());
      await call("POST", "/v1/verifications", { to, nonce: "n-1" });
      await call("POST", "/v1/verifications", { to, unknown: to });
      await call("POST", `/v1/verifications/${encodeURIComponent(to)}/check`, { code: "123123" });
    }
    // Twilio's own words of refusal hold the number.
    for (let last = 990; last <= 996; last += 1) {
      numbers.add(`+447700900${last}`);
      await call("POST", "/v1/verifications", { to: `+447700900${last}` });
    }
    for (const { to, text } of system.handset.messages()) {
      numbers.add(to);
      codes.add(/\d{6}/.exec(text)?.[0] ?? "");
    }
  }

  async function started(to: string) {
    const { id } = await call("POST", "/v1/verifications", { to, purpose: "signup" });
    const { text } = await system.handset.waitFor(to);
    return { path: `/v1/verifications/${id}`, code: /\d{6}/.exec(text)?.[0] ?? "" };
  }

  function another(code: string, by = 1): string {
    return String((Number(code) + by) % 1_000_000).padStart(6, "0");
  }

  it("has seen answers, headers, lines and items, and secrets to look for", () => {
    const places = new Set(evidence.map(({ where }) => where.split(" ").at(-1)));
    expect(places).toEqual(new Set(["headers", "body", "terminal", "item", "log"]));
    const statuses = new Set(evidence.flatMap(({ where }) => where.match(/\d{3}/) ?? []));
    for (const status of ["200", "201", "204", "400", "404", "409", "422", "429", "503"])
      expect(statuses).toContain(status);
    expect(evidence.some(({ text }) => text.includes('"event":"fault"'))).toBe(true);
    expect(evidence.length).toBeGreaterThan(100);
    expect(codes.size).toBeGreaterThanOrEqual(4);
    expect(numbers.size).toBeGreaterThanOrEqual(10);
  });

  it("shows no code and no number, but for the number in two claims of a proof", () => {
    const secrets = { codes: [...codes], numbers: [...numbers] };
    expect(leaksIn(withoutProvenNumbers(evidence), secrets)).toEqual([]);
    const proven = leaksIn(evidence, secrets);
    expect(new Set(proven)).toEqual(new Set(["POST 200 body: number …01"]));
  });

  it.each(["POST 201 body", "POST 201 headers", "terminal", "item", "log", "GET 200 body"])(
    "would show a leak in one of its own places: %s",
    (where) => {
      const [code = ""] = codes;
      const planted = evidence.map((one) =>
        one.where === where ? { where, text: `${one.text} ${asBase64url(`..${code}`)}` } : one,
      );
      expect(leaksIn(planted, { codes: [code], numbers: [] })).toContain(
        `${where}: code ${code.slice(0, 1)}…`,
      );
    },
  );
});
