import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { announce } from "../../local/running.ts";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";

let system: System;
beforeAll(async () => {
  system = await startPatientSystem();
});
afterAll(() => system.stop());

/** A fresh number for each test, since a number is sent one message in 30 seconds. */
let last = 900_100;
function newNumber(): string {
  last += 1;
  return `+447700${last}`;
}

type Headers = Readonly<Record<string, string>>;

async function call(method: string, path: string, body?: unknown, headers: Headers = {}) {
  const response = await fetch(system.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

async function start(to = newNumber(), more: Readonly<Record<string, string>> = {}) {
  const { status, body } = await call("POST", "/v1/verifications", { to, ...more });
  expect(status).toBe(201);
  const { text } = await system.handset.waitFor(to);
  const code = /\d{6}/.exec(text)?.[0] ?? "";
  return { to, id: String(body.id), body, text, code };
}

function check(id: string, code: string, headers?: Headers) {
  return call("POST", `/v1/verifications/${id}/check`, { code }, headers);
}

function another(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, "0");
}

describe("a verification from its start to its proof", () => {
  it("sends a code, counts a wrong one, and proves the number with the right one", async () => {
    const { to, id, code, body } = await start(undefined, { purpose: "signup", nonce: "n-1" });
    expect(body).toMatchObject({
      status: "pending",
      channel: "sms",
      codeLength: 6,
      checksRemaining: 5,
      delivery: "queued",
    });
    expect((await check(id, another(code))).body).toMatchObject({
      result: "incorrect",
      checksRemaining: 4,
    });
    const approved = await check(id, code);
    expect(approved.status).toBe(200);
    expect(approved.body).toMatchObject({ id, status: "approved", result: "approved" });
    const { payload } = await verify(approved.body.proof);
    expect(payload).toMatchObject({
      sub: to,
      phone_number: to,
      phone_number_verified: true,
      purpose: "signup",
      nonce: "n-1",
      amr: ["otp", "sms"],
    });
  });
});

async function verify(proof: string) {
  const keys = createRemoteJWKSet(new URL(`${system.url}/.well-known/jwks.json`));
  return jwtVerify(proof, keys, {
    issuer: system.url,
    audience: "latchkey-dev",
    algorithms: ["RS256"],
  });
}

describe("a proof", () => {
  let proof: string;
  beforeAll(async () => {
    const { id, code } = await start();
    proof = (await check(id, code)).body.proof;
  });

  it("is verified by who is given the issuer alone, by way of the discovery document", async () => {
    const path = "/.well-known/openid-configuration";
    const response = await fetch(`${system.url}${path}`);
    const { issuer, jwks_uri, id_token_signing_alg_values_supported } = Object(
      await response.json(),
    );
    const { payload } = await jwtVerify(proof, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer,
      algorithms: id_token_signing_alg_values_supported,
    });
    expect(payload.iss).toBe(system.url);
    const head = await fetch(`${system.url}${path}`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const name of ["cache-control", "content-type", "content-length"])
      expect([name, head.headers.get(name)]).toEqual([name, response.headers.get(name)]);
    expect(head.headers.get("cache-control")).toBe("public, max-age=600");
  });
});

it("a page of the system itself or of any port of this machine may call, and is told so before it does", async () => {
  const ports = ["http://localhost:5173", "http://127.0.0.1:65535", "http://localhost"];
  for (const origin of [system.url, ...ports]) {
    const answer = await call("OPTIONS", "/v1/verifications", undefined, { origin });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  }
});

it("answers HEAD where it answers GET", async () => {
  const pages = ["/.well-known/jwks.json", "/problems", "/", "/openapi.json"];
  for (const path of pages) {
    const answer = await fetch(`${system.url}${path}`, { method: "HEAD" });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, ""]);
  }
});

describe("operators' commands", () => {
  it("find where Invoke of Lambda answers, until the system ends", async () => {
    const folder = await mkdtemp(join(tmpdir(), "latchkey-running-"));
    const { leave } = announce(system, folder);
    const found = JSON.parse(await readFile(join(folder, `${process.pid}.json`), "utf8"));
    expect(found).toMatchObject({ pid: process.pid, url: system.url, region: "eu-west-2" });
    const name = found.functionNames.find((each: string) => each.endsWith("-answer-preflight"));
    const answer = await fetch(`${found.lambda}/2015-03-31/functions/${name}/invocations`, {
      method: "POST",
      body: JSON.stringify({ headers: {}, requestContext: { resourcePath: "/" } }),
    });
    expect(await answer.json()).toMatchObject({ statusCode: 204 });
    leave();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
