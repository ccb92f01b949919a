import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { attackedSystem } from "./support/attacked-system.ts";
import { resultOf } from "./support/guessing.ts";

const target = attackedSystem({ challenged: true });

/** A maker of challenges that gives tokens out, and takes each once. */
const tokens = new Set<string>();
const maker = serverOf(async (request, response) => {
  const success = tokens.delete(new URLSearchParams(await text(request)).get("response") ?? "");
  response.writeHead(200, { "content-type": "application/json" });
  const about = { hostname: "localhost", action: "latchkey_start", "error-codes": [] };
  response.end(JSON.stringify({ success, ...about }));
});

beforeAll(async () => {
  target.set({ CHALLENGE_VERIFY_URL: localUrl(await listen(maker)) });
});
afterAll(() => close(maker));

const startWith = (challenge?: string) => target.tryStart(target.person(), { challenge });
const sent = () => target.system().handset.messages().length;

it("B13: a challenge that was passed lets one start in, and no other with its token, at once or later", async () => {
  const before = sent();
  const challenge = randomUUID();
  tokens.add(challenge);
  const answers = await Promise.all(Array.from({ length: 50 }, () => startWith(challenge)));
  answers.push(await startWith(challenge));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(answers.filter(({ status }) => status !== 201).map(resultOf))).toEqual(
    new Set(["challenge-required"]),
  );
  expect(sent() - before).toBe(1);
});
