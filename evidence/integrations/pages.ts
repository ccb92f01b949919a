import assert from "node:assert/strict";
import { requireProof } from "../../server/src/fastify.ts";
import { NUMBER, refusedProofs } from "../../test/support/proofs.ts";
import { type Ground, libraries, verifierOf } from "./ground.ts";

/** A route in Fastify takes a proof and refuses every other, by the word of its refusal. test/unit/server/sign-in-pages.test.ts runs the other frameworks. */
export async function fastify(ground: Ground): Promise<void> {
  const preHandler = requireProof(verifierOf(ground, "login"), {
    purpose: "login",
    nonce: () => "n-1",
    phoneNumber: () => NUMBER,
  });
  const app = libraries("fastify")();
  app.post("/sign-in", { preHandler }, async () => ({ signedInAs: NUMBER }));
  const asked = async (proof: string) => {
    const answer = await app.inject({ method: "POST", url: "/sign-in", payload: { proof } });
    return { status: answer.statusCode, body: answer.json() };
  };
  const used = await ground.sign({ nonce: "n-1" });
  assert.deepEqual(await asked(used), { status: 200, body: { signedInAs: NUMBER } });
  const own = { sign: (changed = {}) => ground.sign({ nonce: "n-1", ...changed }) };
  for (const [why, proof, code] of await refusedProofs(own, used, Date.now())) {
    const { status, body } = await asked(proof);
    assert.deepEqual([why, status, Object(body).code], [why, 401, code]);
  }
}
