import type { APIGatewayProxyEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ApiSettings, api, type Endpoint } from "../../../functions/http/api.ts";
import { byApp } from "../../../functions/http/apps.ts";
import { cancelEndpoint } from "../../../functions/http/cancel.ts";
import { checkEndpoint } from "../../../functions/http/check.ts";
import type { ProblemCode } from "../../../functions/http/problem.ts";
import { resendEndpoint } from "../../../functions/http/resend.ts";
import { showEndpoint } from "../../../functions/http/show.ts";
import { startEndpoint } from "../../../functions/http/start.ts";
import { DISCOVERY_PATH, wellKnownEndpoint } from "../../../functions/http/well-known.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { appsOf } from "../../../functions/runtime/apps.ts";
import { pageSettings } from "../../../functions/runtime/environment.ts";
import { mac } from "../../../functions/verification/code.ts";
import { isE164, keyOf } from "../../../functions/verification/identifiers.ts";
import { DELIVERIES } from "../../../functions/verification/verification.ts";
import { GATEWAY_RESPONSES } from "../../../infra/gateway-responses.ts";
import { documentedRoutes, openApiDocument, problemsOf } from "../../../infra/openapi/document.ts";
import { insistOnDescribed } from "../../support/api-answers.ts";
import {
  aChallenge,
  type Deps,
  fictionalNumber,
  idIn,
  newestCode,
  otherThan,
  someDeps,
} from "../../support/deps.ts";
import { aContext, anEvent } from "../../support/events.ts";
import { OPEN_SWITCH } from "../../support/memory-stores.ts";

const START = "POST /v1/verifications";
const SHOW = "GET /v1/verifications/{id}";
const CANCEL = "DELETE /v1/verifications/{id}";
const CHECK = "POST /v1/verifications/{id}/check";
const RESEND = "POST /v1/verifications/{id}/resend";
const KEYS = "GET /.well-known/jwks.json";

const settings = { docsUrl: "https://docs.example/#", allowedOrigins: [] };
const KEY = "intention-00000001";

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

/** What each route was seen to answer in these tests. */
const seen = new Map<string, Set<string>>();

type Asked = {
  readonly body?: unknown;
  readonly id?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Asks an endpoint as the gateway does, and holds the answer to the description of the API. */
async function ask(route: string, endpoint: Endpoint, { body, id, headers = {} }: Asked = {}) {
  const [httpMethod = "", resourcePath = ""] = route.split(" ");
  const event: APIGatewayProxyEvent = anEvent({
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body ?? {}),
    userArn: resourcePath.startsWith("/v1/server/") ? "arn:aws:iam::123456789012:role/shop" : null,
    ...(id === undefined ? {} : { id }),
  });
  const context = { ...event.requestContext, httpMethod, resourcePath };
  const app = byApp(appsOf({ APP: "", ALLOWED_ORIGINS: "", HAS_APPS: "no" }, () => endpoint));
  const answer = await api(app, settings)({ ...event, requestContext: context }, aContext);
  insistOnDescribed({
    method: httpMethod,
    path: resourcePath,
    status: answer.statusCode,
    mediaType: String(answer.headers?.["content-type"]),
    body: answer.body,
  });
  const told = answer.body === "" ? {} : JSON.parse(answer.body);
  const codes = seen.get(route) ?? new Set();
  seen.set(route, codes.add(String(told.code ?? told.result ?? answer.statusCode)));
  return { status: answer.statusCode, body: told };
}

const to = fictionalNumber();

function start(deps: Deps, body: unknown = { to }, headers = {}) {
  return ask(START, startEndpoint(deps), { body, headers });
}

async function started(deps: Deps): Promise<string> {
  return (await start(deps)).body.id;
}

const paused = { sendingSwitch: { switchState: async () => ({ ...OPEN_SWITCH, isPaused: true }) } };

