import { App } from "aws-cdk-lib";
import { bundleFunctions } from "./bundles.ts";
import { LatchkeyStack } from "./latchkey-stack.ts";
import { isStageName, STAGES } from "./stages.ts";

/** What `cdk` runs: one stack, of the stage that `-c stage=…` names. */
const app = new App();
const stageName: unknown = app.node.tryGetContext("stage") ?? "dev";
if (!isStageName(stageName))
  throw new Error(`stage must be one of ${Object.keys(STAGES).join(", ")}`);

new LatchkeyStack(app, { stageName, bundles: await bundleFunctions(".build/functions") });
