import type * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type CheckOutcome,
  type ClientOptions,
  createClient,
  type ProblemCode,
  receiveCode,
  type Session,
  type StartRequest,
  type Verification,
} from "../../../client/src/index.ts";
import type { ProblemCode as ServedCode } from "../../../functions/http/problem.ts";
import type { START_REQUEST } from "../../../functions/http/requests.ts";
import type { VerificationView } from "../../../functions/verification/view.ts";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const TO = "+447700900123";

const VERIFICATION: Verification = {
  id: "v1-000000000000000000000000",
  status: "pending",
  channel: "sms",
  to: "+44•••••••123",
  codeLength: 6,
  expiresAt: new Date(NOW + 300_000).toISOString(),
  resendAt: new Date(NOW + 30_000).toISOString(),
  checksRemaining: 5,
  channels: ["sms"],
  delivery: "queued",
};

type Sent = ReturnType<typeof sentOf>;
type Reply = Response | "lost" | "never";

function json(
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

function problem(code: string, status: number, more: object = {}): Response {
  return json(
    { type: `https://docs.example/#${code}`, title: `About ${code}.`, status, code, ...more },
    status,
  );
}

/** A client on a network that answers by script, a clock that only waits move, and bytes of zero. */
function scripted(replies: readonly Reply[], options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const script = [...replies];
  let now = NOW;
  let drawn = 0;
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  const client = createClient({
    baseUrl: "https://verify.example",
    storage: null,
    clock: () => now,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      pass(milliseconds);
    },
    randomBytes: (count) => {
      drawn += count === 16 ? 1 : 0;
      return new Uint8Array(count).fill(count === 16 ? drawn : 0);
    },
    fetch: async (url, init) => {
      sent.push(sentOf(String(url), init));
      const reply = script.shift();
      if (reply === "never") return forever(init?.signal);
      if (reply === undefined || reply === "lost") throw new TypeError("the network is gone");
      return reply;
    },
    ...options,
  });
  return { client, sent, waits, pass };
}

function sentOf(url: string, { headers, body, ...init }: RequestInit = {}) {
  return {
    ...init,
    url,
    headers: new Headers(headers),
    body: typeof body === "string" ? JSON.parse(body) : {},
  };
}

function forever(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error("aborted")));
  });
}

async function sessionOf(network: ReturnType<typeof scripted>): Promise<Session> {
  const outcome = await network.client.start({ to: TO });
  if (outcome.kind !== "started") throw new Error(JSON.stringify(outcome));
  return outcome.session;
}

/** A session that has been answered, and what comes after. */
async function begun(replies: readonly Reply[], options: Partial<ClientOptions> = {}) {
  const network = scripted([json(VERIFICATION, 201), ...replies], options);
  return { ...network, session: await sessionOf(network) };
}

function keysOf(sent: readonly Sent[]): readonly (string | null)[] {
  return sent.map(({ headers }) => headers.get("idempotency-key"));
}

/** What is valid JSON, or nothing, and no answer of the API. */
const NO_ANSWERS = ["", "{}", "null", "[]", "true", '"ok"', '{"status":"ok"}'];

/** Fields of a verification with values of another type. */
const OF_ANOTHER_TYPE = { id: 7, channels: "sms", expiresAt: "soon", delivery: 4, codeLength: "6" };

const CHECKED = { id: VERIFICATION.id, status: "pending", result: "incorrect", checksRemaining: 4 };
const APPROVED = { ...CHECKED, status: "approved", result: "approved", proof: "a.b.c" };

describe("a client", () => {
  it.each([
    ...["http://verify.example", "verify.example", "", "ftp://verify.example"],
    "http://localhost.example",
  ])("is not made for %j: a code travels by HTTPS", (baseUrl) => {
    expect(() => createClient({ baseUrl })).toThrow(TypeError);
  });

  it.each([
    { baseUrl: "https://verify.example" },
    { baseUrl: "http://localhost:8400" },
    { baseUrl: "http://127.0.0.1:8400" },
    { baseUrl: "http://192.168.1.7:8400", allowHttp: true },
  ])("is made for $baseUrl", (options) => {
    expect(createClient(options)).toHaveProperty("start");
  });
});

