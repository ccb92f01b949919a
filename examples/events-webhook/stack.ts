import { Duration } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Architecture, Code, Function as LambdaCode, Runtime } from "aws-cdk-lib/aws-lambda";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export type WebhookProps = {
  /** Of `latchkey.eventBus`, or the output `LatchkeyEventBus`. */
  readonly eventBusName: string;
  readonly url: string;
  /** `whsec_` and 24 to 64 random bytes in base64. */
  readonly secret: ISecret;
  /** Such as `verification.approved`; all if left out. */
  readonly types?: string[];
};

/** A webhook: a function signs each event and posts it. Lambda tries twice more; then a queue keeps the event. */
export class EventsWebhook extends Construct {
  constructor(scope: Construct, id: string, { eventBusName, url, secret, types }: WebhookProps) {
    super(scope, id);
    const notTaken = new Queue(this, "NotTaken", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const sign = new LambdaCode(this, "Sign", {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "sign.handler",
      code: Code.fromAsset(import.meta.dirname, { exclude: ["*.ts"] }),
      environment: { SECRET_ARN: secret.secretArn, WEBHOOK_URL: url },
      timeout: Duration.seconds(10),
      deadLetterQueue: notTaken,
    });
    secret.grantRead(sign);
    new Rule(this, "Rule", {
      eventBus: EventBus.fromEventBusName(this, "Bus", eventBusName),
      eventPattern: { source: ["latchkey"], ...(types && { detailType: types }) },
      targets: [new LambdaFunction(sign)],
    });
  }
}
