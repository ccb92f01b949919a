import { CfnQueryDefinition } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { FunctionName } from "../functions/runtime/environment.ts";
import type { Watched } from "./alarm-signals.ts";
import { Alarms } from "./alarms.ts";
import { AlertTopic } from "./alert-topic.ts";
import { notifyChat } from "./chat.ts";
import { OperatorDashboard } from "./dashboard.ts";
import type { Deployment } from "./deployment.ts";
import type { Gateway } from "./gateway.ts";
import { insightRules } from "./insights.ts";
import { LOG_QUERIES, queryLines, queryName, timelineText } from "./log-queries.ts";
import { type Misused, watchMisuse } from "./misuse-watch.ts";

export type WatchProps = Omit<Watched, "insights" | "ruleNames"> &
  Pick<Misused, "keyArns" | "secretArns" | "acl"> & {
    readonly gateway: Gateway;
    readonly logNames: Readonly<Record<FunctionName, string>>;
    readonly ownTopic: ITopic | undefined;
  };

/** Alarms, rules and dashboard of a deployment. */
export class Watch extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { gateway, keyArns, secretArns, acl, logNames, ownTopic, ...parts } = props;
    const deployment: Deployment = parts;
    const { accessLog } = gateway;
    const insights = insightRules(this, deployment, {
      access: accessLog.logGroupName,
      sends: [logNames["start-verification"], logNames["resend-code"]],
      checks: [logNames["check-code"]],
    });
    const alerts = new AlertTopic(this, "Alerts", deployment.stage, ownTopic);
    const { topic } = alerts;
    this.topic = topic;
    const rules = watchMisuse(this, {
      ...{ ...parts, keyArns, secretArns, acl, topic },
      ...{ apiId: gateway.api.restApiId, apiStageArn: gateway.stageArn },
    });
    alerts.allow(rules);
    const watched: Watched = { ...parts, insights, ruleNames: rules.map(({ ref }) => ref) };
    notifyChat(this, { ...deployment, topic });
    const alarms = new Alarms(this, "Alarms", watched, topic);
    saveQueries(this, deployment.name, Object.values(logNames));
    new OperatorDashboard(this, "Operator", {
      watched,
      alarms: alarms.all,
      accessLogName: accessLog.logGroupName,
      sendLogNames: [logNames["start-verification"], logNames["resend-code"]],
    });
  }
}

/** Saves every query in the account, so that the console lists it and the commands run the text that was deployed. */
function saveQueries(
  scope: Construct,
  deploymentName: string,
  logGroupNames: readonly string[],
): void {
  const texts = Object.entries(LOG_QUERIES).map(
    ([name, query]) => [name, queryLines(query).join("\n| ")] as const,
  );
  // The operator replaces the value in the console.
  const story = timelineText(["number", "pseudonym", "requestId"], "PSEUDONYM OR REQUEST ID");
  for (const [name, queryString] of [...texts, ["timeline", story] as const])
    new CfnQueryDefinition(scope, `${name}-query`, {
      name: queryName(deploymentName, name),
      logGroupNames: [...logGroupNames],
      queryString,
    });
}
