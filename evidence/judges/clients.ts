import { randomInt } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { installTools } from "../tools/tools.ts";
import { inFolder, type Judge } from "./judge.ts";
import { faultOf, type GoProgram, goProgram, runPython, toItsEnd } from "./programs.ts";
import { type Bend, DOCUMENT, withSystem } from "./routes.ts";

const HERE = import.meta.dirname;
const OAPI_CODEGEN: GoProgram = {
  module: "github.com/oapi-codegen/oapi-codegen/v2",
  version: "v2.8.2",
  sum: "h1:68UGCFId8tysEuz1jqDgem0Lnz0d6T+73br+KwH/W6k=",
  main: "cmd/oapi-codegen",
};

type Asked = {
  /** An empty folder for the client. */
  readonly folder: string;
  readonly url: string;
  readonly issuer: string;
  readonly number: string;
  readonly code: Promise<string>;
};

type Client = Pick<Judge, "name" | "packages" | "subject" | "isQuick"> & {
  /** One verification: the number that its proof proves, and after it what is remarkable; or else the fault. */
  readonly verify: (asked: Asked) => Promise<string>;
};

function judgeOf({ verify, ...client }: Client): Judge {
  return {
    ...client,
    fault: {
      what: "a proof whose signature is another's",
      finding: /InvalidSignatureError|signature verification failed/,
    },
    run: (isPlanted) => {
      const bend: Bend = (body) =>
        body.replace(/("proof":"[^".]+\.[^".]+\.)(.)/, (_, head, first) =>
          head.concat(first === "A" ? "B" : "A"),
        );
      return withSystem(isPlanted ? bend : undefined, async (url, { handset, url: issuer }) =>
        inFolder(async (folder) => {
          const number = `+447700900${randomInt(100, 900)}`;
          const { promise: code, resolve } = Promise.withResolvers<string>();
          handset.subscribe(({ text }) => resolve(`${/\d{6}/.exec(text)?.[0]}`));
          const told = await verify({ folder, url, issuer, number, code });
          return told.startsWith(number)
            ? { extent: `1 verification${told.slice(number.length)}`, findings: [] }
            : { extent: "", findings: [told] };
        }),
      );
    },
  };
}

/** The number that a proof proves by the published keys, or why it proves none. */
function provenBy(proof: string, issuer: string): Promise<string> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  return jwtVerify(proof, keys, { issuer, audience: "latchkey-dev" }).then(
    ({ payload }) => String(payload["phone_number"]),
    String,
  );
}

/** One verification by the client that openapi-python-client generates, and its proof by PyJWT. */
export async function verifiedByPython({ folder, url, issuer, number, code }: Asked) {
  const generated = await runPython("openapi-python-client", [
    ...["generate", "--path", DOCUMENT, "--meta", "none", "--fail-on-warning"],
    ...["--output-path", join(folder, "latchkey_api")],
  ]);
  if (generated.code !== 0) return generated.output;
  const program = join(HERE, "generated_client.py");
  const { output } = await runPython("python", [program, url, issuer, number], {
    input: code,
    env: { PYTHONPATH: folder },
  });
  return output.trim();
}

export const generatedPythonClient = judgeOf({
  name: "openapi-python-client",
  packages: ["openapi-python-client", "pyjwt"],
  subject: "docs/openapi.json: its client verifies a number, and PyJWT the proof",
  isQuick: true,
  verify: verifiedByPython,
});

export const heyApi = judgeOf({
  name: "hey-api",
  packages: ["@hey-api/openapi-ts"],
  subject: "the same in TypeScript: its client has no fault of types, and jose verifies the proof",
  verify: async ({ folder, url, issuer, number, code }) => {
    const tools = join(await installTools(), ".bin");
    const options = ["--noEmit", "--strict", "--target", "es2022", "--moduleResolution", "bundler"];
    const fault = await faultOf(folder, [
      [join(tools, "openapi-ts"), "-i", DOCUMENT, "-o", "api"],
      [join(tools, "tsc"), ...options, "--module", "esnext", "api/index.ts"],
    ]);
    if (fault !== undefined) return fault;
    const bundle = join(folder, "api.mjs");
    const entry = 'export * from "./api/sdk.gen.ts"; export { client } from "./api/client.gen.ts";';
    await build({
      stdin: { contents: entry, resolveDir: folder },
      outfile: bundle,
      bundle: true,
      format: "esm",
    });
    const { client, startVerification, checkCode, showVerification, cancelVerification } =
      await import(bundle);
    client.setConfig({ baseUrl: url });
    const started = await startVerification({ body: { to: number, nonce: "n-1" } });
    const path = { id: started.data.id };
    const right = await code;
    const wrong = `${(Number(right) + 1) % 1e6}`.padStart(6, "0");
    const incorrect = await checkCode({ path, body: { code: wrong } });
    const approved = await checkCode({ path, body: { code: right } });
    const shown = await showVerification({ path });
    const missing = await cancelVerification({ path: { id: "0".repeat(22) } });
    const told = [
      incorrect.data.result,
      approved.data.result,
      shown.data.status,
      missing.error.code,
    ];
    if (told.join() !== "incorrect,approved,approved,verification-not-found")
      return `The answers are ${told}.`;
    return provenBy(approved.data.proof, issuer);
  },
});

export const oapiCodegen = judgeOf({
  name: "oapi-codegen",
  packages: [`oapi-codegen ${OAPI_CODEGEN.version.slice(1)}`],
  subject: "the same in Go",
  verify: async ({ folder, url, issuer, number, code }) => {
    const generator = await goProgram(OAPI_CODEGEN);
    await cp(join(HERE, "go"), folder, { recursive: true });
    const fault = await faultOf(folder, [
      [generator, "-generate=types,client", "-package=main", "-o=api.go", DOCUMENT],
      ["go", "vet", "."],
      ["go", "build", "-o", "client", "."],
    ]);
    if (fault !== undefined) return fault;
    const { output } = await toItsEnd(join(folder, "client"), [url, number], { input: code });
    const lines = (await readFile(join(folder, "api.go"), "utf8")).split("\n").length - 1;
    return `${await provenBy(output.trim(), issuer)}, ${lines} lines of Go`;
  },
});
