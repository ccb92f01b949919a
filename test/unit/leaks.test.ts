import { describe, expect, it } from "vitest";
import { type Evidence, leaksIn, type Secrets } from "../local/support/leaks.ts";

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
      ...["+44•••••••123", "1795482913000", "1482913", `SM${"482913".padEnd(32, "a")}`],
      ...["482913aa-0000-4000-8000-000000000000", "48291"],
    ];
    const found = leaksIn([{ where: "fine", text: text.join(" ") }], SECRETS);
    // Seven digits that hold the code are a leak: who prints a code with a digit before it has printed it.
    expect(found).toEqual(["fine: code 4…"]);
    expect(leaksIn([{ where: "fine", text: text.toSpliced(2, 1).join(" ") }], SECRETS)).toEqual([]);
  });
});
