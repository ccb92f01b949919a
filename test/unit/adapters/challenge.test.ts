import type { ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { challengeVerifier, VERIFY_URLS } from "../../../functions/adapters/challenge/challenge.ts";
import type { ChallengeProvider } from "../../../functions/verification/challenge.ts";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";

/** What the provider was asked, and what it answers. */
const forms: URLSearchParams[] = [];
let answer: (response: ServerResponse) => void;
let verifyUrl = "";
const faults: string[] = [];
const words: string[] = [];

const server = serverOf(async (request, response) => {
  forms.push(new URLSearchParams(await text(request)));
  answer(response);
});
beforeAll(async () => {
  verifyUrl = `${localUrl(await listen(server))}/siteverify`;
});
afterAll(() => close(server));
beforeEach(() => {
  forms.length = 0;
  faults.length = 0;
  words.length = 0;
  answers(GOOD);
});

const GOOD = { success: true, hostname: "app.example", action: "latchkey_start" } as const;

function replies(by: (response: ServerResponse) => void): void {
  answer = by;
}

function answers(body: unknown, status = 200): void {
  replies((response) => response.writeHead(status).end(JSON.stringify(body)));
}

function verify(
  provider: ChallengeProvider = "turnstile",
  clientAddress?: string,
  token = "the-token",
) {
  const verifier = challengeVerifier({
    provider,
    action: "latchkey_start",
    siteKey: "the-site-key",
    hosts: ["app.example", "www.app.example"],
    ...(provider === "recaptcha" && { androidPackages: ["com.example.app"] }),
    verifyUrl,
    secret: async () => "the-secret",
    logFault: (what, fault) => {
      faults.push(what);
      words.push(String(fault));
    },
  });
  return verifier.verify({ token, clientAddress });
}

describe("a token", () => {
  it("passes that was made on a page of ours for a start", async () => {
    expect(await verify()).toBe("passed");
    expect(await verify("recaptcha")).toBe("passed");
    for (const score of [0.5, 1]) {
      answers({ ...GOOD, score });
      expect(await verify("recaptcha")).toBe("passed");
    }
    expect(faults).toEqual([]);
  });

  it("is asked about with the secret, and the client's address where there is one", async () => {
    await verify("turnstile", "192.0.2.1");
    await verify("turnstile");
    expect(Object.fromEntries(forms[0] ?? [])).toEqual({
      secret: "the-secret",
      response: "the-token",
      remoteip: "192.0.2.1",
    });
    expect(forms[1]?.has("remoteip")).toBe(false);
    await verify("hcaptcha");
    expect(forms[2]?.get("sitekey")).toBe("the-site-key");
  });

  it.each([
    ["turnstile", { ...GOOD, success: false, "error-codes": ["invalid-input-response"] }, "failed"],
    ["turnstile", { success: false, "error-codes": ["timeout-or-duplicate"] }, "failed"],
    ["turnstile", { ...GOOD, hostname: "evil.example" }, "failed"],
    ["turnstile", { ...GOOD, hostname: "app.example.evil.example" }, "failed"],
    ["turnstile", { success: true, action: "latchkey_start" }, "failed"],
    ["turnstile", { ...GOOD, action: "login" }, "failed"],
    ["turnstile", { success: true, hostname: "app.example" }, "failed"],
    ["turnstile", { ...GOOD, score: 0.4 }, "failed"],
    // hCaptcha knows no action.
    ["hcaptcha", { success: true, hostname: "app.example" }, "passed"],
    ["hcaptcha", { success: true, hostname: "evil.example" }, "failed"],
    ["hcaptcha", { success: true, hostname: "not-provided" }, "passed"],
    ["hcaptcha", { ...GOOD, score: 0.1 }, "passed"],
    ["hcaptcha", { ...GOOD, score: 0.9 }, "failed"],
    ["hcaptcha", { ...GOOD, score: null, "error-codes": null }, "passed"],
    ["turnstile", { ...GOOD, hostname: "not-provided" }, "failed"],
    ["recaptcha", { ...GOOD, hostname: "not-provided" }, "failed"],
    // Version 2 of reCAPTCHA, and version 3.
    ["recaptcha", { success: true, hostname: "app.example" }, "passed"],
    ["recaptcha", { success: true, hostname: "app.example", action: null }, "passed"],
    ["recaptcha", { success: true, hostname: "evil.example" }, "failed"],
    ["recaptcha", { success: true, hostname: "com.example.app" }, "failed"],
    // Of reCAPTCHA for Android.
    ["recaptcha", { success: true, apk_package_name: "com.example.app" }, "passed"],
    ["recaptcha", { success: true, apk_package_name: "com.evil.app" }, "failed"],
    ["turnstile", { ...GOOD, hostname: null, apk_package_name: "com.example.app" }, "failed"],
    ["recaptcha", { success: true, hostname: "app.example", score: 0.9 }, "failed"],
    ["recaptcha", { success: true, hostname: "app.example", action: "login" }, "failed"],
  ] as const)("of %s answered with %j has %s", async (provider, body, result) => {
    answers(body);
    expect(await verify(provider)).toBe(result);
    expect(faults).toEqual([]);
  });
});

/** A failure that a token can cause must not count as a missing answer: a stage may admit starts without one. */
describe("a token that provokes a failure of the provider", () => {
  it.each(["<script>alert(1)</script>", "' OR 1=1 --", "a token", "t\u0000k", ""])(
    "is not asked about, since this is no token: %j",
    async (token) => {
      answers({ success: true });
      expect(await verify("turnstile", undefined, token)).toBe("failed");
      expect(forms).toEqual([]);
    },
  );

  const INVALID = { success: false, "error-codes": ["invalid-input-response"] };
  it.each([
    ["a malformed request", { success: false, "error-codes": ["bad-request"] }, 200],
    ["an answer that is 400 and says why", INVALID, 400],
    ["a refusal that calls itself a success", GOOD, 400],
  ])("fails: %s", async (_, body, status) => {
    answers(body, status);
    expect(await verify()).toBe("failed");
    expect(faults).toEqual([]);
  });

  it.each([
    ["fails at a page of the provider's firewall", 403, "failed"],
    ["is not who makes the provider refuse us all", 429, "unreachable"],
  ])("%s, which is logged", async (_, status, result) => {
    replies((response) => response.writeHead(status).end("<html>"));
    expect(await verify()).toBe(result);
    expect(faults).toEqual(["challenge-unreachable"]);
    expect(words).toEqual([`Error: the verifier answered ${status}`]);
  });
});

describe("what cannot be asked", () => {
  it.each([
    "missing-input-secret",
    "invalid-input-secret",
    "internal-error",
    "sitekey-secret-mismatch",
  ])("is logged with the reason of the provider: %s", async (code) => {
    answers({ success: false, "error-codes": ["invalid-input-response", code] });
    expect(await verify()).toBe("unreachable");
    expect(words).toEqual([`Error: the verifier answered ${code}`]);
  });

  const NO_SECRET = { success: false, "error-codes": ["invalid-input-secret"] };
  const ELSEWHERE = { location: "http://127.0.0.1:1/" };
  it.each<[string, () => void]>([
    ["a broken provider", () => answers("", 500)],
    ["one that calls itself a success", () => answers(GOOD, 500)],
    ["an answer that is no JSON", () => replies((response) => response.end("<html>"))],
    ["an answer of another form", () => answers({ ok: true })],
    ["a reset", () => replies((response) => response.destroy())],
    ["a wrong secret of ours", () => answers(NO_SECRET)],
    ["a wrong secret of ours, and 400", () => answers(NO_SECRET, 400)],
    ["an answer from elsewhere", () => replies((it) => it.writeHead(307, ELSEWHERE).end())],
    ["silence", () => replies(() => undefined)],
  ])("is unreachable, and logged: %s", async (_, arrange) => {
    arrange();
    expect(await verify()).toBe("unreachable");
    expect(faults).toEqual(["challenge-unreachable"]);
  });
});

it("is asked of each provider where its own documents name it", () => {
  for (const url of Object.values(VERIFY_URLS)) expect(new URL(url).protocol).toBe("https:");
});
