import { execFile, spawn } from "node:child_process";
import type { JsonWebKey } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProofCheck } from "../../examples/node/check-proof.ts";
import type { System } from "../../local/system.ts";
import { buildServer } from "../../server/build.ts";
import { forgedProofs } from "../attacks/support/forged-proofs.ts";
import { aFolder } from "../support/folder.ts";
import { startPatientSystem } from "../support/patient-system.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "examples");
const AUDIENCE = "latchkey-dev";

/** A program, and why it cannot be tried here; Node is always there. */
type Program = {
  readonly name: string;
  readonly command: readonly string[];
  readonly missing?: string;
};

const work = aFolder();
const PROGRAMS: readonly Program[] = [
  { name: "Node", command: [process.execPath, join(EXAMPLES, "node/check-proof.ts")] },
  await pythonProgram(),
  await goProgram(),
];

async function pythonProgram(): Promise<Program> {
  const python = process.env["PYTHON"] ?? "python3";
  const program = { name: "Python", command: [python, join(EXAMPLES, "python/check_proof.py")] };
  const found = await works(python, ["-c", "import jwt, cryptography"]);
  return found
    ? program
    : { ...program, missing: "there is no python3 with PyJWT and cryptography" };
}

async function goProgram(): Promise<Program> {
  const binary = join(work, "check-proof");
  const built = await works("go", ["build", "-o", binary, "."], join(EXAMPLES, "go"));
  const program = { name: "Go", command: [binary] };
  return built ? program : { ...program, missing: "there is no Go that can build it" };
}

async function works(program: string, args: readonly string[], cwd = ROOT): Promise<boolean> {
  return run(program, [...args], { cwd }).then(
    () => true,
    () => false,
  );
}

/** What a program prints for a proof on its standard input, and how it ends. */
function ask([program = "", ...args]: readonly string[], proof: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    let printed = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? printed.trim() : "refused"));
    child.stdin.end(`${proof}\n`);
  });
}

describe("the examples for back ends", () => {
  let system: System;
  let last = 900_840;
  beforeAll(async () => {
    // The example runs as a program of its own, which finds the package where a reader has it.
    await buildServer();
    system = await startPatientSystem();
  });
  afterAll(() => system.stop());

  async function proven(session: object = { nonce: "n-1" }) {
    last += 1;
    const number = `+447700${last}`;
    const { id } = await post("", { to: number, purpose: "signup", ...session });
    const code = /\d{6}/.exec((await system.handset.waitFor(number)).text)?.[0];
    const { proof } = await post(`/${id}/check`, { code });
    return { proof: String(proof), number };
  }

  async function post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${system.url}/v1/verifications${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return Object(await response.json());
  }

  async function publishedKey(): Promise<JsonWebKey> {
    const { keys } = Object(await (await fetch(`${system.url}/.well-known/jwks.json`)).json());
    return keys[0];
  }

  /** The same claims under a signature of nobody. */
  const forged = (proof: string): string => `${proof.slice(0, -8)}AAAAAAAA`;

  describe.each(PROGRAMS)("in $name", ({ name, command, missing }) => {
    if (missing !== undefined)
      process.stdout.write(`SKIPPED: the example in ${name}: ${missing}\n`);

    it.skipIf(missing !== undefined)("takes a proof for this session, and no other", async () => {
      const { proof, number } = await proven();
      const asked = (purpose: string, nonce: string, given = proof, audience = AUDIENCE) =>
        ask([...command, system.url, audience, purpose, nonce], given);
      expect(await asked("signup", "n-1")).toBe(number);
      expect(await asked("login", "n-1")).toBe("refused");
      expect(await asked("signup", "n-2")).toBe("refused");
      expect(await asked("signup", "", (await proven({})).proof)).toBe("refused");
      expect(await asked("signup", "n-1", forged(proof))).toBe("refused");
      expect(await asked("signup", "n-1", proof, "somebody-else")).toBe("refused");
      expect(await asked("signup", "n-1", "no.proof.at-all")).toBe("refused");
      // The two that fool libraries which ask the token how it is to be checked.
      const { 'alg "none"': unsigned, "HS256 by the key in PEM": confused } = forgedProofs(
        proof,
        await publishedKey(),
      );
      for (const one of [unsigned, confused])
        expect(await asked("signup", "n-1", one)).toBe("refused");
    });
  });

  it("take a proof once", async () => {
    const check = createProofCheck(system.url, AUDIENCE);
    const { proof, number } = await proven();
    expect(await check(proof, { purpose: "signup", nonce: "n-1" })).toBe(number);
    await expect(check(proof, { purpose: "signup", nonce: "n-1" })).rejects.toThrow("replayed");
  });
});

const RN = "0.88.1";
const TYPED = [`react-native@${RN}`, `@react-native/virtualized-lists@${RN}`, "expo-crypto@57.0.3"];

/** The types of React Native and Expo, without the hundreds of packages that build apps. Kept for the next time. */
async function reactNativeTypes(): Promise<string | undefined> {
  const folder = join(ROOT, ".cache", TYPED.join().replaceAll("/", "-"));
  const done = join(folder, "done");
  if (existsSync(done)) return folder;
  try {
    for (const name of TYPED) {
      const target = join(folder, "node_modules", name.replace(/@[\d.]+$/, ""));
      await mkdir(target, { recursive: true });
      const pack = ["pack", name, "--json", "--pack-destination", folder];
      const { stdout } = await run("npm", pack, { cwd: folder });
      const tarball = join(folder, JSON.parse(stdout)[0].filename);
      await run("tar", ["xzf", tarball, "-C", target, "--strip-components=1"]);
      await rm(tarball);
    }
    await writeFile(done, "");
    return folder;
  } catch {
    return undefined;
  }
}

const typesOfReactNative = await reactNativeTypes();
if (typesOfReactNative === undefined)
  process.stdout.write(
    "SKIPPED: the types of the example for Expo, since the registry does not answer\n",
  );

describe("the example for Expo and React Native", () => {
  it.skipIf(typesOfReactNative === undefined)(
    "compiles against the types of both, which refuse what is none of theirs",
    async () => {
      const source = await readFile(join(EXAMPLES, "expo/sign-in.tsx"), "utf8");
      expect(await compiled(source)).toBe("");
      const wrong = source.replace('autoComplete="tel"', 'autoComplete="bogus"');
      expect(await compiled(wrong)).toContain(`Type '"bogus"' is not assignable`);
      const unknown = source.replaceAll("getRandomBytes", "getRandomBits");
      expect(await compiled(unknown)).toContain("has no exported member");
    },
    60_000,
  );

  async function compiled(source: string): Promise<string> {
    const folder = await mkdtemp(join(ROOT, ".cache", "compiled-"));
    const types = join(String(typesOfReactNative), "node_modules");
    await writeFile(join(folder, "sign-in.tsx"), source);
    const compilerOptions = {
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["es2024", "dom", "dom.iterable"],
      types: [],
      jsx: "react-jsx",
      paths: {
        "react-native": [join(types, "react-native/types_generated/index.d.ts")],
        "expo-crypto": [join(types, "expo-crypto")],
        "@latchkey/client": [join(ROOT, "client/src/index.ts")],
        react: [join(ROOT, "node_modules/@types/react")],
        "react/*": [join(ROOT, "node_modules/@types/react/*")],
      },
    };
    const config = { extends: "../../tsconfig.json", compilerOptions, include: ["*.tsx"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const said = await run(process.execPath, [compiler, "-p", folder]).catch(
      ({ stdout }: { readonly stdout: string }) => ({ stdout }),
    );
    await rm(folder, { recursive: true });
    return said.stdout;
  }
});
