import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Answer, SAFE_HEADERS } from "../../../functions/http/answer.ts";
import { type ApiSettings, api } from "../../../functions/http/api.ts";
import { preflightEndpoint } from "../../../functions/http/preflight.ts";
import { PROBLEMS, Problem, problemOf } from "../../../functions/http/problem.ts";
import { DISCOVERY_PATH, wellKnownEndpoint } from "../../../functions/http/well-known.ts";
import { aContext, anEvent } from "../../support/events.ts";

const settings = {
  docsUrl: "https://docs.example.com/#",
  allowedOrigins: ["https://app.example.com"],
};
const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

async function answerOf(
  endpoint: () => Promise<Answer>,
  headers: Readonly<Record<string, string>> = {},
  allowedOrigins: ApiSettings["allowedOrigins"] = settings.allowedOrigins,
) {
  const answer = await api(endpoint, { ...settings, allowedOrigins })(
    anEvent({ headers }),
    aContext,
  );
  const { statusCode: status, headers: sent = {}, body } = answer;
  return { status, headers: sent, body: body === "" ? undefined : JSON.parse(body) };
}

const ok = async (): Promise<Answer> => ({ status: 200, body: { fine: true }, outcome: "fine" });
const throwing = (fault: unknown) => () => Promise.reject(fault);

