import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type System, startSystem } from "../../local/system.ts";
import { buildServer } from "../../server/build.ts";
import { createProofVerifier } from "../../server/src/index.ts";
import { kmsOf } from "../../test/attacks/support/kms-of.ts";
import { CLAIMS } from "../../test/support/proofs.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "../..");

export const AUDIENCE = "latchkey-dev";

/** `require` from the folder of the libraries. What it gives is checked by its use. */
export const libraries = createRequire(join(HERE, "package.json"));

/** A running Latchkey, its libraries of others, and @latchkey/server as it is published. */
export type Ground = {
  readonly system: System;
  readonly issuer: string;
  /** A proof by the deployment's own key, with these claims changed. */
  readonly sign: (changed?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** A proof as a person gets one: by start, message and check. */
  readonly prove: (to: string, nonce: string | undefined, purpose?: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

export async function startGround(): Promise<Ground> {
  const system = await startSystem({ port: 0, engine: "dynalite" });
  const { signer } = await kmsOf(system);
  const sign = (changed: Readonly<Record<string, unknown>> = {}) => {
    const now = Math.floor(Date.now() / 1_000);
    const own = { iss: system.url, aud: AUDIENCE, iat: now, exp: now + 300 };
    return signer.sign({ ...CLAIMS, ...own, jti: crypto.randomUUID(), ...changed });
  };
  return {
    system,
    issuer: system.url,
    sign,
    prove: (to, nonce, purpose = "login") => proven(system, { to, nonce, purpose }),
    stop: () => system.stop(),
  };
}

/** The libraries, where they are not there yet, and the packed tarball of @latchkey/server. */
export async function installPackage(): Promise<void> {
  const npm = (...args: readonly string[]) =>
    execFileSync("npm", args, {
      cwd: HERE,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
  if (!existsSync(join(HERE, "node_modules/better-auth"))) npm("ci");
  await buildServer();
  const packed = npm("pack", "--json", "--ignore-scripts", join(ROOT, "server"));
  const tarball = join(HERE, String(Object(JSON.parse(packed)[0]).filename));
  npm("install", "--no-save", tarball);
  rmSync(tarball);
}

async function proven(
  { url, handset }: System,
  start: { readonly to: string; readonly nonce: string | undefined; readonly purpose: string },
): Promise<string> {
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const asked = { method: "POST", headers, body: JSON.stringify(body) };
    return Object(await (await fetch(`${url}/v1/verifications${path}`, asked)).json());
  };
  const { id } = await post("", start);
  const code = /\d{6}/.exec((await handset.waitFor(start.to)).text)?.[0];
  return String((await post(`/${id}/check`, { code })).proof);
}

let last = 900_200;
/** A number that was sent nothing yet. */
export function newNumber(): string {
  last += 1;
  return `+447700${last}`;
}

export function verifierOf<const Purpose extends string>(
  { issuer }: Ground,
  ...purposes: readonly Purpose[]
) {
  return createProofVerifier({ issuer, audience: AUDIENCE, purposes });
}
