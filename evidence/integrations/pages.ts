import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { close, listen } from "../../local/listening.ts";
import { requireProof } from "../../server/src/fastify.ts";
import { NUMBER, refusedProofs } from "../../test/support/proofs.ts";
import { AUDIENCE, type Ground, libraries, verifierOf } from "./ground.ts";

type Answer = { readonly status: number; readonly body: unknown };
/** Posts a proof to `/sign-in` with the cookie of a session. */
type Page = (proof: string, cookie: string) => Promise<Answer>;

/** The routes of the examples, in their frameworks. Each takes a proof and refuses every other, by the word of its refusal. */
export async function signInPages(ground: Ground): Promise<readonly string[]> {
  process.env["LATCHKEY_ISSUER"] = ground.issuer;
  process.env["LATCHKEY_AUDIENCE"] = AUDIENCE;
  const load = async (path: string) =>
    Object(await import(pathToFileURL(join(ground.examples, path)).href));
  const { openSession } = await load("sessions.js");
  const { app: express } = await load("express/sign-in.js");
  const { app: hono } = await load("hono/sign-in.js");
  const { POST } = await load("nextjs/route.js");
  const { handler } = await load("lambda/sign-in.js");
  const server = createServer(express);
  const port = await listen(server);
  const pages: Readonly<Record<string, Page>> = {
    Express: async (proof, cookie) =>
      toldBy(await fetch(requestOf(proof, cookie, `http://127.0.0.1:${port}`))),
    Hono: async (proof, cookie) => toldBy(await hono.request(requestOf(proof, cookie))),
    "Next.js (its route handler; Next itself is not started)": async (proof, cookie) =>
      toldBy(await POST(requestOf(proof, cookie))),
    Lambda: async (proof, cookie) => {
      const event = { cookies: [cookie], headers: {}, body: JSON.stringify({ proof }) };
      const { statusCode, body } = await handler(event);
      return { status: statusCode, body: JSON.parse(body) };
    },
    Fastify: fastifyPage(ground, "n-1"),
  };
  for (const [name, page] of Object.entries(pages)) {
    const session = name === "Fastify" ? { nonce: "n-1", cookie: "" } : openSession(NUMBER);
    await holds(ground, page, session);
  }
  await close(server);
  return Object.keys(pages);
}

async function holds(
  ground: Ground,
  page: Page,
  { nonce, cookie }: { readonly nonce: string; readonly cookie: string },
): Promise<void> {
  const own: Ground = { ...ground, sign: (changed) => ground.sign({ nonce, ...changed }) };
  const used = await own.sign();
  assert.deepEqual(await page(used, cookie), { status: 200, body: { signedInAs: NUMBER } });
  for (const [why, proof, code] of await refusedProofs(own, used, Date.now())) {
    const { status, body } = await page(proof, cookie);
    assert.deepEqual([why, status, Object(body).code], [why, 401, code]);
  }
}

function requestOf(proof: string, cookie: string, origin = "https://shop.example"): Request {
  return new Request(`${origin}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie },
    body: JSON.stringify({ proof }),
  });
}

async function toldBy(response: Response): Promise<Answer> {
  return { status: response.status, body: await response.json() };
}

function fastifyPage(ground: Ground, nonce: string): Page {
  const verify = verifierOf(ground, "login");
  const preHandler = requireProof(verify, {
    purpose: "login",
    nonce: () => nonce,
    phoneNumber: () => NUMBER,
  });
  const app = libraries("fastify")();
  app.post("/sign-in", { preHandler }, async () => ({ signedInAs: NUMBER }));
  return async (proof) => {
    const answer = await app.inject({ method: "POST", url: "/sign-in", payload: { proof } });
    return { status: answer.statusCode, body: answer.json() };
  };
}