async function lock(deps: Deps): Promise<void> {
  if (!isE164(to)) throw new Error("a number of fiction is E.164");
  const number = mac(await deps.keys.index(), ["number", to]);
  for (let failures = 0; failures < LIMITS.consecutiveFailures; failures += 1)
    await deps.numbers.addFailure(number, deps.time.now);
}

/** What every endpoint behind the stack can be asked wrongly. */
async function askWrongly(route: string, endpoint: (deps: Deps) => Endpoint, body: unknown) {
  const deps = someDeps();
  const id = await started(deps);
  const broken = { ...deps, clock: () => expect.unreachable("the clock broke") };
  await ask(route, endpoint(broken), { id, body });
  await ask(route, endpoint(deps), { id, body, headers: { origin: "https://other.example" } });
  await ask(route, endpoint(deps), { id: `v1-${"0".repeat(24)}`, body });
}

async function askWithWrongBodies(
  route: string,
  endpoint: (deps: Deps) => Endpoint,
  body: Readonly<Record<string, unknown>>,
) {
  const deps = someDeps();
  const id = await started(deps);
  const asked = (more: Asked) => ask(route, endpoint(deps), { id, body, ...more });
  await asked({ body: { ...body, unknown: 1 } });
  await asked({ body: "x".repeat(LIMITS.bodyBytes + 1) });
  await asked({ headers: { "Content-Type": "text/plain" } });
  await asked({ headers: { "Idempotency-Key": "short" } });
}

