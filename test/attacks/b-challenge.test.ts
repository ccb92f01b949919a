import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
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

it("B13: a challenge that was passed lets one start in, and no other with its token, at once or later", async () => {
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
