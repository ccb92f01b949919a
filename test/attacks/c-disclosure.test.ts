import { createHash, createHmac, randomBytes } from "node:crypto";
import { setImmediate, setTimeout } from "node:timers/promises";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProofCheck } from "../../examples/node/check-proof.ts";
import { api } from "../../functions/http/api.ts";
import { checkEndpoint } from "../../functions/http/check.ts";
import { startEndpoint } from "../../functions/http/start.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { ENV } from "../../functions/runtime/environment.ts";
import { guessOf, mac } from "../../functions/verification/code.ts";
import { keyOf } from "../../functions/verification/identifiers.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { documentedRoutes } from "../../infra/openapi/document.ts";
import type { BusEvent } from "../../local/events.ts";
import { leaksIn, withoutProvenNumbers } from "../local/support/leaks.ts";
import {
  type Deps,
  fictionalNumber,
  idIn,
  newestCode,
  otherThan,
  someDeps,
} from "../support/deps.ts";
import { aContext, anEvent } from "../support/events.ts";
import { callTo } from "./support/call-to.ts";
import { deployed } from "./support/deployed.ts";
import { kmsOf } from "./support/kms-of.ts";
import { tableOf } from "./support/table-of.ts";
import { pathOf, type Reply, targetOfFile } from "./support/target.ts";

const events: BusEvent[] = [];
const target = await targetOfFile({ onEvent: (event) => events.push(event) });
/** A verification that was approved, with the answer that proved it, for whoever wants to make use of it. */
const approved = await everythingThatHappens();

/** Every end and every fault that a stranger can bring the system to. */
async function everythingThatHappens() {
  const key = { "idempotency-key": "0123456789-everything" };
  const whole = { purpose: "signup", nonce: "n-everything" };
  const mine = await target.owned(whole, { headers: key });
  await target.start({ ...whole, to: mine.to }, { headers: key });
  await target.check(mine.id, otherThan(mine.code));
  await target.ask({ path: `${pathOf(mine)}/resend`, body: {} });
  const checkKey = { headers: { "idempotency-key": "0123456789-the-check" } };
  const reply = await target.check(mine.id, mine.code, checkKey);
  await target.check(mine.id, mine.code, checkKey);
  await target.check(mine.id, mine.code);
  await target.ask({ method: "GET", path: pathOf(mine) });
  await target.ask({ method: "DELETE", path: pathOf(mine) });

  const canceled = await target.owned();
  await target.ask({ method: "DELETE", path: pathOf(canceled) });
  await target.check(canceled.id, canceled.code);

  const exhausted = await target.owned();
  for (let by = 1; by <= 6; by += 1)
    await target.check(exhausted.id, otherThan(exhausted.code, by));
  await target.check(exhausted.id, exhausted.code);
  await target.check(exhausted.id, `${exhausted.code} `);
  await target.ask({ path: `${pathOf(exhausted)}/${exhausted.code}`, body: {} });

  for (const to of [mine.to, "+442079460018", `${mine.to} `, "+33612345678"]) {
    await target.start({ to, unknown: to });
    await target.start({ to });
    await target.ask({ path: `/v1/verifications/${encodeURIComponent(to)}/check`, body: {} });
  }
  // Twilio's own words of refusal hold the number.
  for (let last = 981; last <= 998; last += 1)
    if (last !== 996) await target.start({ to: `+447700900${last}` });
  await target.owned({ channel: "whatsapp" });
  await callTo(target, { key: "1" });
  return { ...mine, reply };
}

