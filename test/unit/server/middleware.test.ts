import { json } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { close, listen, serverOf } from "../../../local/listening.ts";
import * as express from "../../../server/src/express.ts";
import * as fastify from "../../../server/src/fastify.ts";
import * as hono from "../../../server/src/hono.ts";
import type { ProofClaims } from "../../../server/src/index.ts";
import * as lambda from "../../../server/src/lambda.ts";
import * as nextjs from "../../../server/src/nextjs.ts";
import {
  aProofKey,
  NUMBER,
  type ProofKey,
  refusedProofs,
  verifierOf,
} from "../../support/proofs.ts";

let key: ProofKey;
beforeAll(async () => {
  key = await aProofKey();
});

type Told = { readonly status: number; readonly body: unknown; readonly type?: unknown };
/** How a request carries its proof. */
type Carried = { readonly authorization?: string; readonly body?: unknown };
type Asking = (carried: Carried) => Promise<Told>;

const verifier = () => verifierOf(key, { purposes: ["login"] });

const RULES = { purpose: "login", nonce: () => "n-1", phoneNumber: () => NUMBER } as const;
type Rules = Omit<typeof RULES, "nonce"> & { readonly nonce: () => string | null | undefined };

/** Each kind of middleware in the least that it needs of its host; evidence/integrations has the hosts themselves. */
const HOSTS: Readonly<Record<string, (rules: Rules) => Asking>> = {
  Express: (rules) => {
    const middleware = express.requireProof(verifier(), rules);
    return async ({ authorization, body }) => {
      const server = serverOf(async (incoming, response) => {
        const request = Object.assign(incoming, { body: await json(incoming) });
        await middleware(request, response, (fault) =>
          response.end(fault === undefined ? express.proofOf(request).phoneNumber : "fault"),
        );
      });
      const port = await listen(server);
      const answer = await fetch(`http://127.0.0.1:${port}`, {
        method: "POST",
        body: JSON.stringify(body ?? {}),
        headers: authorization === undefined ? {} : { authorization },
      });
      const told = await toldBy(answer);
      await close(server);
      return told;
    };
  },
  Fastify: (rules) => {
    const hook = fastify.requireProof(verifier(), rules);
    return async ({ authorization, body }) => {
      const told: { status: number; body: unknown; type?: unknown } = { status: 200, body: "" };
      const reply = {
        code(status: number) {
          told.status = status;
          return reply;
        },
        headers(headers: Readonly<Record<string, string>>) {
          told.type = headers["content-type"];
          return reply;
        },
        send(text: string) {
          told.body = JSON.parse(text);
          return reply;
        },
      };
      const request = { headers: { authorization }, body };
      const sent = await hook(request, reply);
      return sent === undefined
        ? { status: 200, body: fastify.proofOf(request).phoneNumber }
        : told;
    };
  },
  Hono: (rules) => {
    const middleware = hono.requireProof(verifier(), rules);
    return async ({ authorization, body }) => {
      const kept = new Map<string, ProofClaims>();
      const context = {
        req: { header: () => authorization, text: async () => JSON.stringify(body ?? "") },
        set: (name: string, claims: ProofClaims) => void kept.set(name, claims),
      };
      const answer = await middleware(context, async () => undefined);
      return answer === undefined
        ? { status: 200, body: kept.get("proof")?.phoneNumber }
        : toldBy(answer);
    };
  },
  "Next.js": (rules) => {
    const route = nextjs.withProof(verifier(), rules, async (request, { phoneNumber }) => {
      // The route can read the body again.
      await request.text();
      return new Response(phoneNumber);
    });
    return async ({ authorization, body }) => {
      const request = new Request("https://shop.example/sign-in", {
        method: "POST",
        body: JSON.stringify(body ?? {}),
        headers: authorization === undefined ? {} : { authorization },
      });
      return toldBy(await route(request));
    };
  },
  "Lambda behind a REST API": (rules) => onLambda(rules, "Authorization", "utf8"),
  "Lambda behind an HTTP API": (rules) => onLambda(rules, "authorization", "base64"),
};

function onLambda(rules: Rules, header: string, encoding: "utf8" | "base64"): Asking {
  const handler = lambda.withProof(verifier(), rules, async (_, { phoneNumber }) => ({
    statusCode: 200,
    body: phoneNumber,
  }));
  return async ({ authorization, body }) => {
    const { statusCode, ...answer } = await handler({
      headers: { [header]: authorization },
      body: Buffer.from(JSON.stringify(body ?? {})).toString(encoding),
      isBase64Encoded: encoding === "base64",
    });
    return statusCode === 200
      ? { status: 200, body: answer.body }
      : {
          status: statusCode,
          body: JSON.parse(answer.body),
          type: answer.headers?.["content-type"],
        };
  };
}

async function toldBy(answer: Response): Promise<Told> {
  const text = await answer.text();
  return answer.status === 200
    ? { status: 200, body: text }
    : { status: answer.status, body: JSON.parse(text), type: answer.headers.get("content-type") };
}

const refusal = (code: string) => ({
  status: 401,
  body: { title: expect.any(String), status: 401, code },
  type: "application/problem+json",
});

describe.each(Object.keys(HOSTS))("%s", (name) => {
  const asking = (rules: Rules = RULES): Asking =>
    HOSTS[name]?.(rules) ?? (() => Promise.reject(new Error(name)));

  it("lets a proof through, and refuses one that is changed, expired, replayed, or for anything else", async () => {
    const ask = asking();
    const proof = await key.sign();
    expect(await ask({ body: { proof } })).toEqual({ status: 200, body: NUMBER });
    for (const [why, other, code] of await refusedProofs(key, proof))
      expect([why, await ask({ body: { proof: other } })]).toEqual([why, refusal(code)]);
  });

  it("finds the proof in the header or in the body, and none where there is none", async () => {
    const ask = asking();
    const proof = await key.sign();
    expect((await ask({ authorization: `Bearer ${proof}` })).status).toBe(200);
    expect((await ask({ authorization: `bearer ${await key.sign({ jti: "2" })}` })).status).toBe(
      200,
    );
    for (const carried of [{}, { body: null }, { body: "x" }, { authorization: `Basic ${proof}` }])
      expect(await ask(carried)).toEqual(refusal("malformed"));
  });

  it("refuses a request without a session, whatever its proof", async () => {
    const ask = asking({ ...RULES, nonce: () => undefined });
    for (const nonce of ["n-1", undefined])
      expect(await ask({ body: { proof: await key.sign({ nonce }) } })).toEqual(
        refusal("nonce-mismatch"),
      );
  });
});

describe("middleware for Express", () => {
  const response = { statusCode: 0, setHeader: () => undefined, end: () => undefined };

  it("hands a fault to the next handler, and knows no proof of a request that it did not see", async () => {
    const fault = new Error("the session store is away");
    const middleware = express.requireProof(verifier(), {
      ...RULES,
      nonce: () => Promise.reject(fault),
    });
    const told: unknown[] = [];
    await middleware({ headers: {} }, response, (given) => void told.push(given));
    expect(told).toEqual([fault]);
    expect(() => express.proofOf({})).toThrow("requireProof does not stand before this route");
  });

  it("takes the proof from the place in its rules", async () => {
    const middleware = express.requireProof(verifier(), {
      ...RULES,
      proof: ({ query }: { readonly headers: object; readonly query: string }) => query,
    });
    const told: unknown[] = [];
    const request = { headers: {}, query: await key.sign() };
    await middleware(request, response, () => void told.push("through"));
    expect(told).toEqual(["through"]);
  });
});
