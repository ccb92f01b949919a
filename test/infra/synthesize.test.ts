import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import cdk from "../../cdk.json" with { type: "json" };
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { aFolder } from "../support/folder.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const folder = aFolder();
const synthesis = await synthesize("dev", {
  outdir: join(folder, "cdk.out"),
  bundlesDirectory: join(folder, "bundles"),
});

const TEMPLATE = v.object({
  Resources: v.record(
    v.string(),
    v.object({
      Type: v.string(),
      Metadata: v.optional(v.object({ "aws:asset:path": v.optional(v.string()) })),
    }),
  ),
});

describe("a synthesized stack", () => {
  it("has no custom resource, no function that is not ours and no address of a machine", () => {
    const { Resources } = v.parse(TEMPLATE, synthesis.template);
    const types = Object.values(Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith("Custom::") || type.includes("CDK"))).toEqual([]);
    expect(types.filter((type) => type === "AWS::Lambda::Function")).toHaveLength(
      FUNCTION_NAMES.length,
    );
    expect(JSON.stringify(synthesis.template)).not.toContain(PROJECT);
  });

  it("is what the command line deploys", async () => {
    const outdir = join(folder, "deployed");
    // What `cdk synth` hands to the app.
    const context = {
      ...cdk.context,
      "aws:cdk:enable-path-metadata": true,
      "aws:cdk:enable-asset-metadata": true,
      "aws:cdk:version-reporting": cdk.versionReporting,
    };
    const { NODE_COMPILE_CACHE } = process.env;
    await promisify(execFile)(process.execPath, ["--single-threaded-gc", "infra/app.ts"], {
      cwd: PROJECT,
      env: { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), NODE_COMPILE_CACHE },
    });
    const deployed = JSON.parse(readFileSync(join(outdir, "latchkey-dev.template.json"), "utf8"));
    expect(deployed).toEqual(synthesis.template);
  });
});
