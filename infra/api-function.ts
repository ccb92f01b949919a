import { Duration } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Env, FunctionName } from "../functions/runtime/environment.ts";
import { refuseLargeEnvironment } from "./deployable.ts";
import { FUNCTIONS, type ResourceName } from "./functions.ts";
import { removalPolicyOf } from "./retention.ts";
import { roleName } from "./roles.ts";
import type { Stage } from "./stages.ts";

export type ApiFunctionProps<F extends FunctionName> = {
  readonly name: F;
  readonly stageName: string;
  readonly stage: Stage;
  /** Holds `index.cjs`. */
  readonly bundleDirectory: string;
  readonly environment: Env<F>;
  /** ARNs of what its row may be granted. What a stage does not have is not granted. */
  readonly resources: Readonly<Record<ResourceName, string | undefined>>;
};

/** One function as its row in `FUNCTIONS` says, with a log and a role of its own. */
export class ApiFunction<F extends FunctionName> extends LambdaFunction {
  constructor(scope: Construct, id: string, props: ApiFunctionProps<F>) {
    const { name, stageName, stage, bundleDirectory, environment } = props;
    const { does, timeoutSeconds, memoryMebibytes } = FUNCTIONS[name];
    const told = { ...environment, STAGE: stageName };
    refuseLargeEnvironment(stageName, name, told);
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: stage.logRetentionDays,
      removalPolicy: removalPolicyOf(stage),
    });
    const writeLog = new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    });
    super(scope, id, {
      description: does,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleDirectory),
      handler: "index.handler",
      environment: told,
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMebibytes,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      role: new Role(scope, `${id}Role`, {
        roleName: roleName(scope, stageName, name),
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
    const share = stage.reservedConcurrency?.[name];
    if (share !== undefined) resource.reservedConcurrentExecutions = share;
    // Here and not by CDK's own properties, which would add policies beside the one that says all. One request a second and 5 % of the rest
    // are traced. The gateway traces nothing: it would note paths, and with them the ids of verifications.
    resource.tracingConfig = { mode: "Active" };
    if (deadLetters !== undefined) resource.deadLetterConfig = { targetArn: deadLetters };
  }
}

/** X-Ray knows no resources to name. */
const WRITE_TRACES = new PolicyStatement({
  actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  resources: ["*"],
});

function grantsOf({
  name,
  resources,
}: Pick<ApiFunctionProps<FunctionName>, "name" | "resources">): readonly PolicyStatement[] {
  return FUNCTIONS[name].grants.flatMap(({ on, actions }) => {
    const arn = resources[on];
    return arn === undefined
      ? []
      : [new PolicyStatement({ actions: [...actions], resources: [arn] })];
  });
}
