import { Duration, type SecretValue } from "aws-cdk-lib";
import { ApiDestination, Authorization, CfnRule, Connection } from "aws-cdk-lib/aws-events";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export type WebhookProps = {
  /** Of `latchkey.eventBus`, or the output `LatchkeyEventBus`. */
  readonly eventBusName: string;
  readonly url: string;
  /** Sent with each event in `x-latchkey-webhook`, by which the receiver knows the sender. EventBridge signs no body. */
  readonly secret: SecretValue;
  /** Such as `verification.approved`; all if left out. */
  readonly types?: readonly string[];
};

const EVENTBRIDGE = new ServicePrincipal("events.amazonaws.com");

/** A webhook: EventBridge posts each event to the address, tries again for a day, and keeps in a queue what was not taken. */
export class EventsWebhook extends Construct {
  constructor(scope: Construct, id: string, { eventBusName, url, secret, types }: WebhookProps) {
    super(scope, id);
    const connection = new Connection(this, "Connection", {
      authorization: Authorization.apiKey("x-latchkey-webhook", secret),
    });
    const { apiDestinationArn: arn } = new ApiDestination(this, "Destination", {
      connection,
      endpoint: url,
    });
    const mayPost = new PolicyStatement({
      actions: ["events:InvokeApiDestination"],
      resources: [arn],
    });
    const { roleArn } = new Role(this, "Role", {
      assumedBy: EVENTBRIDGE,
      inlinePolicies: { post: new PolicyDocument({ statements: [mayPost] }) },
    });
    const notTaken = new Queue(this, "NotTaken", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const rule = new CfnRule(this, "Rule", {
      eventBusName,
      eventPattern: { source: ["latchkey"], ...(types && { "detail-type": types }) },
      targets: [{ id: "Webhook", arn, roleArn, deadLetterConfig: { arn: notTaken.queueArn } }],
    });
    notTaken.addToResourcePolicy(
      new PolicyStatement({
        principals: [EVENTBRIDGE],
        actions: ["sqs:SendMessage"],
        resources: [notTaken.queueArn],
        conditions: { ArnEquals: { "aws:SourceArn": rule.attrArn } },
      }),
    );
  }
}
