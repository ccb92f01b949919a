import { Aws } from "aws-cdk-lib";
import type { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { keepingPolicyOf } from "./retention.ts";
import type { Stage } from "./stage.ts";

const ALARMS = new ServicePrincipal("cloudwatch.amazonaws.com");
const EVENTS = new ServicePrincipal("events.amazonaws.com");
const FROM_HERE = { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } };

/**
 * The topic of the alarms. It is encrypted with its own key, since a service may use only a key whose policy names it; without that, mails are
 * lost.
 */
export class AlertTopic extends Construct {
  readonly topic: ITopic;

  /** `own` replaces the topic; its owner manages the subscriptions. */
  constructor(scope: Construct, id: string, stage: Stage, own?: ITopic) {
    super(scope, id);
    this.topic = own ?? new Topic(this, "Topic", { masterKey: this.#key(stage), enforceSSL: true });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [ALARMS],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: FROM_HERE,
      }),
    );
    if (own === undefined && stage.alertEmail !== undefined)
      this.topic.addSubscription(new EmailSubscription(stage.alertEmail));
  }

  /** Lets these rules publish, and no other rule: all accounts share one EventBridge. */
  allow(rules: readonly CfnRule[]): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [EVENTS],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { ArnEquals: { "aws:SourceArn": rules.map(({ attrArn }) => attrArn) } },
      }),
    );
  }

  /**
   * EventBridge uses the key without a source in the request: with a condition on the account or the rule it could not publish, and the alarm
   * would be lost. The policy of the topic states who may publish. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  #key(stage: Stage): Key {
    const key = new Key(this, "Key", {
      description: "Latchkey: alerts on their way",
      enableKeyRotation: true,
      removalPolicy: keepingPolicyOf(stage),
    });
    const use = { actions: ["kms:Decrypt", "kms:GenerateDataKey*"], resources: ["*"] };
    key.addToResourcePolicy(
      new PolicyStatement({ ...use, principals: [ALARMS], conditions: FROM_HERE }),
    );
    key.addToResourcePolicy(new PolicyStatement({ ...use, principals: [EVENTS] }));
    return key;
  }
}
