import { App } from "aws-cdk-lib";
import cdk from "../cdk.json" with { type: "json" };
import { bundleFunctions } from "./bundles.ts";
import { LatchkeyStack } from "./latchkey-stack.ts";
import { STAGES, type StageName } from "./stages.ts";

export type Synthesis = {
  readonly template: unknown;
  readonly templateFile: string;
  /** Where `aws:asset:path` of a function leads. */
  readonly assemblyDirectory: string;
};

/** What `cdk` adds by itself, so that the local system runs the template that is deployed, and finds the bundles by it. */
const CONTEXT = {
  ...cdk.context,
  "aws:cdk:enable-path-metadata": true,
  "aws:cdk:enable-asset-metadata": true,
  // Takes two seconds, and is done for every deployment and in the tests.
  "@aws-cdk/core:validateAgainstDefaultRules": false,
};

/** The stack of a stage as CloudFormation gets it, written to `outdir`, with its functions bundled into `bundlesDirectory`. */
export async function synthesize(
  stageName: StageName,
  { outdir, bundlesDirectory }: { readonly outdir: string; readonly bundlesDirectory: string },
): Promise<Synthesis> {
  const bundles = await bundleFunctions(bundlesDirectory);
  const app = new App({ outdir, context: CONTEXT, analyticsReporting: false });
  const { artifactId } = new LatchkeyStack(app, {
    stageName,
    stage: STAGES[stageName],
    bundles,
  });
  const assembly = app.synth();
  const { template, templateFullPath } = assembly.getStackArtifact(artifactId);
  return { template, templateFile: templateFullPath, assemblyDirectory: assembly.directory };
}