describe("codes and numbers", () => {
  it("C1: no answer has a code in it, however it is written", async () => {
    const { codes } = target.secrets();
    const { answers } = await target.written();
    expect(codes.length).toBeGreaterThanOrEqual(6);
    const statuses = new Set(answers.map(({ where }) => where.split(" ")[1]));
    for (const status of ["200", "201", "204", "400", "404", "409", "422", "429", "503"])
      expect(statuses).toContain(status);
    expect(leaksIn(answers, { codes, numbers: [] })).toEqual([]);
  });

  it("C2: no line and no metric has a code, a number, an id, a key, a nonce, a ticket or a proof", async () => {
    const { lines } = await target.written();
    expect(lines.some(({ text }) => text.includes('"event":"fault"'))).toBe(true);
    expect(lines.some(({ text }) => text.includes('"_aws"'))).toBe(true);
    expect(leaksIn(lines, target.secrets())).toEqual([]);
    const all = lines.map(({ text }) => text).join("\n");
    const { proof, ticket } = approved.reply.body;
    const secrets = [approved.id, proof, ticket, "n-everything", "0123456789-everything"];
    for (const secret of secrets) expect(all).not.toContain(String(secret));
    const { accountSid, apiKeySecret, authToken } = target.emulator.account;
    for (const secret of [accountSid, apiKeySecret, authToken]) expect(all).not.toContain(secret);
  });

  it("G3: no event has a code, a number, a pseudonym, an id, a nonce, a ticket or a proof", async () => {
    const typesSeen = () => new Set(events.map((event) => event["detail-type"]));
    for (const end of ["approved", "failed", "canceled", "refused", "delivered", "undelivered"])
      await expect.poll(typesSeen).toContain(`verification.${end}`);
    const { lines } = await target.written();
    const texts = events.map((event) => JSON.stringify(event));
    const evidence = texts.map((text) => ({ where: "event", text }));
    expect(leaksIn(evidence, target.secrets())).toEqual([]);
    const pseudonyms = lines.flatMap(({ text }) =>
      [...text.matchAll(/"(?:number|client|range)":"(?:[\w-]+:)?([\w-]{43})"/g)].map(
        ([, one]) => one,
      ),
    );
    expect(new Set(pseudonyms).size).toBeGreaterThan(10);
    const { proof, ticket } = approved.reply.body;
    for (const secret of [...pseudonyms, approved.id, proof, ticket, "n-everything"])
      expect(texts.join()).not.toContain(String(secret));
  });

  it("C3: a reader of the whole table finds no code and no number, and tries every code in vain", async () => {
    const mine = await target.owned({ nonce: "n-1" });
    const { items } = await target.written();
    expect(leaksIn(items, target.secrets())).toEqual([]);
    const item = items.find(({ text }) => text.includes(`verification#${keyOf(idIn(mine.id))}`));
    const stored = item?.text ?? "";
    // All that a thief of the table and of one id knows, put together in every way that people store codes.
    const known = ["", mine.id, keyOf(idIn(mine.id)), mine.to, "latchkey", ...valuesIn(stored)];
    const attempts = known.flatMap((salt) => hashesOf(mine.code, salt));
    expect(attempts.length).toBeGreaterThan(500);
    expect(attempts.filter((attempt) => stored.includes(attempt))).toEqual([]);
    // With the key, which never leaves KMS, the same code is there: it was looked for in the right place.
    const { keys } = await kmsOf(target);
    expect(stored).toContain(guessOf(await keys.code(1), idIn(mine.id), mine.code));
    expect(stored).toContain(mac(await keys.index(), ["number", mine.to]));
  });

  it("C10: the holder of an id sees of its number two digits in front and three behind, wherever it is shown", async () => {
    const { to, id } = await target.owned();
    const seen = [
      await target.ask({ method: "GET", path: pathOf({ id }) }),
      await target.ask({ path: `${pathOf({ id })}/resend`, body: {} }),
      await target.check(id, "000000"),
      await target.ask({ method: "DELETE", path: pathOf({ id }) }),
      await target.ask({ method: "GET", path: pathOf({ id }) }),
    ];
    for (const { body } of seen)
      if ("to" in body) expect(body["to"]).toBe(`+44•••••••${to.slice(-3)}`);
    const { answers } = await target.written();
    const { numbers } = target.secrets();
    expect(numbers.length).toBeGreaterThan(20);
    expect(leaksIn(withoutProvenNumbers(answers), { codes: [], numbers })).toEqual([]);
    // Only the proof names it, to whoever typed the code.
    expect(decodeJwt(String(approved.reply.body["proof"])).sub).toBe(approved.to);
  });
});

function valuesIn(item: string): readonly string[] {
  return [...item.matchAll(/"[SN]":"([^"]*)"/g)].map(([, value = ""]) => value);
}

/** A code under every usual hash, with a salt in every usual place, in every usual spelling. */
function hashesOf(code: string, salt: string): readonly string[] {
  const joined = ["", ":", "."].flatMap((by) => [salt + by + code, code + by + salt]);
  const texts = [code, ...joined];
  const digests = ["md5", "sha1", "sha256", "sha512"].flatMap((hash) => [
    ...texts.map((text) => createHash(hash).update(text).digest()),
    createHmac(hash, salt).update(code).digest(),
    createHmac(hash, code).update(salt).digest(),
  ]);
  return digests.flatMap((digest) => [
    digest.toString("hex"),
    digest.toString("base64").replace(/=+$/, ""),
    digest.toString("base64url"),
  ]);
}

