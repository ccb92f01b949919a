import { Aws } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { removalPolicyOf } from "./retention.ts";
import type { Stage } from "./stages.ts";

/** CloudWatch tells alarms, EventBridge tells misuse of keys. Both only for this account. */
const TELLERS = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] as const;

/** Where operators are told. Encrypted with a key of its own, since a service may use only a key whose policy names it: without that, mails vanish unseen. */
export class AlertTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    const fromHere = { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } };
    const principals = TELLERS.map((service) => new ServicePrincipal(service));
    const key = new Key(this, "Key", {
      description: "Latchkey: alerts on their way",
      enableKeyRotation: true,
      removalPolicy: removalPolicyOf(stage),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
        resources: ["*"],
        conditions: fromHere,
      }),
    );
    this.topic = new Topic(this, "Topic", { masterKey: key, enforceSSL: true });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: fromHere,
      }),
    );
    if (stage.alertEmail !== undefined)
      this.topic.addSubscription(new EmailSubscription(stage.alertEmail));
  }
}
