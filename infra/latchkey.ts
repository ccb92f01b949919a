import { existsSync } from "node:fs";
import { join } from "node:path";
import { Annotations, ArnFormat, Names, Stack } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { EventBus } from "aws-cdk-lib/aws-events";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { AnyFunctionName, Env, FunctionName } from "../functions/runtime/environment.ts";
import { acknowledge, acknowledgements } from "./acknowledgements.ts";
import { ApiFunction, type ApiFunctionProps } from "./api-function.ts";
import { environmentsByApp } from "./apps.ts";
import { byBundle, byFunction } from "./by-function.ts";
import { challengeSecret } from "./challenge-secret.ts";
import { deadLetterQueue } from "./dead-letters.ts";
import { refuseUnaffordable } from "./deployable.ts";
import { type Deployment, functionName } from "./deployment.ts";
import { eventBusOf, subscribe } from "./events.ts";
import { Firewall } from "./firewall.ts";
import { Gateway, type GatewayOptions } from "./gateway.ts";
import { Keys } from "./keys.ts";
import { addOutputs } from "./outputs.ts";
import { LONGEST_DEPLOYMENT_NAME } from "./roles.ts";
import type { Stage } from "./stage.ts";
import { placeholdersOf, validateStage } from "./stage-rules.ts";
import { twilioAuthSecret, twilioSecret } from "./twilio-secret.ts";
import { verificationTable } from "./verification-table.ts";
import { Watch } from "./watch.ts";

/** The code of each function: a directory with `index.cjs` in it. */
export type Bundles = Readonly<Record<AnyFunctionName, { readonly directory: string }>>;

/** The settings of a deployment, and the resources of the caller that it uses. */
export type LatchkeyProps = GatewayOptions & {
  /** The settings; `validateStage` refuses what cannot be deployed. */
  readonly stage: Stage;
  /** Names the stage of the API, and the settings in refusals. `prod` for production and `dev` for anything else if left out. */
  readonly stageName?: string;
  /** The bundles of the package by default. */
  readonly bundles?: Bundles;
  /**
   * Receives alarms in place of an own topic. Then `alertEmail` is not subscribed, and an encrypted topic needs a key that CloudWatch and
   * EventBridge may use.
   */
  readonly alarmTopic?: ITopic;
  /** An existing AWS WAF web ACL in place of the one from the settings. It must limit addresses itself. */
  readonly webAclArn?: string;
  /** The prefix of the stack's outputs, `Latchkey` by default; a second deployment in a stack needs another. */
  readonly outputPrefix?: string;
};

/** One deployment of Latchkey, in its own stack or beside other resources. */
export class Latchkey extends Construct {
  readonly api: RestApi;
  /** `iss` of proofs: the address of the API. */
  readonly issuer: string;
  readonly table: TableV2;
  readonly alarmTopic: ITopic;
  /** The bus of the events of verifications (docs/reference/events.md), if the stage has `events`. */
  readonly eventBus: EventBus | undefined;
  /** The resource of `execute-api:Invoke` for the role of a back end. */
  readonly serverRoutesArn: string;
  readonly #stage: Stage;

  constructor(scope: Construct, id: string, props: LatchkeyProps) {
    const { stage, outputPrefix = "Latchkey" } = props;
    const stageName = validStageName(props);
    super(scope, id);
    this.#stage = stage;
    warnOfExamples(this, stageName, stage);
    const deployment: Deployment = { name: nameOf(this), stageName, stage };
    this.table = verificationTable(this, "Table", stage);
    const keys = new Keys(this, "Keys", deployment);
    const secrets = secretsOf(this, stage);
    const gateway = new Gateway(this, "Gateway", { ...props, ...deployment });
    this.api = gateway.api;
    this.issuer = gateway.issuer;
    this.serverRoutesArn = gateway.serverRoutesArn;
    const deadLetters = deadLetterQueue(this, "DeadLetters");
    this.eventBus = eventBusOf(this, "Events", deployment);
    const functions = functionsOf(this, {
      deployment,
      bundles: props.bundles ?? packagedBundles(),
      places: {
        table: this.table,
        keys,
        secrets,
        issuer: this.issuer,
        deadLettersArn: deadLetters.queueArn,
        eventBus: this.eventBus,
      },
    });
    gateway.route(functions);
    const around = { gateway, webAclArn: props.webAclArn, callbackPass: keys.numbers.keyId };
    const { acl } = new Firewall(this, "Firewall", { ...deployment, ...around });
    const watch = new Watch(this, "Watch", {
      ...deployment,
      gateway,
      acl,
      ownTopic: props.alarmTopic,
      tableName: this.table.tableName,
      functionNames: byFunction((name) => functions[name].functionName),
      deadLettersName: deadLetters.queueName,
      logNames: byFunction((name) => functions[name].logGroup.logGroupName),
      keyArns: [keys.numbers, keys.codes, ...keys.proofs].map(({ keyArn }) => keyArn),
      secretArns: Object.values(secrets).filter((arn) => arn !== undefined),
    });
    this.alarmTopic = watch.topic;
    addOutputs(this, outputPrefix, {
      Name: deployment.name,
      Address: this.issuer,
      ServerRoutes: this.serverRoutesArn,
      AlertTopic: this.alarmTopic.topicArn,
      OperateFunction: functions.operate.functionName,
      Table: this.table.tableName,
      ...secretOutputs(secrets),
      DomainTarget: gateway.domainTarget,
      EventBus: this.eventBus?.eventBusName,
    });
  }