describe("who is known", () => {
  beforeEach(() => {
    // The functions of the system write elsewhere; these run in this process.
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
  });
  afterEach(() => vi.restoreAllMocks());

  it("C4: a number that was proven and has limited is answered, from outside too, like an unseen one", async () => {
    const table = await tableOf(target);
    const { keys } = await kmsOf(target);
    const index = await keys.index();
    const bodies = [{}, { channel: "fax" }, { purpose: "signup", locale: "cy" }];
    const { to } = approved;
    // A refusal of an earlier test is answered from memory for so long.
    await setTimeout(LIMITS.refusalCacheSeconds * 1_000);
    for (const body of bodies) {
      await table.restNumber(mac(index, ["number", to]));
      const [known, unseen] = [await target.start({ ...body, to }), await target.start(body)];
      expect(known.status).toBe(unseen.status);
      expect(shapeOf(known.body)).toEqual(shapeOf(unseen.body));
      const names = (reply: Reply) => Object.keys(reply.headers).toSorted();
      expect(names(known)).toEqual(names(unseen));
    }
    table.stop();
  });

  it("C4: an id that never was, one of another and one that ended get one answer", async () => {
    const { id } = await target.owned();
    const near = [
      `v1-${randomBytes(18).toString("base64url")}`,
      `v1-${"A".repeat(24)}`,
      id.slice(0, -1) + (id.endsWith("A") ? "B" : "A"),
      id.replace(/^v1/, "v2"),
      id.replace(/^v1/, "v0"),
      "nothing",
    ];
    const answers = new Set<string>();
    for (const guess of near)
      for (const attempt of [
        { method: "GET", path: pathOf({ id: guess }) },
        { method: "DELETE", path: pathOf({ id: guess }) },
        { path: `${pathOf({ id: guess })}/check`, body: { code: "123123" } },
        { path: `${pathOf({ id: guess })}/resend`, body: {} },
      ]) {
        const { status, body } = await target.ask(attempt);
        const { instance: _, ...rest } = body;
        answers.add(JSON.stringify([status, rest]));
      }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toContain("verification-not-found");
  });

  it("C5: whatever happened to a number, the answer and what is asked of the database and of Twilio are the same, and Twilio is waited for before any answer", async () => {
    const trails = new Map<string, readonly string[]>();
    const shapes = new Map<string, unknown>();
    for (const [index, history] of Object.keys(HISTORIES).entries()) {
      const trail: string[] = [];
      const deps = { ...someDeps() };
      const to = fictionalNumber(600 + index);
      await HISTORIES[history]?.(deps, to);
      deps.time.now += 60_000;
      const asked = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<void>();
      const send: Deps["sender"]["send"] = async (message) => {
        asked.resolve();
        await answer.promise;
        return deps.sender.send(message);
      };
      const starting = startOver(watched({ ...deps, sender: { send } }, trail), to);
      await asked.promise;
      await setImmediate();
      expect(await Promise.race([starting, Promise.resolve("no answer")])).toBe("no answer");
      answer.resolve();
      shapes.set(history, shapeOf(await starting));
      trails.set(history, trail);
    }
    const unseen = trails.get("never seen") ?? [];
    expect(unseen).toContain("sender.send");
    expect(unseen.length).toBeGreaterThan(5);
    for (const trail of trails.values()) expect(trail.toSorted()).toEqual(unseen.toSorted());
    for (const shape of shapes.values()) expect(shape).toEqual(shapes.get("never seen"));
  });

  it("C6: no route reveals whether a number was ever verified", async () => {
    const { to, reply } = approved;
    const claims = decodeJwt(String(reply.body["proof"]));
    const spellings = [to, to.slice(1), encodeURIComponent(to), `0${to.slice(3)}`];
    const paths = [
      ...spellings.flatMap((number) => [
        `/v1/verifications?to=${number}`,
        `/v1/verifications/${number}`,
        `/v1/verifications/${number}/status`,
        `/v1/numbers/${number}`,
        `/v1/server/verifications/${number}`,
      ]),
      // What a proof tells everybody who sees it is no id.
      `/v1/verifications/${claims.jti}`,
      `/v1/verifications/v1-${claims.jti?.slice(0, 24)}`,
      "/v1/verifications",
      "/v1/verifications/",
      "/v1/verifications/*",
    ];
    for (const path of paths) {
      const { status, body } = await target.ask({ method: "GET", path });
      expect([path, status, body["status"]]).toEqual([path, 404, 404]);
      expect(JSON.stringify(body)).not.toMatch(/approved|verified/);
    }
  });
});