describe("a start", () => {
  it("posts what it is given, as JSON, under a key of 32 hex digits, without a cookie, and follows no redirect", async () => {
    const { session, ...network } = await begun([], { baseUrl: "https://verify.example/" });
    expect(session.verification).toEqual(VERIFICATION);
    expect(network.sent).toMatchObject([
      { url: "https://verify.example/v1/verifications", method: "POST", body: { to: TO } },
    ]);
    // A captive portal redirects.
    expect(network.sent).toMatchObject([{ redirect: "error", credentials: "omit" }]);
    expect(network.sent[0]?.headers.get("content-type")).toBe("application/json");
    expect(keysOf(network.sent)).toEqual(["01".repeat(16)]);
  });

  it("is sent again under the same key after no answer, a fault, and a wait of moments", async () => {
    const network = scripted([
      "lost",
      problem("internal-error", 500),
      problem("request-in-progress", 409, { retryAfterSeconds: 2 }),
      problem("too-many-requests", 429),
      json(VERIFICATION, 201),
    ]);
    await sessionOf(network);
    expect(new Set(keysOf(network.sent)).size).toBe(1);
    expect(network.waits).toEqual([400, 800, 2_000, 3_200]);
  });

  it("waits by chance up to half as long again", async () => {
    const network = scripted(["lost", json(VERIFICATION, 201)], {
      randomBytes: (count) => new Uint8Array(count).fill(255),
    });
    await sessionOf(network);
    expect(network.waits).toEqual([400 * (1 + 255 / 512)]);
  });

  it("is given up when its patience ends, and taken up under the same key", async () => {
    const network = scripted([]);
    expect(await network.client.start({ to: TO })).toEqual({
      kind: "problem",
      code: "no-answer",
      messageKey: "no-answer",
      title: expect.any(String),
      status: 0,
    });
    const total = network.waits.reduce((sum, wait) => sum + wait, 0);
    expect(total).toBeGreaterThan(20_000);
    expect(total).toBeLessThan(30_000);
    await network.client.start({ to: TO });
    expect(new Set(keysOf(network.sent)).size).toBe(1);
  });

  it("under way already is the same one; another number, or one that was answered, is another one", async () => {
    const network = scripted(Array.from({ length: 3 }, () => json(VERIFICATION, 201)));
    const [one, same, other] = await Promise.all([
      network.client.start({ to: TO }),
      network.client.start({ to: TO }),
      network.client.start({ to: "+447700900124" }),
    ]);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    await sessionOf(network);
    expect(network.sent).toHaveLength(3);
    expect(new Set(keysOf(network.sent)).size).toBe(3);
  });

  it.each([
    ["a wait of more than moments", { code: "too-many-sends", retryAfterSeconds: 24 }, 429, 24],
    ["a wait in the header alone", { code: "too-many-requests" }, 429, 9],
    ["a provider that is down", { code: "provider-unavailable", retryAfterSeconds: 60 }, 503, 60],
  ])("returns %s in seconds and does not wait", async (_, body, status, retryAfterSeconds) => {
    const network = scripted([json(body, status, { "retry-after": "9" })]);
    const outcome = await network.client.start({ to: TO });
    expect(outcome).toMatchObject({ kind: "problem", retryAfterSeconds });
    expect(network.sent).toHaveLength(1);
  });

  it("that is refused has its reason, by a key for a text and all fields of the problem", async () => {
    const said = { reason: "landline", instance: "r-1" };
    const network = scripted([problem("phone-not-allowed", 422, said)]);
    expect(await network.client.start({ to: "+442079460018" })).toMatchObject({
      ...{ ...said, kind: "problem", status: 422, title: "About phone-not-allowed." },
      ...{ code: "phone-not-allowed", messageKey: "phone-not-allowed" },
    });
  });

  it("that is asked for a challenge hands it out, and goes on with its token", async () => {
    const challenge = { provider: "turnstile", siteKey: "k", action: "start" };
    const network = scripted([
      problem("challenge-required", 403, { challenge }),
      json(VERIFICATION, 201),
    ]);
    expect(await network.client.start({ to: TO })).toMatchObject({ challenge });
    await network.client.start({ to: TO, challenge: "token" });
    expect(network.sent[1]?.body).toEqual({ to: TO, challenge: "token" });
  });

  it.each<readonly [string, Response]>([
    ["a page of something between", new Response("<h1>Welcome</h1>", { status: 200 })],
    ["a refusal that is not of the service", json({ message: "Forbidden" }, 403)],
    ["a refusal with a number for a code", json({ code: 16, message: "Unauthenticated" }, 401)],
    ["an answer of null", new Response("null", { status: 500 })],
    ...NO_ANSWERS.map((text) => [`${text} beside 200`, new Response(text)] as const),
    ["204", new Response(null, { status: 204 })],
    ["a verification without an id", json({ ...VERIFICATION, id: "" }, 201)],
    ["a verification without channels", json({ ...VERIFICATION, channels: undefined }, 201)],
    ...Object.entries(OF_ANOTHER_TYPE).map(
      ([name, value]) =>
        [`${name}: ${value}`, json({ ...VERIFICATION, [name]: value }, 201)] as const,
    ),
  ])("takes %s for no answer", async (_, reply) => {
    const network = scripted([reply, json(VERIFICATION, 201)]);
    await sessionOf(network);
    expect(network.sent).toHaveLength(2);
  });

  it("that hangs is asked again after its time-out", async () => {
    const network = scripted(["never", json(VERIFICATION, 201)], { timeoutSeconds: 0.02 });
    await sessionOf(network);
    expect(network.sent).toHaveLength(2);
  });
});

