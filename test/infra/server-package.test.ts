import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ENTRIES } from "../../server/build.ts";
import { compile } from "../support/compile.ts";
import { aFolder } from "../support/folder.ts";
import { AUDIENCE, aProofKey, ISSUER, NUMBER } from "../support/proofs.ts";
import { unpack } from "./packed.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const SERVER = join(ROOT, "server");

/** All entries together; a program loads one or two of them. */
const MOST_GZIPPED_BYTES = 9 * 1_024;

const [folder, project] = [aFolder(), aFolder()];
const tarball = await unpack("server", folder);
await writeFile(join(project, "package.json"), '{ "type": "module" }');
const install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", tarball];
await run("npm", install, { cwd: project });

describe("the package of the server", () => {
  it("is within its budget, and brings jose and nothing else", async () => {
    const names = await readdir(join(folder, "dist"), { recursive: true });
    const files = names.filter((name) => name.endsWith(".js"));
    const sizes = await Promise.all(
      files.map(async (name) => gzipSync(await readFile(join(folder, "dist", name))).byteLength),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MOST_GZIPPED_BYTES);
    const installed = await readdir(join(project, "node_modules"));
    expect(installed.filter((name) => !name.startsWith(".")).toSorted()).toEqual([
      "@latchkey",
      "jose",
    ]);
  });

  it("has an entry for each file that is built, and no other", async () => {
    const { exports } = JSON.parse(await readFile(join(SERVER, "package.json"), "utf8"));
    const names = ENTRIES.map((name) => (name === "index" ? "." : `./${name}`));
    expect(Object.keys(exports)).toEqual(names);
  });

  it("loads of an entry what it needs: none but DynamoDB's asks for an SDK", async () => {
    for (const entry of ENTRIES.filter((name) => name !== "dynamodb")) {
      const name = entry === "index" ? "@latchkey/server" : `@latchkey/server/${entry}`;
      const script = `console.log(Object.keys(await import("${name}")).length > 0)`;
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
        cwd: project,
      });
      expect([name, stdout.trim()]).toEqual([name, "true"]);
    }
  });

  it("takes and refuses a proof, installed into an empty project", async () => {
    const key = await aProofKey();
    const now = Math.floor(Date.now() / 1_000);
    const proof = await key.sign({ iat: now, exp: now + 300 });
    await writeFile(
      join(project, "sign-in.js"),
      `import { createLocalJWKSet } from "jose";
       import { createProofVerifier } from "@latchkey/server";
       const verify = createProofVerifier({ issuer: "${ISSUER}", audience: "${AUDIENCE}",
         purposes: ["login"], keys: createLocalJWKSet({ keys: [${JSON.stringify(key.jwk)}] }) });
       for (const nonce of ["n-2", "n-1", "n-1"]) {
         const { claims, refusal } = await verify("${proof}", { purpose: "login", nonce });
         console.log(claims?.phoneNumber ?? refusal);
       }`,
    );
    const { stdout } = await run(process.execPath, ["sign-in.js"], { cwd: project });
    expect(stdout.trim().split("\n")).toEqual(["nonce-mismatch", NUMBER, "replayed"]);
  });

  it("compiles in a strict project, as its README shows", async () => {
    const readme = await readFile(join(SERVER, "README.md"), "utf8");
    await writeFile(join(project, "readme.ts"), /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "!");
    expect(await compile(project, "--module", "nodenext", "readme.ts")).toBe("");
  });
});
