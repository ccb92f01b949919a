import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { beforeAll, describe, expect, it, vi } from "vitest";
import manifest from "../../cdk/package.json" with { type: "json" };
import { COMPANY_COMMANDS } from "../../cli/company-commands.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import root from "../../package.json" with { type: "json" };
import { compile } from "../support/compile.ts";
import { aFolder } from "../support/folder.ts";
import { unpack } from "./packed.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

/** The program of somebody who has installed the package: their table, and the construct beside it. */
const APP = `
import { Latchkey } from "@latchkey/cdk";
import { App, Stack } from "aws-cdk-lib";
import { AttributeType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { STAGES } from "./latchkey.config.ts";

const app = new App({ outdir: "cdk.out" });
const stack = new Stack(app, "Acme");
new TableV2(stack, "Orders", { partitionKey: { name: "id", type: AttributeType.STRING } });
const backEnd = new Role(stack, "BackEnd", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
const phone = new Latchkey(stack, "Phone", { stage: STAGES.prod });
phone.grantStart(backEnd);
app.synth();
`;

const TEMPLATE = v.object({
  Resources: v.record(v.string(), v.looseObject({ Type: v.string() })),
  Outputs: v.record(v.string(), v.unknown()),
});

/** The files of the package that people of a company read, or that print. */
const OF_COMPANIES =
  /^(?:(?:cli|local|infra)\b.*\.js|README\.md|docs\/(?:start|production|operate)\/.*\.md)$/;

const home = aFolder();

/** Runs the command as `npx latchkey` does, and returns what it printed. */
async function latchkey(...args: readonly string[]) {
  const program = join(home, "app/node_modules/@latchkey/cdk/dist/cli/latchkey.js");
  const done = await run(process.execPath, [program, ...args], { cwd: join(home, "app") }).catch(
    Object,
  );
  return { code: 0, ...done, stdout: String(done.stdout), stderr: String(done.stderr) };
}

beforeAll(async () => {
  // What `npm install` would do, without a registry: unpack, and have what the package names.
  await unpack("cdk", join(home, "app/node_modules/@latchkey/cdk"));
  const needed = { ...manifest.dependencies, ...manifest.peerDependencies };
  for (const name of Object.keys(needed)) {
    await mkdir(dirname(join(home, "app/node_modules", name)), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), join(home, "app/node_modules", name), "dir");
  }
  await latchkey("init");
  await writeFile(join(home, "app/acme.ts"), APP);
  // Theirs without AWS's validator, which takes seconds, and the app of `init` with what the command line of CDK gives it, which adds its own.
  const given = {
    CDK_OUTDIR: "out",
    CDK_CONTEXT_JSON: '{"stage":"prod"}',
    CDK_VALIDATION: "false",
  };
  const args = ["--single-threaded-gc", "--import", "./acme.ts", "app.ts"];
  await run(process.execPath, args, { cwd: join(home, "app"), env: { ...process.env, ...given } });
});

describe("the package of the construct, in an empty folder", () => {
  it("is embedded in a stack beside a table of its own, with its own bundles", async () => {
    const text = await readFile(join(home, "app/cdk.out/Acme.template.json"), "utf8");
    const { Resources, Outputs } = v.parse(TEMPLATE, JSON.parse(text));
    const count = (type: string) =>
      Object.values(Resources).filter(({ Type }) => Type === type).length;
    expect(count("AWS::DynamoDB::GlobalTable")).toBe(2);
    expect(count("AWS::Lambda::Function")).toBe(FUNCTION_NAMES.length);
    expect(Object.keys(Outputs)).toContain("LatchkeyAddress");
    expect(text).not.toContain(ROOT);
  });

  it("is typed: a program with a wrong setting does not compile, and does not synthesize", async () => {
    const cwd = join(home, "app");
    const wrong = APP.replace("STAGES.prod", '{ ...STAGES.prod, twilio: "test" as const }');
    await writeFile(join(cwd, "untyped.ts"), wrong);
    const language = ["--module", "nodenext", "--target", "es2024", "--lib", "es2024"];
    const options = [...language, "--skipLibCheck", "--allowImportingTsExtensions"];
    const faults = await compile(cwd, ...options, "acme.ts", "untyped.ts");
    expect(faults).toContain("untyped.ts(");
    expect(faults).not.toContain("acme.ts(");
    await expect(run(process.execPath, ["untyped.ts"], { cwd })).rejects.toThrow(
      "StageFault: Stage prod: ",
    );
  });

  it("asks its owner for CDK and has no other peer, and names the versions of this repository", () => {
    expect(Object.keys(manifest.peerDependencies)).toEqual(["aws-cdk-lib", "constructs"]);
    const versions = { ...root.dependencies, ...root.devDependencies };
    expect(versions).toMatchObject({
      ...manifest.dependencies,
      ...manifest.latchkey.developedWith,
    });
  });
});

