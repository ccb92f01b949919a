import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { close, listen } from "../../../local/listening.ts";
import { AUDIENCE, aProofKey, NUMBER, refusedProofs } from "../../support/proofs.ts";

const EXAMPLES = join(import.meta.dirname, "../../../examples");
/** A stranger has no patience for more. */
const MOST_LINES = 15;

type Answer = { readonly status: number; readonly body: unknown };
/** Takes a request with the proof and the cookie of a session to the route of an example. */
type Route = (proof: string, cookie: string) => Promise<Answer>;

/** The examples as their frameworks call them. What a module gives is checked by its use. */
const PAGES: Readonly<Record<string, (module: Readonly<Record<string, unknown>>) => Route>> = {
  "express/sign-in.js": (module) => async (proof, cookie) => {
    const server = createServer(Object(module["app"]) satisfies RequestListener);
    const url = `http://127.0.0.1:${await listen(server)}`;
    const answer = await toldBy(await fetch(requestOf(proof, cookie, url)));
    await close(server);
    return answer;
  },
  "hono/sign-in.js": (module) => async (proof, cookie) =>
    toldBy(await Object(module["app"]).request(requestOf(proof, cookie))),
  "nextjs/route.js": (module) => async (proof, cookie) =>
    toldBy(await Object(module["POST"])(requestOf(proof, cookie))),
  "lambda/sign-in.js": (module) => async (proof, cookie) => {
    const event = { cookies: [cookie], headers: {}, body: JSON.stringify({ proof }) };
    const { statusCode, body } = await Object(module["handler"])(event);
    return { status: statusCode, body: JSON.parse(body) };
  },
};

function requestOf(proof: string, cookie: string, origin = "https://shop.example"): Request {
  return new Request(`${origin}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie },
    body: JSON.stringify({ proof }),
  });
}

async function toldBy(answer: Response): Promise<Answer> {
  return { status: answer.status, body: await answer.json() };
}

describe.each(Object.entries(PAGES))("examples/%s", (path, routeOf) => {
  let key: Awaited<ReturnType<typeof aProofKey>>;
  let route: Route;
  let session: { readonly nonce: string; readonly cookie: string };
  const published = createServer((_, response) =>
    response.end(JSON.stringify({ keys: [key.jwk] })),
  );
  beforeAll(async () => {
    key = await aProofKey();
    process.env["LATCHKEY_ISSUER"] = `http://127.0.0.1:${await listen(published)}`;
    process.env["LATCHKEY_AUDIENCE"] = AUDIENCE;
    route = routeOf(await import(join(EXAMPLES, path)));
    session = (await import(join(EXAMPLES, "sessions.js"))).openSession(NUMBER);
  });
  afterAll(() => close(published));

  it(`has at most ${MOST_LINES} lines`, () => {
    const lines = readFileSync(join(EXAMPLES, path), "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
  });

  it("takes a proof, and refuses one that is changed, expired, replayed, or for another audience, purpose, nonce or number", async () => {
    const own = {
      sign: (changed: Readonly<Record<string, unknown>> = {}) => {
        const now = Math.floor(Date.now() / 1_000);
        const iss = process.env["LATCHKEY_ISSUER"];
        return key.sign({ iss, nonce: session.nonce, iat: now, exp: now + 300, ...changed });
      },
    };
    const used = await own.sign();
    expect(await route(used, session.cookie)).toEqual({
      status: 200,
      body: { signedInAs: NUMBER },
    });
    const refused = await refusedProofs(own, used, Date.now());
    expect(refused).toHaveLength(7);
    for (const [why, proof, code] of refused) {
      const answer = await route(proof, session.cookie);
      expect([why, answer]).toMatchObject([why, { status: 401, body: { code } }]);
    }
  });
});
