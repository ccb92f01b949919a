import { Annotations, App } from "aws-cdk-lib";
import { UK_MOBILE_BLOCKS } from "../functions/policy/uk-mobile-blocks.generated.ts";
import { areUkBlocksOld } from "../functions/verification/uk-mobile-blocks.ts";
import { bundleFunctions } from "./bundles.ts";
import { addChecks } from "./checks.ts";
import { LatchkeyStack } from "./latchkey-stack.ts";
import { isStageName, STAGES, type Stage } from "./stages.ts";

/** The CDK app: one stack of the stage in `-c stage=…`, named by `-c stack=…`. */
const app = new App();
const stageName: unknown = app.node.tryGetContext("stage") ?? "dev";
if (!isStageName(stageName))
  throw new Error(`stage must be one of ${Object.keys(STAGES).join(", ")}`);

const stage: Stage = STAGES[stageName];
const stackName: unknown = app.node.tryGetContext("stack");
const stack = new LatchkeyStack(app, {
  stageName,
  stage,
  stackName: stackName === undefined ? undefined : String(stackName),
  bundles: await bundleFunctions(".build/functions"),
});
stack.latchkey.acknowledgeFindings();
addChecks(app);
if (areUkBlocksOld(Date.now())) {
  const { asOf } = UK_MOBILE_BLOCKS;
  const way = "download table S7 from Ofcom and run node infra/refresh-uk-mobile-blocks.ts";
  const warning = `Ofcom's table of mobile blocks is of ${asOf}: people with newer numbers are refused. To fix it, ${way}.`;
  Annotations.of(stack).addWarningV2("latchkey:uk-mobile-blocks-old", warning);
}