describe("every answer", () => {
  it.each([
    ["an answer", ok],
    ["a problem", throwing(new Problem("phone-invalid"))],
    ["a fault", throwing(new Error("boom"))],
  ])("carries the safe headers: %s", async (_, endpoint) => {
    const { headers } = await answerOf(endpoint);
    // Caches are told that another origin may have another answer.
    expect(headers).toMatchObject({ ...SAFE_HEADERS, vary: "Origin" });
  });

  it("leaves one log line with route, status and result", async () => {
    await answerOf(ok);
    const answered = { event: "answered", requestId: "request-1", status: 200, result: "fine" };
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { ...answered, route: "POST /v1/verifications" },
    ]);
  });

  it("is logged with the time that it took", async () => {
    vi.useFakeTimers();
    await answerOf(async () => {
      vi.advanceTimersByTime(250);
      return ok();
    });
    vi.useRealTimers();
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ milliseconds: 250 });
  });

  it("without a body has no media type", async () => {
    const { headers, body } = await answerOf(async () => ({ status: 204, outcome: "done" }));
    expect(body).toBeUndefined();
    expect(headers).not.toHaveProperty("content-type");
  });

  it("to a preflight lists what a page may send, and for how long", async () => {
    const { status, headers } = await answerOf(() => preflightEndpoint(anEvent()), {
      Origin: "https://app.example.com",
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-allow-headers":
        "Content-Type, Idempotency-Key, Latchkey-App, traceparent, tracestate, baggage, sentry-trace, *",
      "access-control-max-age": "600",
    });
    expect(lines).toEqual([]);
  });

  const issuer = "https://verify.test/prod";
  it.each([
    ["the proof keys", "/.well-known/jwks.json", { keys: [{ kid: "k" }] }, "keys"],
    [
      "the discovery document",
      DISCOVERY_PATH,
      { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` },
      "configuration",
    ],
  ])(
    "with %s may be read by any page, and kept for ten minutes",
    async (_, resourcePath, expected, result) => {
      const published = { issuer, readKeys: async () => [{ kid: "k" }] };
      const { headers, body } = await answerOf(() =>
        wellKnownEndpoint(published)(anEvent({ resourcePath })),
      );
      expect(body).toMatchObject(expected);
      expect(headers).toMatchObject({
        "access-control-allow-origin": "*",
        "cache-control": "public, max-age=600",
      });
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({ result });
    },
  );

  it("with the page of the problems is a page with each problem under its anchor, its own style and no script", async () => {
    const readKeys = () => Promise.reject(new Error("KMS is away"));
    const event = anEvent({ resourcePath: "/problems" });
    const entry = api(wellKnownEndpoint({ issuer: "", readKeys }), settings);
    const { statusCode, headers = {}, body } = await entry(event, aContext);
    expect([statusCode, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(headers["cache-control"]).toBe("public, max-age=600");
    for (const [code, { title }] of Object.entries(PROBLEMS)) {
      expect(body).toContain(`<h2 id="${code}">${code}</h2><p>${title} (HTTP`);
      expect(title).not.toMatch(/[<>&]/);
    }
    const [, style = ""] = /<style>(.*)<\/style>/.exec(body) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(headers["content-security-policy"]).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(body).not.toMatch(/<script|<link|style=|https?:/);
  });
});

describe("a problem", () => {
  it("has the form of RFC 9457", async () => {
    const problem = new Problem("too-many-sends", { retryAfterSeconds: 7 });
    const { status, headers, body } = await answerOf(throwing(problem));
    expect(status).toBe(429);
    expect(headers).toMatchObject({
      "content-type": "application/problem+json",
      "retry-after": "7",
    });
    expect(body).toEqual({
      type: "https://docs.example.com/#too-many-sends",
      title: PROBLEMS["too-many-sends"].title,
      status: 429,
      code: "too-many-sends",
      instance: "request-1",
      retryAfterSeconds: 7,
    });
  });

  it("is counted in the log by its code", async () => {
    await answerOf(throwing(new Problem("phone-invalid")));
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ status: 422, problem: "phone-invalid" });
    await answerOf(throwing(new Problem("body-invalid")));
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ status: 400, problem: "body-invalid" });
  });

  it("after which waiting does not help has no time to wait", async () => {
    const { headers, body } = await answerOf(throwing(new Problem("phone-invalid")));
    expect(headers).not.toHaveProperty("retry-after");
    expect(body).not.toHaveProperty("retryAfterSeconds");
  });

  it.each([
    [{ why: "channel-not-available", channels: ["voice"] }, { channels: ["voice"] }],
    [{ why: "phone-not-allowed", reason: "premium" }, { reason: "premium" }],
    [{ why: "too-many-requests", retryAt: 12_400 }, { retryAfterSeconds: 3 }],
    [{ why: "number-locked", retryAt: 12_400 }, { retryAfterSeconds: 3 }],
    [{ why: "number-locked", retryAt: 9_000 }, { retryAfterSeconds: 1 }],
  ] as const)("of %j returns %j and no more", (refusal, members) => {
    expect(problemOf({ kind: "refused", ...refusal }, 10_000).members).toEqual(members);
  });

  it.each(["sending-paused", "provider-unavailable"] as const)(
    "that is no fault of the caller has a time to wait: %s",
    (why) => {
      expect(PROBLEMS[why].status).toBe(503);
      expect(problemOf({ kind: "refused", why }, 0).members.retryAfterSeconds).toBeGreaterThan(0);
    },
  );

  it("shows when a number may be sent another code, and nothing else of its limits", () => {
    expect(
      problemOf({ kind: "refused", why: "too-many-sends", retryAt: 12_400 }, 10_000).members,
    ).toEqual({ retryAfterSeconds: 3, resendAt: "1970-01-01T00:00:13.000Z" });
  });
});

describe("a fault", () => {
  it("is logged with its cause, which the caller does not receive", async () => {
    const { status, body } = await answerOf(throwing(new Error("table latchkey is gone")));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("latchkey is gone");
    expect(lines.join()).toContain("table latchkey is gone");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ event: "fault", what: "request-failed" });
  });

  it("leaves no long run of digits in the log", async () => {
    await answerOf(throwing(new Error("cannot send 271828 to +447700900123")));
    expect(lines.join()).not.toMatch(/271828|7700900123/);
  });
});

describe("an origin", () => {
  it.each([
    ["the answer", ok],
    ["a problem", throwing(new Problem("too-many-sends", { retryAfterSeconds: 7 }))],
  ])("on the list may read %s", async (_, endpoint) => {
    const { headers } = await answerOf(endpoint, { Origin: "https://app.example.com" });
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-expose-headers": "Date, Retry-After",
      vary: "Origin",
    });
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });

  it.each([
    "null",
    "https://app.example.com.evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    // Of the local system's list alone; a stage has none of them.
    "http://localhost",
    "loopback",
    "",
  ])("that is not on the list is refused before anything is done: %j", async (origin) => {
    const { status, headers, body } = await answerOf(
      async () => expect.unreachable("the endpoint ran"),
      { origin },
    );
    expect([status, body.code]).toEqual([403, "origin-not-allowed"]);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("of a port of this machine may call where the list has loopback, and no look-alike", async () => {
    const asked = async (Origin: string) => (await answerOf(ok, { Origin }, ["loopback"])).status;
    for (const origin of ["http://localhost:5173", "http://127.0.0.1", "http://[::1]:3000"])
      expect([origin, await asked(origin)]).toEqual([origin, 200]);
    for (const origin of ["https://localhost", "http://localhost.evil.example", "http://10.0.0.1"])
      expect([origin, await asked(origin)]).toEqual([origin, 403]);
  });

  it("of any page may read what is public", async () => {
    const { status, headers } = await answerOf(ok, { Origin: "https://evil.example" }, "any");
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "access-control-allow-origin": "https://evil.example" });
    const unnamed = await answerOf(ok, {}, "any");
    expect(unnamed.headers).not.toHaveProperty("access-control-allow-origin");
  });
});