  /** Lets a back end start, resend, check, show and cancel verifications by the signed routes. */
  grantStart(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ["execute-api:Invoke"],
      resourceArns: [this.serverRoutesArn],
    });
  }

  /** Acknowledges the intended findings of cdk-nag with their reasons. For apps that run it. */
  acknowledgeFindings(): void {
    acknowledge(this, acknowledgements(this.#stage));
  }
}

function validStageName({ stage, stageName }: LatchkeyProps): string {
  const name = stageName ?? (stage.production ? "prod" : "dev");
  validateStage(name, stage);
  refuseUnaffordable(name, stage);
  return name;
}

function secretOutputs({ twilio, twilioAuth, challenge }: ReturnType<typeof secretsOf>) {
  return { TwilioSecret: twilio, TwilioAuthSecret: twilioAuth, ChallengeSecret: challenge };
}

/** `npm run deploy` refuses them; `cdk deploy` would not. */
function warnOfExamples(scope: Construct, stageName: string, stage: Stage): void {
  const examples = placeholdersOf(stage);
  if (examples.length === 0) return;
  const text = `${stageName} still has example values: ${examples.join(", ")}. Put yours into latchkey.config.ts before you deploy.`;
  Annotations.of(scope).addWarningV2("latchkey:examples", text);
}

/** A name that is unique in the account and region: made from the name of the stack and the path in it. */
function nameOf(scope: Construct): string {
  return Names.uniqueResourceName(scope, {
    maxLength: LONGEST_DEPLOYMENT_NAME,
    separator: "-",
    allowedSpecialCharacters: "-",
  });
}

const PACKAGED = join(import.meta.dirname, "functions");

export function packagedBundles(): Bundles {
  return byBundle((name) => {
    const directory = join(PACKAGED, name);
    if (!existsSync(directory))
      throw new Error(
        "The bundles of the functions are missing. Give `bundles`, or install @latchkey/cdk.",
      );
    return { directory };
  });
}

type Secrets = ReturnType<typeof secretsOf>;

type FunctionParts = {
  readonly deployment: Deployment;
  readonly bundles: Bundles;
  readonly places: {
    readonly table: TableV2;
    readonly keys: Keys;
    readonly secrets: Secrets;
    readonly issuer: string;
    readonly deadLettersArn: string;
    readonly eventBus: EventBus | undefined;
  };
};

function functionsOf(
  scope: Construct,
  { deployment, bundles, places }: FunctionParts,
): Readonly<Record<FunctionName, ApiFunction<FunctionName>>> {
  const { table, keys, secrets, issuer, deadLettersArn, eventBus } = places;
  const nameOfFunction = (name: AnyFunctionName) => functionName(deployment.name, name);
  const parts = {
    tableName: table.tableName,
    numbersKeyArn: keys.numbers.keyArn,
    codesKeyArn: keys.codes.keyArn,
    proofKeyArns: keys.proofs.map(({ keyArn }) => keyArn),
    proofIssuer: issuer,
    callbackPass: keys.numbers.keyId,
    twilioSecretArn: secrets.twilio,
    twilioAuthSecretArn: secrets.twilioAuth,
    outcomeFunctionName: nameOfFunction("report-outcome"),
    nextStepFunctionName: nameOfFunction("take-next-step"),
    challengeSecretArn: secrets.challenge,
  };
  const { environment, appsOf } = environmentsByApp(deployment.stage, parts);
  const arnOf = (name: AnyFunctionName) =>
    Stack.of(scope).formatArn({
      service: "lambda",
      resource: "function",
      resourceName: nameOfFunction(name),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const resources: ApiFunctionProps<FunctionName>["resources"] = {
    table: table.tableArn,
    numbersKey: keys.numbers.keyArn,
    codesKey: keys.codes.keyArn,
    proofKeys: keys.proofs.map(({ keyArn }) => keyArn),
    twilioSecret: secrets.twilio,
    twilioAuthSecret: secrets.twilioAuth,
    challengeSecret: secrets.challenge,
    outcomeFunction: arnOf("report-outcome"),
    nextStepFunction: arnOf("take-next-step"),
    deadLetters: deadLettersArn,
    eventBus: eventBus?.eventBusArn,
  };
  const made = <F extends AnyFunctionName>(
    name: F,
    variables: Env<F>,
    apps: ReturnType<typeof appsOf> = [],
  ) =>
    new ApiFunction(scope, constructId(name), {
      ...deployment,
      function: name,
      arn: arnOf(name),
      bundleDirectory: bundles[name].directory,
      environment: variables,
      apps,
      resources,
    });
  const functions = byFunction((name) => made(name, environment[name], appsOf(name)));
  if (eventBus !== undefined)
    subscribe(made("publish-events", { EVENT_BUS_NAME: eventBus.eventBusName }), functions);
  return functions;
}

function secretsOf(scope: Construct, stage: Stage) {
  return {
    twilio: twilioSecret(scope, "TwilioCredentials", stage).secretArn,
    twilioAuth: twilioAuthSecret(scope, "TwilioAuthToken", stage).secretArn,
    challenge: challengeSecret(scope, "Challenge", stage)?.secretArn,
  } as const;
}

/** `check-code` → `CheckCode`. */
function constructId(name: AnyFunctionName): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