describe("the answers of a start are as the API is described", () => {
  it("when it sends, and when it is asked again", async () => {
    const deps = someDeps();
    expect((await start(deps, { to }, { "Idempotency-Key": KEY })).status).toBe(201);
    expect((await start(deps, { to }, { "Idempotency-Key": KEY })).status).toBe(201);
    const other = { to: fictionalNumber(124) };
    expect((await start(deps, other, { "Idempotency-Key": KEY })).status).toBe(422);
    expect((await start(deps)).body.code).toBe("too-many-sends");
  });

  it.each([
    ["12", "phone-invalid"],
    ["+442079460018", "phone-not-allowed"],
    ["+33612345678", "country-not-enabled"],
  ])("when the policy refuses %s", async (number, code) => {
    expect((await start(someDeps(), { to: number })).body.code).toBe(code);
  });

  it("when sending is paused, and when the number is locked", async () => {
    const deps = someDeps();
    expect((await start({ ...deps, ...paused })).body.code).toBe("sending-paused");
    await lock(deps);
    expect((await start(deps)).body.code).toBe("number-locked");
  });

  it("when a stage requires a challenge for every start", async () => {
    const challenge = aChallenge("always", { result: "failed" });
    const deps = { ...someDeps(), challenge };
    expect((await start(deps)).body).toMatchObject({
      code: "challenge-required",
      challenge: { provider: "turnstile", siteKey: "site", action: "start" },
    });
    expect((await start(deps, { to, challenge: "token" })).status).toBe(403);
  });

  it("while the same start is under way", async () => {
    const deps = someDeps();
    const numbers = { ...deps.numbers, read: () => new Promise<never>(() => undefined) };
    const underWay = start({ ...deps, numbers }, { to }, { "Idempotency-Key": KEY });
    await new Promise(setImmediate);
    const again = await start(deps, { to }, { "Idempotency-Key": KEY });
    expect(again.body.code).toBe("request-in-progress");
    expect(await Promise.race([underWay, Promise.resolve("under way")])).toBe("under way");
  });

  it("when a client starts too much", async () => {
    const deps = someDeps();
    const statuses = [];
    for (let index = 0; index <= LIMITS.unverifiedSends.ipv4.max; index += 1)
      statuses.push((await start(deps, { to: fictionalNumber(index) })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it("when it is asked wrongly", async () => {
    await askWrongly(START, startEndpoint, { to: fictionalNumber(124) });
    await askWithWrongBodies(START, startEndpoint, { to: fictionalNumber(124) });
    const { body } = await start(someDeps(), { to }, { "Latchkey-App": "nobody" });
    expect(body.code).toBe("app-not-allowed");
    expect(seen.get(START)).toContain("internal-error");
  });
});

describe("the answers of a check are as the API is described", () => {
  function check(deps: Deps, id: string, code: string, headers = {}) {
    return ask(CHECK, checkEndpoint(deps), { id, body: { code }, headers });
  }

  it("by every result", async () => {
    const deps = someDeps();
    const id = await started(deps);
    const first = newestCode(deps);
    const key = { "Idempotency-Key": KEY };
    expect((await check(deps, id, otherThan(first), key)).body.result).toBe("incorrect");
    expect((await check(deps, id, "12a456")).body).toMatchObject({
      code: "code-malformed",
      pointer: "/code",
    });
    deps.time.now += (LIMITS.codeLifetimeSeconds - 1) * 1_000;
    await ask(RESEND, resendEndpoint(deps), { id });
    deps.time.now += 2_000;
    expect((await check(deps, id, first)).body.result).toBe("code-expired");
    expect((await check(deps, id, first, key)).body.code).toBe("idempotency-key-reused");
    expect((await check(deps, id, newestCode(deps))).body).toMatchObject({
      result: "approved",
      proof: expect.any(String),
      ticket: expect.any(String),
    });
    expect((await check(deps, id, newestCode(deps))).body.result).toBe("used");
  });

  it("by every end", async () => {
    const deps = someDeps();
    const id = await started(deps);
    const code = newestCode(deps);
    for (let step = 1; step <= LIMITS.checksPerVerification; step += 1)
      await check(deps, id, otherThan(code, step));
    expect((await check(deps, id, code)).body.result).toBe("exhausted");
    deps.time.now += 31_000;
    const canceled = await started(deps);
    await ask(CANCEL, cancelEndpoint(deps), { id: canceled });
    expect((await check(deps, canceled, newestCode(deps))).body.result).toBe("canceled");
    deps.time.now += 31_000;
    const expired = await started(deps);
    deps.time.now += LIMITS.codeLifetimeSeconds * 1_000;
    expect((await check(deps, expired, newestCode(deps))).body.result).toBe("expired");
  });

  it("when it meets another, and when it is asked wrongly", async () => {
    const deps = someDeps();
    const id = await started(deps);
    const verifications: Deps["verifications"] = {
      ...deps.verifications,
      check: async ({ key }) => ({ kind: "refused", item: await deps.verifications.read(key) }),
    };
    const met = await check({ ...deps, verifications }, id, otherThan(newestCode(deps)));
    expect(met.body.code).toBe("request-in-progress");
    await askWrongly(CHECK, checkEndpoint, { code: "123457" });
    await askWithWrongBodies(CHECK, checkEndpoint, { code: "123457" });
  });
});

describe("the answers of a resend are as the API is described", () => {
  function resend(deps: Deps, id: string) {
    return ask(RESEND, resendEndpoint(deps), { id });
  }

  it("when it sends, is early, comes too late", async () => {
    const deps = someDeps();
    const id = await started(deps);
    expect((await resend(deps, id)).body.code).toBe("too-many-sends");
    deps.time.now += 31_000;
    expect((await resend(deps, id)).status).toBe(202);
    const byLetter = ask(RESEND, resendEndpoint(deps), { id, body: { channel: "letter" } });
    expect((await byLetter).body.pointer).toBe("/channel");
    const byCall = ask(RESEND, resendEndpoint(deps), { id, body: { channel: "voice" } });
    expect((await byCall).body.code).toBe("channel-not-available");
    deps.time.now += LIMITS.codeLifetimeSeconds * 1_000;
    expect((await resend(deps, id)).body).toMatchObject({
      code: "verification-ended",
      verificationStatus: "expired",
    });
  });

  it("when sending is paused, the number is locked, or it meets another", async () => {
    const deps = someDeps();
    const id = await started(deps);
    expect((await resend({ ...deps, ...paused }, id)).body.code).toBe("sending-paused");
    deps.time.now += 31_000;
    const verifications: Deps["verifications"] = {
      ...deps.verifications,
      resend: async ({ key }) => ({ kind: "refused", item: await deps.verifications.read(key) }),
    };
    const met = await resend({ ...deps, verifications }, id);
    expect(met.body.code).toBe("request-in-progress");
    await lock(deps);
    expect((await resend(deps, id)).body.code).toBe("number-locked");
  });

  it("when it is asked wrongly", async () => {
    await askWrongly(RESEND, resendEndpoint, {});
    await askWithWrongBodies(RESEND, resendEndpoint, {});
    expect(seen.get(RESEND)).toContain("verification-not-found");
  });
});

it.each([
  ...["phone-invalid", "phone-not-allowed", "country-not-enabled"],
  ...["recipient-opted-out", "channel-not-available", "provider-unavailable"],
] as const)("a start and a resend that the provider refuses as %s are answered so", async (why) => {
  const deps = someDeps();
  const id = await started(deps);
  const sender: Deps["sender"] = { send: async () => ({ kind: "refused", why }) };
  deps.time.now += 31_000;
  const refusing = { ...deps, sender };
  expect((await ask(RESEND, resendEndpoint(refusing), { id })).body.code).toBe(why);
  expect((await start(refusing, { to: fictionalNumber(7) })).body.code).toBe(why);
});

describe("the answers of the rest are as the API is described", () => {
  it("when a verification is shown or canceled", async () => {
    const deps = someDeps();
    const id = await started(deps);
    expect((await ask(SHOW, showEndpoint(deps), { id })).body.status).toBe("pending");
    const unknown = await ask(SHOW, showEndpoint(deps), { id: `v1-${"0".repeat(24)}` });
    expect(unknown.body.code).toBe("verification-not-found");
    const approving = { id, body: { code: newestCode(deps) } };
    await ask(CHECK, checkEndpoint(deps), approving);
    const cancel = await ask(CANCEL, cancelEndpoint(deps), { id });
    expect(cancel.body).toMatchObject({ verificationStatus: "approved" });
    deps.time.now += 31_000;
    const other = await started(deps);
    expect((await ask(CANCEL, cancelEndpoint(deps), { id: other })).status).toBe(204);
    await askWrongly(SHOW, showEndpoint, undefined);
    await askWrongly(CANCEL, cancelEndpoint, undefined);
  });

  it("when proof keys are asked for", async () => {
    const key = { kty: "RSA", n: "n", e: "AQAB", kid: "k", alg: "RS256", use: "sig" };
    const issuer = "https://verify.test";
    const works = wellKnownEndpoint({ issuer, readKeys: async () => [key] });
    expect((await ask(KEYS, works)).body.keys).toEqual([key]);
    const away = () => Promise.reject(new Error("KMS is away"));
    const broken = wellKnownEndpoint({ issuer, readKeys: away });
    expect((await ask(KEYS, broken)).body.code).toBe("internal-error");
    // The document needs no key.
    expect((await ask(`GET ${DISCOVERY_PATH}`, broken)).body.issuer).toBe(issuer);
  });
});

describe("the answers to a back end are as the API is described", () => {
  const SERVER_START = "POST /v1/server/verifications";
  const asked = (body: unknown) => ask(SERVER_START, startEndpoint(someDeps()), { body });

  it("when it starts for an end user, and when it names no address", async () => {
    expect((await asked({ to, clientAddress: "203.0.113.7" })).status).toBe(201);
    expect((await asked({ to, clientAddress: "nowhere" })).body.pointer).toBe("/clientAddress");
  });
});

describe("the message of a start", () => {
  async function textFor(
    body: object,
    headers = {},
    allowedOrigins: ApiSettings["allowedOrigins"] = ["https://app.example"],
    more: Partial<Deps> = {},
  ) {
    const deps = { ...someDeps(), locales: ["en-GB", "de", "fr"], ...more } as const;
    const event = anEvent({ headers, body: JSON.stringify({ to, ...body }) });
    await api(startEndpoint(deps), { docsUrl: "", allowedOrigins })(event, aContext);
    const [message] = deps.messages;
    return message?.channel === "sms" ? message.text : "";
  }
  const page = { Origin: "https://app.example" };

  it("is in the language that is asked for, else in the browser's, else in the stage's own", async () => {
    const accepting = { "Accept-Language": "fr-CA, de;q=0.5" };
    const own = await textFor({});
    const browsers = await textFor({}, accepting);
    const asked = await textFor({ locale: "de" }, accepting);
    expect(own).toContain("is your Acme");
    expect(browsers).toContain("est votre code");
    expect(asked).toContain("ist Ihr Anmeldecode");
    expect(new Set([own, browsers, asked]).size).toBe(3);
  });

  it("of a stage without apps is bound to its page, for every platform", async () => {
    const pages = pageSettings({
      HAS_APPS: "no",
      ALLOWED_ORIGINS: "capacitor://localhost,https://first.example,https://app.example",
    });
    for (const platform of ["ios", "android", "web", undefined]) {
      const body = platform === undefined ? {} : { platform };
      expect(await textFor(body, {}, "any", { pages })).toMatch(/\n@first\.example #\d{6}$/);
      expect(await textFor(body, page, "any", { pages })).toMatch(/\n@app\.example #\d{6}$/);
    }
  });

  it("lets the page that asked fill the code in, and no other", async () => {
    expect(await textFor({}, page)).toMatch(/\n@app\.example #\d{6}$/);
    expect(await textFor({})).not.toContain("@");
    expect(await textFor({ platform: "ios" }, page)).not.toContain("@app.example");
    expect(await textFor({ platform: "web" })).not.toContain("@");
    expect(await textFor({}, { Origin: "null" }, "any")).toMatch(/\d{6}/);
  });
});

describe("the platform of a start", () => {
  async function platformOf(headers = {}, body = {}) {
    const deps = someDeps();
    const event = anEvent({ headers, body: JSON.stringify({ to, ...body }) });
    const started = await api(startEndpoint(deps), PAGES)(event, aContext);
    const item = await deps.verifications.read(keyOf(idIn(JSON.parse(started.body).id)));
    return item?.platform;
  }
  const PAGES = { docsUrl: "", allowedOrigins: ["https://app.example"] };

  it("is the named one, else the web for a page, else none", async () => {
    const page = { Origin: "https://app.example" };
    expect(await platformOf(page, { platform: "ios" })).toBe("ios");
    expect(await platformOf(page)).toBe("web");
    expect(await platformOf()).toBeUndefined();
  });
});

it("a list that may grow is described as one, and one that may not is closed", () => {
  const document = JSON.parse(JSON.stringify(openApiDocument()));
  const { delivery, status } = document.components.schemas.Verification.properties;
  expect(delivery["x-extensible-enum"]).toEqual(DELIVERIES);
  expect(status.enum).toContain("pending");
});

/** What only the gateway answers for some routes: its throttle and its firewall. */
const BY_THE_GATEWAY = new Set<string>(GATEWAY_RESPONSES.map(({ problem }) => problem));

it.each(documentedRoutes().filter(({ path }) => !path.endsWith("/verifications/check")))(
  "$method $path has no problem that it never answers",
  (route) => {
    const own = problemsOf(route).filter(
      (code: ProblemCode) => !BY_THE_GATEWAY.has(code) && !code.startsWith("api-key-"),
    );
    // Back ends are answered by the same endpoints; test/attacks/g-keys.test.ts has what keys are refused with.
    const path = route.path.replace(/\/(?:server|keyed)\//, "/");
    const answered = [...(seen.get(`${route.method} ${path}`) ?? [])];
    expect(answered).toEqual(expect.arrayContaining([...own]));
  },
);
