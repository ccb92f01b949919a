import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildServer } from "../../server/build.ts";
import { refusedProofs } from "../../test/support/proofs.ts";
import { pythonPrograms, toItsEnd } from "../judges/programs.ts";
import { AUDIENCE, type Ground, newNumber } from "./ground.ts";

const run = promisify(execFile);
const HERE = import.meta.dirname;
const EXAMPLES = join(HERE, "../../examples");
/** Git ignores it: libraries and programs of other languages, kept for the next time. */
const KEPT = join(HERE, "../../.cache/integrations");
export const NIMBUS = "10.5";
const NIMBUS_SHA256 = "104ed6c348d35f68ab16d85550ed59239bcb7846bc2bd885ef3851a0ab2e73cf";

/** The example for Node: jose, by @latchkey/server. */
export async function jose(ground: Ground): Promise<void> {
  await buildServer();
  await verifies(ground, ["node", join(EXAMPLES, "node/check-proof.ts")]);
}

/** The example for Python, with PyJWT as the judges pin it by its hash, in the range of the example's requirements. */
export async function pyJwt(ground: Ground): Promise<void> {
  const python = join(await pythonPrograms(), "python");
  await verifies(ground, [python, join(EXAMPLES, "python/check_proof.py")]);
}

/** The example for Go. */
export async function golangJwt(ground: Ground): Promise<void> {
  const program = join(KEPT, "check-proof");
  await run("go", ["build", "-o", program, "."], { cwd: join(EXAMPLES, "go") });
  await verifies(ground, [program]);
}

/** A program in Java with Nimbus JOSE + JWT. */
export async function nimbus(ground: Ground): Promise<void> {
  const artifact = `com.nimbusds:nimbus-jose-jwt:${NIMBUS}`;
  const folder = join(KEPT, "java");
  const places = [`-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`];
  await run("mvn", ["-q", "dependency:copy", ...places]);
  const jar = join(folder, `nimbus-jose-jwt-${NIMBUS}.jar`);
  const hash = createHash("sha256").update(await readFile(jar));
  assert.equal(hash.digest("hex"), NIMBUS_SHA256);
  await verifies(ground, ["java", "-cp", jar, join(HERE, "CheckProof.java")]);
}

/** Takes a proof of a person for its nonce, and none that is changed, expired, or for anything else. Each question is a process of its own. */
async function verifies(ground: Ground, [program = "", ...args]: readonly string[]): Promise<void> {
  const to = newNumber();
  const ask = async (proof: string) => {
    const asked = [...args, ground.issuer, AUDIENCE, "login", "n-1"];
    const { code, output } = await toItsEnd(program, asked, { input: Promise.resolve(proof) });
    return code === 0 ? output.trim() : "refused";
  };
  const proof = await ground.prove(to, "n-1");
  assert.equal(await ask(proof), to);
  for (const [why, other] of await refusedProofs(ground, proof, Date.now())) {
    // A new process has no record of a use, and receives no number.
    if (["replayed", "of another number"].includes(why)) continue;
    assert.deepEqual([why, await ask(other)], [why, "refused"]);
  }
}
