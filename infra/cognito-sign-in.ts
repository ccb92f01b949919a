import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type UserPool, UserPoolOperation } from "aws-cdk-lib/aws-cognito";
import { AttributeType, Billing, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

export type LatchkeySignInProps = {
  /** Its clients need `authFlows: { custom: true }`, and its users the attribute `phone_number`. Triggers that it has already are refused. */
  readonly userPool: UserPool;
  /** The address of the deployment of Latchkey, and the `proofAudience` of its stage. */
  readonly issuer: string;
  readonly audience: string;
  /** The directory with `index.cjs`, made by `buildCognitoHandler` of server/build.ts. */
  readonly bundleDirectory: string;
};

const TRIGGERS = [
  UserPoolOperation.DEFINE_AUTH_CHALLENGE,
  UserPoolOperation.CREATE_AUTH_CHALLENGE,
  UserPoolOperation.VERIFY_AUTH_CHALLENGE_RESPONSE,
  UserPoolOperation.PRE_SIGN_UP,
] as const;

/**
 * Cognito gives a trigger five seconds and calls it three times at most. A cold start with its first read of the keys takes one or two.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
const TIMEOUT_SECONDS = 5;

/** Sign-in at a Cognito user pool by a proof of Latchkey: one function for four triggers, and a table of the proofs that were used. */
export class LatchkeySignIn extends Construct {
  readonly triggers: LambdaFunction;
  /** The used proofs. Each is deleted minutes after its end. */
  readonly usedProofs: TableV2;

  constructor(scope: Construct, id: string, props: LatchkeySignInProps) {
    super(scope, id);
    this.usedProofs = new TableV2(this, "UsedProofs", {
      partitionKey: { name: "id", type: AttributeType.STRING },
      timeToLiveAttribute: "forgetAt",
      billing: Billing.onDemand(),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.triggers = new LambdaFunction(this, "Triggers", {
      description: "Latchkey: signs in at Cognito by a proof",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundleDirectory),
      handler: "index.handler",
      timeout: Duration.seconds(TIMEOUT_SECONDS),
      memorySize: 512,
      loggingFormat: LoggingFormat.JSON,
      logGroup: new LogGroup(this, "Log", { retention: RetentionDays.ONE_YEAR }),
      environment: {
        LATCHKEY_ISSUER: props.issuer,
        LATCHKEY_AUDIENCE: props.audience,
        USED_PROOFS_TABLE: this.usedProofs.tableName,
      },
    });
    this.usedProofs.grant(this.triggers, "dynamodb:PutItem");
    for (const operation of TRIGGERS) props.userPool.addTrigger(operation, this.triggers);
  }
}
