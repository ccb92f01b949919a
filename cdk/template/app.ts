import { LatchkeyStack } from "@latchkey/cdk";
import { addChecks } from "@latchkey/cdk/checks";
import { App } from "aws-cdk-lib";
import { STAGES } from "./latchkey.config.ts";

const app = new App();
const { stage: stageName = "dev", stack: stackName } = app.node.getAllContext();
const stage = new Map(Object.entries(STAGES)).get(stageName);
if (stage === undefined) throw new Error(`stage must be one of ${Object.keys(STAGES).join(", ")}`);
const { latchkey } = new LatchkeyStack(app, { stageName, stage, stackName });
latchkey.acknowledgeFindings();
addChecks(app);