describe("a signal", () => {
  it("that has ended already sends nothing", async () => {
    const network = scripted([]);
    const signal = AbortSignal.abort();
    expect(await network.client.start({ to: TO }, { signal })).toEqual({ kind: "aborted" });
    expect(network.sent).toEqual([]);
  });

  it("ends the wait of its caller alone, and the request with the last caller", async () => {
    const network = scripted(["never"]);
    const one = new AbortController();
    const other = new AbortController();
    const first = network.client.start({ to: TO }, { signal: one.signal });
    const second = network.client.start({ to: TO }, { signal: other.signal });
    one.abort();
    expect(await first).toEqual({ kind: "aborted" });
    const undecided = Symbol();
    expect(await Promise.race([second, Promise.resolve(undecided)])).toBe(undecided);
    other.abort();
    expect(await second).toEqual({ kind: "aborted" });
    await new Promise(setImmediate);
    expect(network.sent).toHaveLength(1);
  });

  it("leaves a start that can be taken up under the same key", async () => {
    const network = scripted(["never", json(VERIFICATION, 201)]);
    const controller = new AbortController();
    const gone = network.client.start({ to: TO }, { signal: controller.signal });
    await new Promise(setImmediate);
    controller.abort();
    await gone;
    await sessionOf(network);
    expect(new Set(keysOf(network.sent)).size).toBe(1);
  });
});

