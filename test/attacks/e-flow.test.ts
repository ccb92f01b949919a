import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { createProofCheck } from "../../examples/node/check-proof.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { isE164, keyOf } from "../../functions/verification/identifiers.ts";
import { proofClaims } from "../../functions/verification/proof.ts";
import { PURPOSES } from "../../functions/verification/verification.ts";
import { STAGES } from "../../infra/stages.ts";
import { synthesizedAssembly } from "../../local/assembly.ts";
import { fictionalNumber, idIn } from "../support/deps.ts";
import { forgedProofs, respelled } from "./support/forged-proofs.ts";
import { kmsOf } from "./support/kms-of.ts";
import { type Attempt, pathOf, targetOfFile } from "./support/target.ts";
import { untilRefused } from "./support/until-refused.ts";

const target = await targetOfFile();

const AUDIENCE = STAGES.dev.proofAudience;
/** An approval, and the proof of it. */
async function proven(body: Readonly<Record<string, unknown>> = {}) {
  const owned = await target.owned(body);
  const { body: told } = await target.check(owned.id, owned.code);
  expect(told).toMatchObject({ result: "approved" });
  return { ...owned, proof: String(told["proof"]) };
}

describe("whose code it is", () => {
  it("E1: a code of one number proves no other, whatever the check names beside it", async () => {
    const [attacker, victim] = [await target.owned(), await target.owned()];
    const path = `${pathOf(victim)}/check`;
    const named = ["to", "phone", "phoneNumber"].map((name) => ({ [name]: attacker.to }));
    for (const more of [...named, { id: attacker.id }]) {
      const { status, body } = await target.ask({ path, body: { code: attacker.code, ...more } });
      expect([more, status, body["code"]]).toEqual([more, 400, "body-invalid"]);
    }
    const { body } = await target.check(victim.id, attacker.code);
    expect(body).toMatchObject({ result: "incorrect", checksRemaining: 4 });
    expect(body).not.toHaveProperty("proof");
  });

  it("E2: who holds the code alone, and no id, has nowhere to type it", async () => {
    const { to, code, id } = await target.owned();
    const attempts = [
      { path: "/v1/verifications/check", body: { code } },
      { path: "/v1/verifications/check", body: { to, code } },
      { path: `/v1/verifications/${encodeURIComponent(to)}/check`, body: { code } },
      { path: `/v1/verifications/${keyOf(idIn(id))}/check`, body: { code } },
      { path: "/v1/verifications", body: { to, code } },
    ];
    for (const attempt of attempts) {
      const { status, body } = await target.ask(attempt);
      expect([attempt.path, status]).toEqual([attempt.path, expect.toBeOneOf([400, 404])]);
      expect(body).not.toHaveProperty("proof");
    }
    expect(await target.show({ id })).toMatchObject({ status: "pending", checksRemaining: 5 });
  });
});

describe("what a code is for", () => {
  it("E3: a proof for one purpose is refused for each of the others, and for another system", async () => {
    const check = createProofCheck(target.url, AUDIENCE);
    const another = createProofCheck(target.url, STAGES.prod.proofAudience);
    for (const purpose of PURPOSES) {
      const { proof, to } = await proven({ purpose, nonce: `n-${purpose}` });
      const nonce = `n-${purpose}`;
      for (const wanted of PURPOSES.filter((one) => one !== purpose)) {
        await expect(check(proof, { purpose: wanted, nonce })).rejects.toThrow("purpose-mismatch");
      }
      await expect(another(proof, { purpose, nonce })).rejects.toThrow("audience-mismatch");
      expect(await check(proof, { purpose, nonce })).toBe(to);
    }
  });

  it("E4: after the approval nothing about it can be changed, and its proof fetched again is the same", async () => {
    const key = { headers: { "idempotency-key": "the-check-of-row-e4" } };
    const owned = await target.owned({ purpose: "signup", nonce: "n-e4" });
    const first = (await target.check(owned.id, owned.code, key)).body;
    const other = target.newNumber();
    const changes = [
      { method: "PUT", path: pathOf(owned), body: { to: other } },
      { method: "PATCH", path: pathOf(owned), body: { to: other } },
      { path: pathOf(owned), body: { to: other } },
      { path: `${pathOf(owned)}/resend`, body: { to: other } },
      { path: `${pathOf(owned)}/resend`, body: {} },
      { path: `${pathOf(owned)}/check`, body: { code: owned.code, to: other }, ...key },
      { method: "DELETE", path: pathOf(owned) },
    ];
    for (const change of changes)
      expect([change.path, (await target.ask(change)).status]).toEqual([
        change.path,
        expect.toBeOneOf([400, 404, 409]),
      ]);
    const again = (await target.check(owned.id, owned.code, key)).body;
    expect(decodeJwt(String(again["proof"]))).toEqual(decodeJwt(String(first["proof"])));
    expect(decodeJwt(String(again["proof"]))).toMatchObject({
      sub: owned.to,
      phone_number: owned.to,
    });
    expect(target.textsTo(other)).toEqual([]);
  });
});