describe("the command of the package, in that folder", () => {
  it("init writes the settings, a CDK app of a dozen lines and what npm needs, once", async () => {
    const cwd = join(home, "app");
    const app = await readFile(join(cwd, "app.ts"), "utf8");
    expect(app.trim().split("\n").length).toBeLessThanOrEqual(12);
    const { type, dependencies, scripts } = JSON.parse(
      await readFile(join(cwd, "package.json"), "utf8"),
    );
    expect({ type, scripts }).toEqual({
      type: "module",
      scripts: { start: "latchkey start", test: "latchkey test" },
    });
    expect(Object.keys(dependencies)).toEqual(["@latchkey/cdk", "aws-cdk-lib", "constructs"]);
    await writeFile(join(cwd, "README.md"), "ours");
    expect(await latchkey("init")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("this folder has latchkey.config.ts, app.ts, README.md"),
    });
    expect(await readFile(join(cwd, "README.md"), "utf8")).toBe("ours");
  });

  it("the CDK app that it writes synthesizes production, checked by cdk-nag and the Guard rules", async () => {
    const cwd = join(home, "app");
    expect(await readdir(join(cwd, "out"))).toContain("latchkey-prod.template.json");
    const env = { ...process.env, CDK_OUTDIR: "other", CDK_CONTEXT_JSON: '{"stage":"production"}' };
    await expect(run(process.execPath, ["app.ts"], { cwd, env })).rejects.toThrow(
      "stage must be one of dev, staging, prod",
    );
  }, 120_000);

  it("start runs the system with the settings of the folder, and serves its pages", async () => {
    const cwd = join(home, "app");
    const file = join(cwd, "latchkey.config.ts");
    const config = await readFile(file, "utf8");
    await writeFile(file, config.replace('brand: "Latchkey Dev"', 'brand: "Acme"'));
    const program = join(cwd, "node_modules/@latchkey/cdk/dist/cli/latchkey.js");
    const child = spawn(process.execPath, [program, "start", "--port", "0"], { cwd });
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += String(chunk);
    });
    await vi.waitFor(() => expect(printed).toContain("Ctrl-C"), 100_000);
    const [, url = ""] = /(http:\/\/\S+)\/handset/.exec(printed) ?? [];
    const started = await fetch(`${url}/v1/verifications`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"to":"+447700900123"}',
    });
    expect(started.status).toBe(201);
    const stream = await fetch(`${url}/handset/messages`);
    let messages = "";
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      messages += chunk;
      if (messages.includes("code")) break;
    }
    const tarballs = ["client", "server"].map((name) => `/packages/latchkey-${name}.tgz`);
    for (const path of ["/", "/pages/form.js", "/docs", "/reference/swagger-ui.css", ...tarballs])
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200]);
    const gone = once(child, "close");
    child.kill();
    await gone;
    await writeFile(file, config);
    expect(messages).toContain("Acme");
  }, 120_000);

  it("test refuses wrong settings, and deploy those of an example, in one sentence", async () => {
    const file = join(home, "app/latchkey.config.ts");
    const config = await readFile(file, "utf8");
    await writeFile(file, config.replace('brand: "Latchkey Dev"', 'brand: "Studio 1984"'));
    expect(await latchkey("test")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Stage dev: brand must be 1 to 20 letters"),
    });
    await writeFile(file, config);
    expect(await latchkey("deploy", "prod")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("prod still has example values"),
    });
  });

  it("has each command of a company, which names itself and is not known to npm alone", async () => {
    const list = (await latchkey("--help")).stdout.replaceAll(/ +/g, " ");
    for (const [name, { summary }] of Object.entries(COMPANY_COMMANDS))
      expect(list).toContain(` ${name} ${summary}\n`);
    // One process imports all programs: each prints its usage.
    const files = [...new Set(Object.values(COMPANY_COMMANDS).map(({ program }) => program[0]))];
    const dist = "./node_modules/@latchkey/cdk/dist";
    const each = files.map((file) => `await import("${dist}/${file.replace(/ts$/, "js")}");`);
    const loaded =
      'Object.keys((await import("node:module")).createRequire(import.meta.url).cache)';
    const script = `${each.join("")}console.log(${loaded}.filter((file) => /aws-cdk-lib/.test(file)))`;
    const args = ["--input-type=module", "-e", script, "program", "--help"];
    const { stdout } = await run(process.execPath, args, { cwd: join(home, "app") });
    // CDK takes longer to load than the rest together, and no usage needs it.
    expect(stdout.endsWith("\n[]\n")).toBe(true);
    const named = new Set(stdout.match(/^npx latchkey \w+/gm));
    expect(named.size).toBe(files.length);
  });

  it("setup writes answers into the settings of the folder, and goes on where it stopped", async () => {
    const cwd = join(home, "app");
    const program = join(cwd, "node_modules/@latchkey/cdk/dist/cli/latchkey.js");
    const file = join(cwd, "latchkey.config.ts");
    const config = await readFile(file, "utf8");
    const answer = async (lines: string) => {
      const asked = run(process.execPath, [program, "setup"], { cwd });
      asked.child.stdin?.end(lines);
      const { stdout, stderr } = await asked.catch((fault: unknown) => Object(fault));
      return `${stdout}${stderr}`;
    };
    expect(await answer("Latchkey\nAcme\n")).toMatch(
      /still the example(?:.*\n)*.*npx latchkey setup goes on/,
    );
    expect(await readFile(file, "utf8")).toContain('brand: "Acme",');
    expect(await answer("")).toContain("brand: Acme");
    await writeFile(file, config);
  });

  it("names itself, not the scripts of this repository, in its documents too", async () => {
    const dist = join(home, "app/node_modules/@latchkey/cdk/dist");
    const names = await readdir(dist, { recursive: true });
    for (const name of names.filter((one) => OF_COMPANIES.test(one)))
      expect([
        name,
        /npm (?:run )?(?:start|test|deploy|secrets|ops|\$)\b/.exec(
          await readFile(join(dist, name), "utf8"),
        ),
      ]).toEqual([name, null]);
    expect((await latchkey("secrets")).stderr).toContain("npx latchkey secrets <dev|staging|prod>");
  });

  it("names the command that is missing where the folder has no settings", async () => {
    const program = join(home, "app/node_modules/@latchkey/cdk/dist/cli/latchkey.js");
    await expect(run(process.execPath, [program, "start"], { cwd: home })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("npx latchkey init writes one"),
    });
  });
});
