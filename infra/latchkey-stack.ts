import { Lazy, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { FunctionName } from "../functions/runtime/environment.ts";
import { ApiFunction, type ApiFunctionProps } from "./api-function.ts";
import { byFunction } from "./by-function.ts";
import { challengeSecret } from "./challenge-secret.ts";
import { deadLetterQueue } from "./dead-letters.ts";
import { refuseUnaffordable } from "./deployable.ts";
import { environments } from "./environments.ts";
import { Firewall } from "./firewall.ts";
import { apiName, Gateway } from "./gateway.ts";
import { Keys } from "./keys.ts";
import { validateStage } from "./stage-rules.ts";
import type { Stage } from "./stages.ts";
import { twilioAuthSecret, twilioSecret } from "./twilio-secret.ts";
import { verificationTable } from "./verification-table.ts";
import { Watch } from "./watch.ts";

export type LatchkeyStackProps = {
  readonly stageName: string;
  readonly stage: Stage;
  readonly bundles: Readonly<Record<FunctionName, { readonly directory: string }>>;
};

/** One deployment of Latchkey. Only joins the parts. */
export class LatchkeyStack extends Stack {
  constructor(scope: Construct, props: LatchkeyStackProps) {
    const { stageName, stage } = props;
    validateStage(stageName, stage);
    refuseUnaffordable(stageName, stage);
    super(scope, `latchkey-${stageName}`, {
      description: "Latchkey: phone verification by one-time codes",
      terminationProtection: stage.production,
    });
    const table = verificationTable(this, "Table", stage);
    const keys = new Keys(this, "Keys", { stageName, stage });
    const { twilio, twilioAuth, challenge } = secretArns(this, stage);
    const gateway = new Gateway(this, "Gateway", stageName, stage);
    const deadLetters = deadLetterQueue(this, "DeadLetters");
    const { outcome, nextStep } = later(() => functions);
    const environment = environments(stage, {
      tableName: table.tableName,
      numbersKeyArn: keys.numbers.keyArn,
      codesKeyArn: keys.codes.keyArn,
      proofKeyArn: keys.proofs.keyArn,
      proofIssuer: gateway.issuer,
      twilioSecretArn: twilio,
      twilioAuthSecretArn: twilioAuth,
      outcomeFunctionName: outcome.functionName,
      nextStepFunctionName: nextStep.functionName,
      challengeSecretArn: challenge,
    });
    const resources = {
      table: table.tableArn,
      numbersKey: keys.numbers.keyArn,
      codesKey: keys.codes.keyArn,
      proofKey: keys.proofs.keyArn,
      previousProofKey: stage.previousProofKeyArn,
      twilioSecret: twilio,
      twilioAuthSecret: twilioAuth,
      challengeSecret: challenge,
      outcomeFunction: outcome.functionArn,
      nextStepFunction: nextStep.functionArn,
      deadLetters: deadLetters.queueArn,
    };
    const functions = this.#functions(props, environment, resources);
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
      logNames: byFunction((name) => functions[name].logGroup.logGroupName),
      keyArns: [keys.numbers, keys.codes, keys.proofs].map(({ keyArn }) => keyArn),
    });
  }

  #functions(
    { stageName, stage, bundles }: LatchkeyStackProps,
    environment: ReturnType<typeof environments>,
    resources: ApiFunctionProps<FunctionName>["resources"],
  ): Readonly<Record<FunctionName, ApiFunction<FunctionName>>> {
    return byFunction(
      (name) =>
        new ApiFunction(this, constructId(name), {
          name,
          stageName,
          stage,
          bundleDirectory: bundles[name].directory,
          environment: environment[name],
          resources,
        }),
    );
  }
}

/** The functions that others name before they are made. */
function later(made: () => Readonly<Record<FunctionName, ApiFunction<FunctionName>>>) {
  const named = (name: FunctionName) => ({
    functionName: Lazy.string({ produce: () => made()[name].functionName }),
    functionArn: Lazy.string({ produce: () => made()[name].functionArn }),
  });
  return {
    outcome: named("report-outcome"),
    nextStep: named("take-next-step"),
  };
}

function secretArns(scope: Construct, stage: Stage) {
  return {
    twilio: twilioSecret(scope, "TwilioCredentials", stage).secretArn,
    twilioAuth: twilioAuthSecret(scope, "TwilioAuthToken", stage).secretArn,
    challenge: challengeSecret(scope, "Challenge", stage)?.secretArn,
  } as const;
}

/** `check-code` → `CheckCode`. */
function constructId(name: FunctionName): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
