import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AssetHashType, DockerImage, Duration } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { type AnyFunctionName, APPS_FILE, type Env } from "../functions/runtime/environment.ts";
import { refuseLargeEnvironment } from "./deployable.ts";
import { type Deployment, functionName } from "./deployment.ts";
import { FUNCTIONS, type ResourceName } from "./functions.ts";
import { keepingPolicyOf } from "./retention.ts";
import { roleName } from "./roles.ts";

/** ARNs; of proof keys there may be two. */
type Resources = {
  readonly proofKeys: readonly string[];
  readonly eventBus?: string | undefined;
} & Readonly<Record<Exclude<ResourceName, "proofKeys" | "eventBus">, string | undefined>>;

export type ApiFunctionProps<F extends AnyFunctionName> = Deployment & {
  readonly function: F;
  /** Its own ARN, to which its grants are bound. */
  readonly arn: string;
  /** The directory that holds `index.cjs`. */
  readonly bundleDirectory: string;
  readonly environment: Env<F>;
  /** For each other app of the stage the variables that differ. */
  readonly apps?: readonly Readonly<Record<string, string>>[];
  /** ARNs that its row may be granted. Missing ones are not granted. */
  readonly resources: Resources;
};

/** One function by its row in `FUNCTIONS`, with its own log and role. */
export class ApiFunction<F extends AnyFunctionName> extends LambdaFunction {
  constructor(scope: Construct, id: string, props: ApiFunctionProps<F>) {
    const { function: name, stageName, stage, bundleDirectory, environment, apps = [] } = props;
    const { does, timeoutSeconds, memoryMebibytes } = FUNCTIONS[name];
    const variables = { ...environment, DEPLOYMENT: props.name };
    refuseLargeEnvironment(stageName, name, variables);
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: stage.logRetentionDays,
      removalPolicy: keepingPolicyOf(stage),
    });
    const writeLog = new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
      conditions: boundTo(props.arn),
    });
    super(scope, id, {
      functionName: functionName(props.name, name),
      description: does,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: codeWith(bundleDirectory, apps),
      handler: "index.handler",
      environment: variables,
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMebibytes,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own lines of an invocation without a fault repeat its metrics. Those of time-outs and crashes are warnings and errors.
      systemLogLevelV2: SystemLogLevel.WARN,
      role: new Role(scope, `${id}Role`, {
        roleName: roleName(scope, props.name, name),
        assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
        inlinePolicies: {
          grants: new PolicyDocument({ statements: [writeLog, WRITE_TRACES, ...grantsOf(props)] }),
        },
      }),
    });
    const { resources } = props;
    const hasLetters = FUNCTIONS[name].grants.some(({ on }) => on === "deadLetters");
    const deadLetters = hasLetters ? resources.deadLetters : undefined;
    const resource = this.node.defaultChild;
    if (!(resource instanceof CfnFunction)) throw new Error("a function is a CfnFunction");
    const shares: Readonly<Partial<Record<AnyFunctionName, number>>> =
      stage.reservedConcurrency ?? {};
    const share = shares[name];
    if (share !== undefined) resource.reservedConcurrentExecutions = share;
    // Set here, since CDK's properties would add policies beside the explicit one. One request a second and 5 % of the rest are traced. The
    // gateway traces nothing: a trace would hold paths, and with them ids of verifications.
    resource.tracingConfig = { mode: "Active" };
    if (deadLetters !== undefined) resource.deadLetterConfig = { targetArn: deadLetters };
  }
}

/** X-Ray's actions have no resources. */
const WRITE_TRACES = new PolicyStatement({
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
});

/**
 * The role is useless to another function that it is passed to. Lambda names the function in calls of its code and in its logs, and not in dead
 * letters. https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
function boundTo(functionArn: string) {
  return { ArnEquals: { "lambda:SourceFunctionArn": functionArn } };
}

const ASKED_BY_LAMBDA: readonly ResourceName[] = ["deadLetters"];

function grantsOf({
  function: name,
  arn: functionArn,
  resources,
}: Pick<
  ApiFunctionProps<AnyFunctionName>,
  "function" | "arn" | "resources"
>): readonly PolicyStatement[] {
  return FUNCTIONS[name].grants.flatMap(({ on, actions }) => {
    const arns = [resources[on] ?? []].flat();
    return arns.length === 0
      ? []
      : [
          new PolicyStatement({
            actions: [...actions],
            resources: arns,
            ...(ASKED_BY_LAMBDA.includes(on) ? {} : { conditions: boundTo(functionArn) }),
          }),
        ];
  });
}

/** The code of a function, beside it the file of the other apps if there are any. */
function codeWith(bundleDirectory: string, apps: readonly object[]): Code {
  if (apps.length === 0) return Code.fromAsset(bundleDirectory);
  const tryBundle = (folder: string) => {
    cpSync(bundleDirectory, folder, { recursive: true });
    writeFileSync(join(folder, APPS_FILE), JSON.stringify(apps));
    return true;
  };
  // The image is never used: the local bundling always succeeds.
  const bundling = { image: DockerImage.fromRegistry("scratch"), local: { tryBundle } };
  return Code.fromAsset(bundleDirectory, { assetHashType: AssetHashType.OUTPUT, bundling });
}
