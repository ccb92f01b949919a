import { Lazy, Stack } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { FunctionName } from "../functions/env.ts";
import { ApiFunction } from "./api-function.ts";
import { byFunction } from "./by-function.ts";
import { challengeSecret } from "./challenge-secret.ts";
import { deadLetterQueue } from "./dead-letters.ts";
import { environments } from "./environments.ts";
import { Firewall } from "./firewall.ts";
import { apiName, Gateway } from "./gateway.ts";
import { Keys } from "./keys.ts";
import { validateStage } from "./stage-rules.ts";
import type { Stage } from "./stages.ts";
import { twilioSecret } from "./twilio-secret.ts";
import { verificationTable } from "./verification-table.ts";
import { Watch } from "./watch.ts";

export type LatchkeyStackProps = {
  readonly stageName: string;
  readonly stage: Stage;
  readonly bundles: Readonly<Record<FunctionName, { readonly directory: string }>>;
};

/** One deployment of Latchkey. Only joins the parts. */
export class LatchkeyStack extends Stack {
  constructor(scope: Construct, { stageName, stage, bundles }: LatchkeyStackProps) {
    validateStage(stageName, stage);
    super(scope, `latchkey-${stageName}`, {
      description: "Latchkey: phone verification by one-time codes",
      terminationProtection: stage.production,
    });
    const table = verificationTable(this, "Table", stage);
    const keys = new Keys(this, "Keys", { stageName, stage });
    const twilio = twilioSecret(this, "TwilioCredentials", stage).secretArn;
    const challenge = challengeSecret(this, "Challenge", stage)?.secretArn;
    const gateway = new Gateway(this, "Gateway", stageName, stage);
    const deadLetters = deadLetterQueue(this, "SettleDeadLetters");
    const environment = environments(stage, {
      tableName: table.tableName,
      numbersKeyArn: keys.numbers.keyArn,
      codesKeyArn: keys.codes.keyArn,
      proofKeyArn: keys.proofs.keyArn,
      proofIssuer: gateway.issuer,
      twilioSecretArn: twilio,
      settleFunctionName: Lazy.string({ produce: () => settle.functionName }),
      challengeSecretArn: challenge,
    });
    const resources = {
      table: table.tableArn,
      numbersKey: keys.numbers.keyArn,
      codesKey: keys.codes.keyArn,
      proofKey: keys.proofs.keyArn,
      previousProofKey: stage.previousProofKeyArn,
      twilioSecret: twilio,
      challengeSecret: challenge,
      settleFunction: Lazy.string({ produce: () => settle.functionArn }),
      settleDeadLetters: deadLetters.queueArn,
    };
    const functions: Readonly<Record<FunctionName, IFunction>> = byFunction((name) => {
      const bundleDirectory = bundles[name].directory;
      const props = { name, stageName, stage, bundleDirectory, resources };
      return new ApiFunction(this, constructId(name), { ...props, environment: environment[name] });
    });
    const settle = functions["settle-verification"];
    gateway.route(functions);
    new Firewall(this, "Firewall", { stageName, stage, stageArn: gateway.stageArn });
    new Watch(this, "Watch", {
      stageName,
      stage,
      gateway,
      apiName: apiName(stageName),
      tableName: table.tableName,
      functionNames: byFunction((name) => functions[name].functionName),
      deadLettersName: deadLetters.queueName,
      keyArns: [keys.numbers, keys.codes, keys.proofs].map(({ keyArn }) => keyArn),
    });
  }
}

/** `check-code` → `CheckCode`. */
function constructId(name: FunctionName): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