describe("a check", () => {
  it("of a wrong code is an outcome with what is left", async () => {
    const { session, ...network } = await begun([json(CHECKED)]);
    expect(await session.check("000 000")).toEqual({
      kind: "not-approved",
      result: "incorrect",
      messageKey: "incorrect",
      status: "pending",
      checksRemaining: 4,
    });
    expect(network.sent[1]).toMatchObject({
      url: `https://verify.example/v1/verifications/${VERIFICATION.id}/check`,
      body: { code: "000000" },
    });
    expect(session.verification).toEqual({ ...VERIFICATION, checksRemaining: 4 });
    expect(session.openCode).toBeUndefined();
  });

  it.each([
    ...["١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "๑๒๓๔๕๖", "１２３–４５６"],
    ...["12\u200b3\u2060456", " 123\u00a0456\u200f"],
  ])("reads %j as the form does", async (typed) => {
    const { session, ...network } = await begun([json(CHECKED)]);
    await session.check(typed);
    expect(network.sent[1]?.body).toEqual({ code: "123456" });
  });

  it.each([...NO_ANSWERS, JSON.stringify({ ...APPROVED, proof: undefined })])(
    "answered 200 with %j is asked again under the same key, and brings its proof",
    async (text) => {
      const { session, ...network } = await begun([new Response(text), json(APPROVED)]);
      expect(await session.check("123456")).toMatchObject({ kind: "approved", proof: "a.b.c" });
      const [, first, second] = keysOf(network.sent);
      expect(second).toBe(first);
    },
  );

  it("of another code has another key; of the approved code, the same", async () => {
    const { session, ...network } = await begun([json(CHECKED), json(APPROVED), json(APPROVED)]);
    await session.check("111112");
    const approval = { kind: "approved", proof: "a.b.c", checksRemaining: 4 };
    expect(await session.check("111113")).toEqual(approval);
    await session.check("111113");
    const [, wrong, right, again] = keysOf(network.sent);
    expect(right).not.toBe(wrong);
    expect(again).toBe(right);
    expect(session.verification.status).toBe("approved");
  });

  it("that is malformed is forgotten, so that no reload repeats it", async () => {
    const { session } = await begun([problem("code-malformed", 422)]);
    expect(await session.check("abc")).toMatchObject({ code: "code-malformed" });
    expect(session.openCode).toBeUndefined();
  });
});

describe("a session", () => {
  it("shows, resends and cancels by its id", async () => {
    const resendAt = new Date(NOW + 60_000).toISOString();
    const later = { ...VERIFICATION, delivery: "delivered", resendAt };
    const { session, ...network } = await begun([
      json({ ...VERIFICATION, nextChannel: "voice" }),
      json(later, 202),
      new Response(null, { status: 204 }),
    ]);
    expect(await session.show()).toMatchObject({
      kind: "shown",
      verification: { nextChannel: "voice" },
    });
    expect(await session.resend({ channel: "voice" })).toEqual({
      kind: "resent",
      verification: later,
    });
    expect(session.verification).toEqual(later);
    expect(await session.cancel()).toEqual({ kind: "canceled" });
    expect(session.verification.status).toBe("canceled");
    const path = (url: string) => url.split(VERIFICATION.id)[1];
    const [, ...asked] = network.sent.map(({ method, url }) => `${method} ${path(url)}`);
    expect(asked).toEqual(["GET ", "POST /resend", "DELETE "]);
    expect(network.sent[2]?.body).toEqual({ channel: "voice" });
  });

  it("takes an answer to an older question for no news", async () => {
    const answers: Array<(reply: Response) => void> = [];
    const network = scripted([], { fetch: () => new Promise((resolve) => answers.push(resolve)) });
    const starting = sessionOf(network);
    await new Promise(setImmediate);
    answers[0]?.(json(VERIFICATION, 201));
    const session = await starting;
    const showing = session.show();
    const checking = session.check("123456");
    await new Promise(setImmediate);
    answers[2]?.(json(APPROVED));
    await checking;
    answers[1]?.(json(VERIFICATION));
    expect(await showing).toMatchObject({ verification: { status: "approved" } });
    expect(session.verification.status).toBe("approved");
  });

  it("returns waits in whole seconds, rounded up, and 0 for what is past", async () => {
    const { session, ...network } = await begun([]);
    network.pass(29_500);
    expect(session.waits()).toEqual({ resendSeconds: 1, expirySeconds: 271 });
    network.pass(300_000);
    expect(session.waits()).toEqual({ resendSeconds: 0, expirySeconds: 0 });
  });

  it("returns waits by the clock of the service where this device's is wrong", async () => {
    const date = { date: new Date(NOW).toUTCString() };
    const network = scripted([json(VERIFICATION, 201, date)], { clock: () => NOW - 3_600_000 });
    expect((await sessionOf(network)).waits()).toEqual({ resendSeconds: 30, expirySeconds: 300 });
  });

  it("is resumed from its JSON, keys and all, and from nothing else", async () => {
    const { session, ...network } = await begun([...Array(20).fill("lost"), json(APPROVED)]);
    expect(await session.check("123456")).toMatchObject({ code: "no-answer" });
    const resumed = scripted([json(APPROVED)]);
    const again = resumed.client.resume(JSON.stringify(session));
    expect(again?.verification).toEqual(VERIFICATION);
    await again?.check(again.openCode ?? "");
    expect(keysOf(resumed.sent)).toEqual([keysOf(network.sent)[1]]);
    for (const kept of [null, undefined, "", "{", "7", "{}", '{"verification":{}}'])
      expect(resumed.client.resume(kept), String(kept)).toBeUndefined();
  });

  it("that another version has kept, or that is not whole, is dropped", async () => {
    const session = await sessionOf(scripted([json(VERIFICATION, 201)]));
    const state = session.toJSON();
    const { client } = scripted([]);
    for (const change of [
      { version: undefined },
      { version: state.version + 1 },
      { verification: { ...VERIFICATION, channels: undefined } },
      ...[undefined, null, "check 123456", { "check 123456": 5 }].map((keys) => ({ keys })),
      // No header takes it, so that no request would leave.
      { keys: { "check 123456": "a\nb" } },
      ...[undefined, "60"].map((aheadMilliseconds) => ({ aheadMilliseconds })),
      { ticketKey: undefined },
    ])
      expect(client.resume(JSON.stringify({ ...state, ...change }))).toBeUndefined();
  });

  it("can be kept at each change, also before a request leaves", async () => {
    const kept: string[] = [];
    const network = scripted([json(VERIFICATION, 201), json(CHECKED)], {
      onChange: (session) => kept.push(String(session.openCode)),
    });
    await (await sessionOf(network)).check("123456");
    expect(kept).toEqual(["undefined", "123456", "undefined"]);
  });
});

describe("watching a delivery", () => {
  const at = (change: Partial<Verification>) => json({ ...VERIFICATION, ...change });

  it("reports each change once and ends with the message", async () => {
    const { session } = await begun([
      at({}),
      at({ delivery: "unknown" }),
      "lost",
      at({ delivery: "unknown" }),
      at({ delivery: "undelivered", deliveryReason: "unreachable", nextChannel: "voice" }),
    ]);
    const told: string[] = [];
    for await (const { delivery } of session.watch()) told.push(delivery);
    expect(told).toEqual(["queued", "unknown", "undelivered"]);
  });

  it("asks after two seconds, then ever less often, every fifteen at last", async () => {
    const network = scripted([
      json(VERIFICATION, 201),
      ...Array.from({ length: 10 }, () => at({})),
      at({ status: "expired" }),
    ]);
    for await (const _ of (await sessionOf(network)).watch());
    expect(network.waits.map(Math.round)).toEqual([
      2_000, 2_800, 3_920, 5_488, 7_683, 10_756, 15_000, 15_000, 15_000, 15_000, 15_000,
    ]);
  });

  it("ends with its signal, and where there is no such verification any more", async () => {
    const { session } = await begun([problem("verification-not-found", 404)]);
    const controller = new AbortController();
    controller.abort();
    for await (const _ of session.watch({ signal: controller.signal })) expect.unreachable();
    let told = 0;
    for await (const _ of session.watch()) told += 1;
    expect(told).toBe(1);
  });
});

describe("a ticket", () => {
  function memory() {
    const items = new Map<string, string>();
    return {
      items,
      getItem: async (key: string) => items.get(key) ?? null,
      setItem: async (key: string, value: string) => void items.set(key, value),
    };
  }

  it("comes with an approval, lies under 16 bits that thousands of numbers share, and goes with the next start of its number alone", async () => {
    const storage = memory();
    const { session, ...network } = await begun(
      [json({ ...APPROVED, ticket: "t-1" }), json(VERIFICATION, 201), json(VERIFICATION, 201)],
      { storage },
    );
    await session.check("123456");
    expect(String([...storage.items.keys()])).toMatch(/^latchkey-ticket-[0-9a-f]{1,4}$/);
    await sessionOf(network);
    await network.client.start({ to: "+447700900124" });
    const tickets = network.sent.map(({ body }) => body["ticket"]);
    expect(tickets).toEqual([undefined, undefined, "t-1", undefined]);
  });

  it("is cut where the kept text is longer than the API takes", async () => {
    const storage = { ...memory(), getItem: () => "t".repeat(129) };
    const { sent } = await begun([], { storage });
    expect(sent.map(({ body }) => body["ticket"])).toEqual(["t".repeat(128)]);
  });

  it.each(["getItem", "setItem"])("is done without where %s fails", async (name) => {
    const storage = { ...memory(), [name]: () => Promise.reject(new Error("full")) };
    const { session } = await begun([json({ ...APPROVED, ticket: "t-1" })], { storage });
    expect(await session.check("123456")).toMatchObject({ kind: "approved" });
  });
});

describe("the code of a message", () => {
  const browser = (get: (options: object) => Promise<object | null>) => ({
    OTPCredential: Object,
    navigator: { credentials: { get } },
  });
  const { signal } = new AbortController();

  it("is received where the browser reads messages", async () => {
    const chrome = browser(async (options) => {
      expect(options).toEqual({ otp: { transport: ["sms"] }, signal });
      return { code: "123456" };
    });
    expect(await receiveCode(signal, chrome)).toBe("123456");
  });

  it.each([
    ["no browser", {}],
    ["a person who declines", browser(() => Promise.reject(new DOMException("no", "AbortError")))],
    ["a browser without an answer", browser(async () => null)],
  ])("is undefined with %s", async (_, one) => {
    expect(await receiveCode(signal, one)).toBeUndefined();
  });
});

// What follows is proven by the compiler: a line that is wrong does not compile.

// Every problem of the service is known.
expectTypeOf<Exclude<ServedCode, ProblemCode>>().toEqualTypeOf<never>();
// A start may hold all that the service takes, and each of its views can be read.
expectTypeOf<v.InferOutput<typeof START_REQUEST>>().toExtend<StartRequest>();
type Times = { readonly expiresAt: string; readonly resendAt: string };
expectTypeOf<Omit<VerificationView, keyof Times> & Times>().toExtend<Verification>();
// A proof can be had of an approval alone.
expectTypeOf<Extract<CheckOutcome, { kind: "approved" }>["proof"]>().toEqualTypeOf<string>();
expectTypeOf<CheckOutcome>().not.toHaveProperty("proof");
