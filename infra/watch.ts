import { CfnOutput } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { FunctionName } from "../functions/runtime/environment.ts";
import type { Watched } from "./alarm-signals.ts";
import { Alarms } from "./alarms.ts";
import { AlertTopic } from "./alert-topic.ts";
import { tellChat } from "./chat.ts";
import { watchCode } from "./code-watch.ts";
import { OperatorDashboard } from "./dashboard.ts";
import type { Gateway } from "./gateway.ts";
import { insightRules } from "./insights.ts";
import { watchKeys } from "./key-watch.ts";

export type WatchProps = Omit<Watched, "insights"> & {
  readonly gateway: Gateway;
  readonly logNames: Readonly<Record<FunctionName, string>>;
  readonly keyArns: readonly string[];
};

/** Everything that looks at a deployment and tells its operator. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { gateway, keyArns, logNames, ...parts }: WatchProps) {
    super(scope, id);
    const { stageName, stage } = parts;
    const { accessLog } = gateway;
    const insights = insightRules(this, stageName, {
      access: accessLog.logGroupName,
      sends: [logNames["start-verification"], logNames["resend-code"]],
      checks: [logNames["check-code"]],
    });
    const watched: Watched = { ...parts, insights };
    const alerts = new AlertTopic(this, "Alerts", stage);
    const { topic } = alerts;
    tellChat(this, { stageName, stage, topic });
    const alarms = new Alarms(this, "Alarms", watched, topic);
    alerts.hear([
      watchKeys(this, "KeyMisuse", { stageName, stage, keyArns, topic }),
      watchCode(this, "CodeMisuse", { stageName, stage, topic }),
    ]);
    new OperatorDashboard(this, "Operator", {
      watched,
      alarms: alarms.all,
      accessLogName: accessLog.logGroupName,
    });
    new CfnOutput(this, "AlertTopic", {
      description: "Where alarms are told; the first mail asks for a click",
      value: topic.topicArn,
    });
  }
}