const ROOT = join(import.meta.dirname, "../..");

describe("who takes a proof", () => {
  const expected = { purpose: "login", nonce: "n-1" } as const;

  /** What the README tells a back end to do, run on each proof: the numbers, and "refused". */
  async function byTheReadme(proofs: readonly string[]): Promise<readonly string[]> {
    const code = /```js\n([\s\S]*?)\n```/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1];
    const script = `${code?.replaceAll("http://localhost:8400", target.url)}
      const told = [];
      for (const proof of ${JSON.stringify(proofs)})
        told.push(await provenNumber(proof, ${JSON.stringify(expected)}).catch(() => "refused"));
      console.log(JSON.stringify(told));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", script],
      { cwd: ROOT },
    );
    return JSON.parse(stdout);
  }

  async function refusedByAll(proofs: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, proof] of Object.entries(proofs)) {
      const check = createProofCheck(target.url, AUDIENCE);
      const byExample = await check(proof, expected).catch(() => "refused");
      expect([name, byExample]).toEqual([name, "refused"]);
    }
    const told = await byTheReadme(Object.values(proofs));
    const taken = Object.keys(proofs).filter((_, index) => told[index] !== "refused");
    expect(taken).toEqual([]);
  }

  it("E5: no back end of ours takes a proof that is unsigned, signed by another key, or signed by another algorithm", async () => {
    const { proof } = await proven(expected);
    const { body } = await target.ask({ method: "GET", path: "/.well-known/jwks.json" });
    const [published] = Array.isArray(body["keys"]) ? body["keys"] : [];
    const forged = forgedProofs(proof, published);
    expect(Object.keys(forged).length).toBeGreaterThan(35);
    await refusedByAll(forged);
    expect(await byTheReadme([proof])).toEqual([decodeJwt(proof).sub]);
  });

  it("E5: nor one of ours for another audience, from another issuer, too old, or for another session", async () => {
    const { signer } = await kmsOf(target);
    const to = fictionalNumber(902);
    if (!isE164(to)) throw new Error("a number of fiction is E.164");
    const claims = proofClaims(
      { issuer: target.url, audience: AUDIENCE, lifetimeSeconds: 300 },
      {
        to,
        ...expected,
        channel: "sms",
        key: keyOf(idIn(`v1-${"A".repeat(24)}`)),
        approvedAt: Date.now(),
      },
    );
    const signed = (changed: Readonly<Record<string, unknown>>) =>
      signer.sign({ ...claims, ...changed });
    const now = Math.floor(Date.now() / 1_000);
    const wrong = {
      "another audience": await signed({ aud: "another" }),
      "no audience": await signed({ aud: undefined }),
      "a list of others for an audience": await signed({ aud: ["another", `${AUDIENCE}x`] }),
      "the beginning of the audience": await signed({ aud: AUDIENCE.slice(0, -1) }),
      "another issuer": await signed({ iss: "https://evil.example" }),
      "the issuer with a slash": await signed({ iss: `${target.url}/` }),
      "no issuer": await signed({ iss: undefined }),
      "run out": await signed({ iat: now - 310, exp: now - 10 }),
      "of the future": await signed({ nbf: now + 600 }),
      "an end that is no number": await signed({ exp: "never" }),
      "another purpose": await signed({ purpose: "signup" }),
      "no purpose": await signed({ purpose: undefined }),
      "another nonce": await signed({ nonce: "n-2" }),
      "no nonce": await signed({ nonce: undefined }),
    };
    await refusedByAll(wrong);
    const check = createProofCheck(target.url, AUDIENCE);
    expect(await check(await signed({}), expected)).toBe(to);
    for (const missing of ["exp", "jti", "phone_number"]) {
      const proof = await signed({ [missing]: undefined });
      await expect(check(proof, expected)).rejects.toThrow("claim-missing");
    }
  });

  it("E5: a proof counts once, and another spelling of its signature is the same proof", async () => {
    const check = createProofCheck(target.url, AUDIENCE);
    const { proof, to } = await proven(expected);
    const { iat = 0, exp = 0, jti } = decodeJwt(proof);
    expect([exp - iat, typeof jti]).toEqual([LIMITS.proofLifetimeSeconds, "string"]);
    expect(LIMITS.proofLifetimeSeconds).toBeLessThanOrEqual(300);
    expect(await check(proof, expected)).toBe(to);
    await expect(check(proof, expected)).rejects.toThrow("replayed");
    await expect(check(respelled(proof), expected)).rejects.toThrow("replayed");
  });
});

/** Where a page may stand that nobody has let in. */
const FOREIGN_ORIGINS = (own: URL): readonly string[] => [
  "null",
  "*",
  "https://evil.example",
  `https://${own.host}`,
  `http://${own.host}.evil.example`,
  `http://evil.${own.host}`,
  `http://${own.hostname}.:${own.port}`,
  `http://evil@${own.host}`,
  `http://${own.host}@evil.example`,
  `${own.origin}/`,
  `${own.origin}/x`,
  `${own.origin}?`,
  own.origin.toUpperCase(),
  `${own.origin}, https://evil.example`,
  `https://evil.example, ${own.origin}`,
  `${own.origin} https://evil.example`,
  "http://0.0.0.0",
  "https://localhost:3000",
  "http://localhost:300000",
  "http://localhost:3000.evil.example",
  "file://",
  "chrome-extension://abcdefgh",
  "",
];

describe("pages of other people", () => {
  afterEach(() => target.emulator.setCallbacks(undefined));

  it("E6: no request that a page may send without asking first sends a message", async () => {
    const to = target.newNumber();
    const json = JSON.stringify({ to });
    const bodies = [
      ["text/plain", json],
      ["text/plain", `${json.slice(0, -1)},"x":"="}`],
      ["text/plain; charset=utf-8", json],
      ["application/x-www-form-urlencoded", `to=${encodeURIComponent(to)}`],
      ["application/x-www-form-urlencoded", json],
      [
        "multipart/form-data; boundary=x",
        `--x\r\nContent-Disposition: form-data; name="to"\r\n\r\n${to}\r\n--x--`,
      ],
      ["", json],
      ["text/plain;application/json", json],
      ["text/plain, application/json", json],
      ["application/json-seq", json],
      ["application/csp-report", json],
      ["text/ping", json],
    ] as const;
    const origins = [undefined, "null", "https://evil.example", target.url];
    const attempts: readonly Attempt[] = bodies.flatMap(([type, body]) =>
      origins.map((origin) => ({
        body,
        headers: {
          "sec-fetch-site": "cross-site",
          ...(type === "" ? {} : { "content-type": type }),
          ...(origin === undefined ? {} : { origin }),
        },
      })),
    );
    const before = await target.state();
    for (const attempt of attempts) {
      const { status, headers: told } = await target.ask(attempt);
      expect([attempt, status]).toEqual([attempt, expect.toBeOneOf([400, 403, 415])]);
      expect(told["access-control-allow-credentials"]).toBeUndefined();
    }
    const path = `/v1/verifications?to=${encodeURIComponent(to)}&_method=POST`;
    for (const method of ["GET", "HEAD"])
      await target.ask({ method, path, headers: { "x-http-method-override": "POST" } });
    expect(await target.state()).toEqual(before);
  });

  it("E7: only the exact origins of the stage receive CORS headers", async () => {
    const own = new URL(target.url);
    const { id } = await target.owned();
    for (const origin of FOREIGN_ORIGINS(own)) {
      const asked = { headers: { origin } };
      const told = [
        await target.start({}, asked),
        await target.ask({ method: "GET", path: pathOf({ id }), ...asked }),
        await target.check(id, "000000", asked),
        await target.ask({ method: "OPTIONS", ...asked }),
        await target.ask({ method: "OPTIONS", path: `${pathOf({ id })}/check`, ...asked }),
      ];
      for (const { status, headers } of told) {
        expect([origin, status]).toEqual([origin, 403]);
        expect(headers["access-control-allow-origin"]).toBeUndefined();
        expect(headers["access-control-allow-methods"]).toBeUndefined();
        expect(headers["vary"]).toBe("Origin");
      }
    }
    for (const origin of [own.origin, `http://127.0.0.1:${own.port}`]) {
      const { status, headers } = await target.ask({ method: "OPTIONS", headers: { origin } });
      expect([status, headers["access-control-allow-origin"]]).toEqual([204, origin]);
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });
});

it("E8: there is no key of a client that could be copied out of an app: the gateway knows none, and none opens a limit", async () => {
  const { template } = await synthesizedAssembly();
  expect(JSON.stringify(template)).not.toMatch(
    /AWS::ApiGateway::(ApiKey|UsagePlan)|"ApiKeyRequired":true/,
  );
  const headers = {
    "x-api-key": "copied",
    authorization: "Bearer copied",
    "x-client-id": "the-app",
  };
  const { max } = LIMITS.unverifiedSends.ipv4;
  await untilRefused(() => target.start({}, { from: "127.9.9.9", headers }), { max });
});

it("E9: where Twilio took a message and its answer was lost, the same start again sends no second one", async () => {
  const to = "+447700900998";
  const headers = { "idempotency-key": "row-e9-a-lost-answer" };
  const first = await target.start({ to }, { headers });
  expect([first.status, first.body["delivery"]]).toEqual([201, "unknown"]);
  for (let again = 0; again < 3; again += 1) {
    const { status, body } = await target.start({ to }, { headers });
    expect([status, body["id"]]).toEqual([201, first.body["id"]]);
  }
  const { status } = await target.start({ to });
  expect(status).toBe(429);
  await target.handset.waitFor(to);
  expect(target.textsTo(to)).toHaveLength(1);
});
