import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCdk } from "../../cdk/build.ts";
import manifest from "../../cdk/package.json" with { type: "json" };
import { FUNCTION_NAMES } from "../../infra/by-function.ts";

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

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "latchkey-cdk-"));
  const source = join(home, "source");
  await mkdir(source);
  for (const name of ["package.json", "README.md"])
    await cp(join(ROOT, "cdk", name), join(source, name));
  await buildCdk(join(source, "dist"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts"], { cwd: source });
  const [{ filename }] = JSON.parse(stdout);
  // What `npm install` would do, without a registry: unpack, and have what the package names.
  const installed = join(home, "app/node_modules/@latchkey/cdk");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", join(source, filename), "--strip-components=1", "-C", installed]);
  const needed = { ...manifest.dependencies, ...manifest.peerDependencies };
  for (const name of Object.keys(needed))
    await symlink(join(ROOT, "node_modules", name), join(home, "app/node_modules", name), "dir");
  await rm(source, { recursive: true });
  const config = await readFile(join(ROOT, "latchkey.config.ts"), "utf8");
  const theirs = config.replace("./infra/stage.ts", "@latchkey/cdk");
  await writeFile(join(home, "app/latchkey.config.ts"), theirs);
  await writeFile(join(home, "app/app.ts"), APP);
  await writeFile(join(home, "app/package.json"), '{ "type": "module" }');
});
afterAll(() => rm(home, { recursive: true }));

describe("the package of the construct, in an empty folder", () => {
  it("is embedded in a stack beside a table of its own, with its own bundles", async () => {
    const cwd = join(home, "app");
    await run(process.execPath, ["app.ts"], { cwd });
    const text = await readFile(join(cwd, "cdk.out/Acme.template.json"), "utf8");
    const { Resources, Outputs } = v.parse(TEMPLATE, JSON.parse(text));
    const count = (type: string) =>
      Object.values(Resources).filter(({ Type }) => Type === type).length;
    expect(count("AWS::DynamoDB::GlobalTable")).toBe(2);
    expect(count("AWS::Lambda::Function")).toBe(FUNCTION_NAMES.length);
    expect(Object.keys(Outputs)).toContain("LatchkeyAddress");
    expect(text).not.toContain(ROOT);
  });

  it("refuses a stage that is wrong in its own words", async () => {
    const cwd = join(home, "app");
    const app = APP.replace("STAGES.prod", '{ ...STAGES.prod, brand: "Studio 1984" }');
    await writeFile(join(cwd, "wrong.ts"), app);
    await expect(run(process.execPath, ["wrong.ts"], { cwd })).rejects.toThrow(
      /StageFault: Stage prod: brand must be 1 to 20 letters.*, not "Studio 1984"\./,
    );
  });

  it("is typed: a program with a wrong setting does not compile", async () => {
    const cwd = join(home, "app");
    const wrong = APP.replace("STAGES.prod", '{ ...STAGES.prod, twilio: "test" as const }');
    await writeFile(join(cwd, "untyped.ts"), wrong);
    const compile = (file: string) =>
      run(
        process.execPath,
        [
          join(ROOT, "node_modules/typescript/bin/tsc"),
          ...["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target"],
          "es2024",
          ...["--types", "", "--allowImportingTsExtensions", file],
        ],
        { cwd },
      );
    await expect(compile("app.ts")).resolves.toMatchObject({ stdout: "" });
    await expect(compile("untyped.ts")).rejects.toMatchObject({
      stdout: expect.stringContaining("untyped.ts"),
    });
  });

  it("asks its owner for CDK and has no other peer", () => {
    expect(Object.keys(manifest.peerDependencies)).toEqual(["aws-cdk-lib", "constructs"]);
  });
});