/** What may have happened to a number before. */
const HISTORIES: Readonly<Record<string, (deps: Deps, to: string) => Promise<unknown>>> = {
  "never seen": async () => undefined,
  proven: async (deps, to) => {
    const { id } = await startOver(deps, to);
    await checkOver(deps, id, newestCode(deps));
  },
  "waiting for its code": (deps, to) => startOver(deps, to),
  "with a wrong code": async (deps, to) => {
    const { id } = await startOver(deps, to);
    await checkOver(deps, id, otherThan(newestCode(deps)));
  },
  exhausted: async (deps, to) => {
    const { id } = await startOver(deps, to);
    for (let by = 1; by <= 5; by += 1) await checkOver(deps, id, otherThan(newestCode(deps), by));
  },
  "whose message failed": async (deps, to) => {
    const { id } = await startOver(deps, to);
    const item = await deps.verifications.read(keyOf(idIn(String(id))));
    if (item === undefined) throw new Error("there is no item");
    await deps.verifications.noteDelivery({
      key: item.key,
      code: item.codes[0]?.mac ?? expect.unreachable(),
      delivery: "undelivered",
      reason: "unreachable",
      provider: "twilio",
      messageId: `SM${"0".repeat(32)}`,
    });
  },
};

const SETTINGS = { docsUrl: "https://docs.example/#", allowedOrigins: [] };

async function startOver(deps: Deps, to: string): Promise<Readonly<Record<string, unknown>>> {
  const event = anEvent({ body: JSON.stringify({ to }) });
  const { statusCode, body } = await api(startEndpoint(deps), SETTINGS)(event, aContext);
  expect(statusCode).toBe(201);
  return JSON.parse(body);
}

async function checkOver(deps: Deps, id: unknown, code: string): Promise<void> {
  const event = anEvent({ body: JSON.stringify({ code }), id: String(id) });
  const { statusCode } = await api(checkEndpoint(deps), SETTINGS)(event, aContext);
  expect(statusCode).toBe(200);
}

/** An answer without what is drawn anew for each. */
function shapeOf(body: Readonly<Record<string, unknown>>) {
  const drawn = ["id", "to", "expiresAt", "resendAt", "instance"];
  const shape = (name: string, value: unknown) => (drawn.includes(name) ? typeof value : value);
  return Object.entries(body).map(([name, value]) => [name, shape(name, value)]);
}

/** The same deps, each call of its stores and of its sender noted. */
function watched(deps: Deps, trail: string[]): Deps {
  const parts = "verifications numbers scopes spend claims sender sendingSwitch".split(" ");
  const entries = Object.entries(deps).map(([name, part]) => [
    name,
    parts.includes(name) ? noting(name, part, trail) : part,
  ]);
  return Object.fromEntries(entries);
}

function noting(name: string, part: unknown, trail: string[]): unknown {
  return new Proxy(Object(part), {
    get: (of, member, receiver) => {
      const found: unknown = Reflect.get(of, member, receiver);
      if (typeof found !== "function") return found;
      return (...args: unknown[]): unknown => {
        trail.push(`${name}.${String(member)}`);
        return Reflect.apply(found, of, args);
      };
    },
  });
}

