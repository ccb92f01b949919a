import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { attackedSystem } from "./support/attacked-system.ts";
import { resultOf } from "./support/guessing.ts";

const target = attackedSystem({ challenged: true });

type Token = { readonly hostname?: string; readonly action?: string; readonly status?: number };

/** A maker of challenges that gives tokens out as a test wants them, and takes each once. */
const tokens = new Map<string, Token>();
const asked: string[] = [];
const maker = serverOf(async (request, response) => {
  const token = new URLSearchParams(await text(request)).get("response") ?? "";
  asked.push(token);
  const {
    hostname = "localhost",
    action = "latchkey-start",
    status = 200,
  } = tokens.get(token) ?? {};
  const success = tokens.delete(token);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ success, hostname, action, "error-codes": [] }));
});

beforeAll(async () => {
  target.set({ CHALLENGE_VERIFY_URL: localUrl(await listen(maker)) });
});
afterAll(() => close(maker));

function aToken(token: Token = {}): string {
  const name = randomUUID();
  tokens.set(name, token);
  return name;
}

const startWith = (challenge?: string) => target.tryStart(target.person(), { challenge });
const sent = () => target.system().handset.messages().length;

describe("B13: a challenge that was passed lets one start in", () => {
  it("and no other that uses its token, at once or later", async () => {
    const before = sent();
    const challenge = aToken();
    const answers = await Promise.all(Array.from({ length: 50 }, () => startWith(challenge)));
    answers.push(await startWith(challenge));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(resultOf))).toEqual(
      new Set(["challenge-required"]),
    );
    expect(sent() - before).toBe(1);
  });

  it("and the same request again under its Idempotency-Key is told of that one", async () => {
    const who = target.person();
    const key = { "idempotency-key": "b13-the-same-request-again" };
    const challenge = aToken();
    const first = await target.tryStart(who, { challenge }, key);
    const again = await target.tryStart(who, { challenge }, key);
    expect([again.status, again.body["id"]]).toEqual([201, first.body["id"]]);
    expect(target.sentTo(who)).toBe(1);
  });

  it.each<readonly [string, Token]>([
    ["on a page of somebody else", { hostname: "evil.example" }],
    ["on a page whose name begins like ours", { hostname: "localhost.evil.example" }],
    ["for something else", { action: "newsletter" }],
    ["when its provider fails", { status: 500 }],
    ["when the answer about it is a refusal", { status: 403 }],
  ])("and none whose token was made %s", async (_, token) => {
    const before = sent();
    expect(resultOf(await startWith(aToken(token)))).toBe("challenge-required");
    expect(sent()).toBe(before);
  });

  it("nor one whose token is none, about which the provider is not asked", async () => {
    const before = asked.length;
    for (const challenge of [undefined, "", "made up", "a\u0000b", "<script>", "'--"])
      expect(resultOf(await startWith(challenge))).toBe("challenge-required");
    expect(asked).toHaveLength(before);
  });
});
