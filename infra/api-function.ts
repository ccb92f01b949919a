import { Duration } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Env, FunctionName } from "../functions/env.ts";
import { FUNCTIONS, type ResourceName } from "./functions.ts";
import { removalPolicyOf } from "./retention.ts";
import type { Stage } from "./stages.ts";

export type ApiFunctionProps<F extends FunctionName> = {
  readonly name: F;
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
    const { name, stage, bundleDirectory, environment } = props;
    const { does, timeoutSeconds, memoryMebibytes } = FUNCTIONS[name];
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
      environment: { ...environment },
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMebibytes,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      role: new Role(scope, `${id}Role`, {
        assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
        inlinePolicies: {
          grants: new PolicyDocument({ statements: [writeLog, ...grantsOf(props)] }),
        },
      }),
    });
  }
}

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