describe("who decides", () => {
  it("C7: an answer that was turned from wrong to right proves nothing to a back end", async () => {
    const victim = await target.owned({ purpose: "login", nonce: "n-victim" });
    const wrong = await target.check(victim.id, otherThan(victim.code));
    expect(wrong.body).toMatchObject({ result: "incorrect" });
    expect(wrong.body).not.toHaveProperty("proof");
    const forged = { ...wrong.body, result: "approved", status: "approved" };
    const check = createProofCheck(target.url, "latchkey-dev");
    const attackers = await target.owned({ purpose: "login", nonce: "n-attacker" });
    const own = await target.check(attackers.id, attackers.code);
    const expected = { purpose: "login", nonce: "n-victim" };
    const worthless = [
      JSON.stringify(forged),
      "true",
      "approved",
      "",
      victim.id,
      String(approved.reply.body["ticket"]),
      Buffer.from(JSON.stringify(forged)).toString("base64url"),
    ];
    for (const proof of worthless)
      await expect(check(proof, expected)).rejects.toThrow("malformed");
    // The attacker's own proof is a proof: of his own number, and not in the victim's session.
    await expect(check(String(own.body["proof"]), expected)).rejects.toThrow("nonce-mismatch");
    const told = await check(String(own.body["proof"]), { purpose: "login", nonce: "n-attacker" });
    expect(told).toBe(attackers.to);
    expect(await target.show(victim)).toMatchObject({ status: "pending", checksRemaining: 4 });
  });

  it("C8: no bundle has a code in it, and no function reads a switch that would open one", async () => {
    const { bundles: texts } = await deployed();
    // Those of every stage, and the one for events, which the local stage has.
    expect(texts.length).toBe(FUNCTION_NAMES.length + 1);
    const builtIn = [
      /["'`](?:424242|123456|654321|000000|111111|999999|123123)["'`]/g,
      /(?:code|otp|pin|guess)\s*===?\s*["'`]\d{4,8}["'`]/gi,
      /NODE_ENV\s*[!=]==?\s*["'`](?:test|development)/g,
    ];
    const found = texts.flatMap((text) => builtIn.flatMap((one) => text.match(one) ?? []));
    expect(found).toEqual([]);
    const read = Object.values(ENV).flat().join(" ");
    expect(read).not.toMatch(/MASTER|BYPASS|MAGIC|DEBUG|SKIP|TEST_CODE|TEST_NUMBER|STATIC|FAKE/);
  });
});

describe("where a secret of the page may go", () => {
  it("C9: no answer may be kept, indexed, rendered, or lead a browser anywhere with the id in its hand", async () => {
    const { id, code } = await target.owned();
    const replies = [
      await target.start(),
      await target.ask({ method: "GET", path: pathOf({ id }) }),
      await target.check(id, otherThan(code)),
      await target.check(id, "x"),
      await target.ask({ path: `${pathOf({ id })}/resend`, body: {} }),
      await target.ask({ method: "GET", path: pathOf({ id: "nothing" }) }),
      await target.ask({ body: "{", headers: { "content-type": "application/json" } }),
      await target.ask({ method: "DELETE", path: pathOf({ id }) }),
      await target.ask({ method: "PUT", path: pathOf({ id }) }),
      await target.ask({
        method: "OPTIONS",
        path: pathOf({ id }),
        headers: { origin: target.url },
      }),
      await target.ask({ body: "x", headers: { "content-type": "text/plain" } }),
    ];
    expect(new Set(replies.map(({ status }) => status)).size).toBeGreaterThanOrEqual(7);
    for (const { status, headers } of replies) {
      expect([status, headers]).toEqual([
        status,
        expect.objectContaining({
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
          "strict-transport-security": expect.stringMatching(/^max-age=31536000/),
          "x-content-type-options": "nosniff",
        }),
      ]);
      expect(status < 300 || status >= 400).toBe(true);
      for (const name of ["location", "set-cookie", "etag", "refresh", "link"])
        expect(headers).not.toHaveProperty(name);
    }
  });

  it("C9: nothing is taken from a query, so that no code and no number ever stands in an address", async () => {
    const { id, code } = await target.owned();
    const to = target.newNumber();
    const json = { "content-type": "application/json" };
    const attempts = [
      { path: `/v1/verifications?to=${encodeURIComponent(to)}`, body: {} },
      { path: `/v1/verifications?to=${encodeURIComponent(to)}`, headers: json, body: "" },
      { method: "GET", path: `/v1/verifications?to=${encodeURIComponent(to)}` },
      { path: `${pathOf({ id })}/check?code=${code}`, body: {} },
      { method: "GET", path: `${pathOf({ id })}/check?code=${code}` },
      { path: `/v1/verifications/check?id=${id}&code=${code}`, body: {} },
      { method: "GET", path: `/v1/verifications?id=${id}` },
    ];
    for (const attempt of attempts)
      expect([400, 404]).toContain((await target.ask(attempt)).status);
    expect(target.textsTo(to)).toEqual([]);
    expect(await target.show({ id })).toMatchObject({ status: "pending", checksRemaining: 5 });
  });

  it("C9: the only thing in a path is the id, which no log has, and the gateway keeps no answer", async () => {
    const routes = documentedRoutes().map(({ path }) => path);
    const parameters = new Set(routes.flatMap((path) => path.match(/\{[^}]+\}/g) ?? []));
    expect(parameters).toEqual(new Set(["{id}"]));
    const { template } = await deployed();
    expect(template).toContain("AWS::ApiGateway::Stage");
    expect(template).not.toMatch(
      /"CacheClusterEnabled":true|"CachingEnabled":true|"CacheKeyParameters"/,
    );
  });
});
