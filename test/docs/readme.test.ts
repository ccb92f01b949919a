import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { START_REQUEST } from "../../functions/http/requests.ts";
import type { System } from "../../local/system.ts";
import { startPatientSystem } from "../support/patient-system.ts";

const ROOT = join(import.meta.dirname, "../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const API = readFileSync(join(ROOT, "docs/reference/api.md"), "utf8");
/** Where `npm start` listens; the test's own system listens elsewhere. */
const ADDRESS = "http://localhost:8400";

const run = promisify(execFile);
const bash = async (script: string) => (await run("bash", ["-e", "-c", script])).stdout;

function block(text: string, language: string, index = 0): string {
  const blocks = [...text.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``, "g"))];
  const code = blocks[index]?.[1];
  if (code === undefined) throw new Error(`there is no ${language} block ${index}`);
  return code;
}

it("lists every field that a start takes", () => {
  const fields = Object.keys(START_REQUEST.entries);
  const row = /starts: `\{to, ([^}]*)\}`/.exec(API)?.[1] ?? "";
  expect(new Set(["to", ...row.split(", ").map((field) => field.replace("?", ""))])).toEqual(
    new Set(fields),
  );
});

describe("the lines of README and API page", () => {
  let system: System;
  beforeAll(async () => {
    system = await startPatientSystem();
  });
  afterAll(() => system.stop());

  it("by curl start, check, resend, prove and publish as documented", async () => {
    const stdout = await bash(block(API, "sh").replaceAll(ADDRESS, system.url));
    expect(stdout).toMatch(
      /^\{"id":"v1-[\w-]{24}","status":"pending","channel":"sms","to":"\+44•+123"/,
    );
    expect(stdout).toContain('"result":"incorrect","status":"pending","checksRemaining":4');
    expect(stdout).toContain('"code":"too-many-sends"');
    expect(stdout).toContain('"retryAfterSeconds":');
    expect(stdout).toMatch(
      /"result":"approved","status":"approved","checksRemaining":3,"proof":"[\w-]+\.[\w-]+\.[\w-]+"/,
    );
    expect(stdout).toMatch(/\{"keys":\[\{[^\]]*"kid"/);
    expect(stdout).toContain('"code":"verification-ended"');
  });

  it("from a back end start, signed", async () => {
    const script = block(API, "sh", 1).replaceAll(ADDRESS, system.url);
    expect(JSON.parse(await bash(script))).toMatchObject({
      status: "pending",
      to: expect.stringMatching(/125$/),
    });
    const unsigned = script.replace(/--aws-sigv4 \S+ --user \S+/, "");
    expect(await bash(unsigned)).toContain("route-not-found");
  });

  it("for a back end prove the number, and refuse a proof of something else", async () => {
    const flow = block(API, "sh").replaceAll(ADDRESS, system.url);
    const unbound = flow.replaceAll("900123", "900126").replace(',"nonce":"n-1"', "");
    const proofs: unknown[] = [];
    for (const one of [flow.replaceAll("900123", "900124"), unbound])
      proofs.push(/"proof":"([^"]+)"/.exec(await bash(one))?.[1]);
    const script = `${block(README, "js").replaceAll(ADDRESS, system.url)}
      const [proof, unbound] = ${JSON.stringify(proofs)};
      for (const [given, purpose, nonce] of [[proof, "login", "n-1"], [proof, "signup", "n-1"], [proof, "login", "n-2"], [unbound, "login"]])
        console.log(await provenNumber(given, { purpose, nonce }).catch(({ message }) => message));`;
    const program = ["--input-type=module", "-e", script];
    const { stdout } = await run(process.execPath, program, { cwd: ROOT });
    const other = "a proof of something else";
    expect(stdout.trim().split("\n")).toEqual(["+447700900124", other, other, other]);
  });
});
