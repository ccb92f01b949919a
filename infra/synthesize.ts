import { mkdir } from "node:fs/promises";
import { App } from "aws-cdk-lib";
import cdk from "../cdk.json" with { type: "json" };
import { bundleFunctions } from "./bundles.ts";
import { byBundle } from "./by-function.ts";
import { LatchkeyStack } from "./latchkey-stack.ts";
import { STAGES, type Stage, type StageName } from "./stages.ts";

export type Synthesis = {
  readonly template: unknown;
  readonly templateFile: string;
  /** The base of a function's `aws:asset:path`. */
  readonly assemblyDirectory: string;
};

/** The context that `cdk` adds by itself, so that the local system runs the template of a deployment and finds the bundles. */
const CONTEXT = {
  ...cdk.context,
  "aws:cdk:enable-path-metadata": true,
  "aws:cdk:enable-asset-metadata": true,
};

/** Where files of a synthesis go. `prepare` may add to the app before it is synthesized. */
type Places = {
  readonly outdir: string;
  /** Where functions are bundled. Without it they have no code: the template is to be read, not deployed. */
  readonly bundlesDirectory?: string;
  readonly prepare?: (app: App, stack: LatchkeyStack) => void;
  /** In place of the one that the name stands for. */
  readonly stage?: Stage;
};

/** The CloudFormation template of a stage, written to `outdir`, with its functions. */
export async function synthesize(
  stageName: StageName,
  { outdir, bundlesDirectory, prepare, stage = STAGES[stageName] }: Places,
): Promise<Synthesis> {
  const bundles = await (bundlesDirectory === undefined
    ? withoutCode(`${outdir}-no-code`)
    : bundleFunctions(bundlesDirectory));
  const app = new App({
    outdir,
    context: CONTEXT,
    analyticsReporting: false,
    // It takes three seconds, and runs for every deployment and in the tests of the checks.
    builtinCloudFormationValidation: false,
  });
  const stack = new LatchkeyStack(app, { stageName, stage, bundles });
  const { artifactId } = stack;
  prepare?.(app, stack);
  const assembly = app.synth();
  const { template, templateFullPath } = assembly.getStackArtifact(artifactId);
  return { template, templateFile: templateFullPath, assemblyDirectory: assembly.directory };
}

async function withoutCode(directory: string) {
  await mkdir(directory, { recursive: true });
  return byBundle(() => ({ directory }));
}
