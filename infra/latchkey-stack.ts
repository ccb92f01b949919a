import { Lazy, Stack } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { FunctionName } from "../functions/env.ts";
import { ApiFunction } from "./api-function.ts";
import { byFunction } from "./by-function.ts";
import { environments } from "./environments.ts";
import { Gateway } from "./gateway.ts";
import { Keys } from "./keys.ts";
import { STAGES, type Stage, type StageName } from "./stages.ts";
import { twilioSecret } from "./twilio-secret.ts";
import { verificationTable } from "./verification-table.ts";

export type LatchkeyStackProps = {
  readonly stageName: StageName;
  readonly bundles: Readonly<Record<FunctionName, { readonly directory: string }>>;
};

/** One deployment of Latchkey. Only joins the parts. */
export class LatchkeyStack extends Stack {
  constructor(scope: Construct, { stageName, bundles }: LatchkeyStackProps) {
    const stage: Stage = STAGES[stageName];
    super(scope, `latchkey-${stageName}`, {
      description: "Latchkey: phone verification by one-time codes",
      terminationProtection: stage.production,
    });
    const table = verificationTable(this, "Table", stage);
    const keys = new Keys(this, "Keys", stage);
    const secret = twilioSecret(this, "TwilioCredentials", stage);
    const gateway = new Gateway(this, "Gateway", stageName, stage);
    const environment = environments(stage, {
      tableName: table.tableName,
      numbersKeyArn: keys.numbers.keyArn,
      codesKeyArn: keys.codes.keyArn,
      proofKeyArn: keys.proofs.keyArn,
      proofIssuer: gateway.issuer,
      twilioSecretArn: secret.secretArn,
      settleFunctionName: Lazy.string({ produce: () => settle.functionName }),
    });
    const resources = {
      table: table.tableArn,
      numbersKey: keys.numbers.keyArn,
      codesKey: keys.codes.keyArn,
      proofKey: keys.proofs.keyArn,
      previousProofKey: stage.previousProofKeyArn,
      twilioSecret: secret.secretArn,
      settleFunction: Lazy.string({ produce: () => settle.functionArn }),
    };
    const functions: Readonly<Record<FunctionName, IFunction>> = byFunction(
      (name) =>
        new ApiFunction(this, constructId(name), {
          name,
          stage,
          bundleDirectory: bundles[name].directory,
          environment: environment[name],
          resources,
        }),
    );
    const settle = functions["settle-verification"];
    gateway.route(functions);
  }
}

/** `check-code` → `CheckCode`. */
function constructId(name: FunctionName): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
