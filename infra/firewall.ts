import { ArnFormat, RemovalPolicy, Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import { firewallBodies, firewallRules, TOKEN_RULES } from "./firewall-rules.ts";
import type { Stage } from "./stage.ts";

export type FirewallProps = {
  readonly stageName: string;
  readonly stage: Stage;
  readonly stageArn: string;
};

/** AWS WAF before the API, unless the stage has a reason to be without. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { stageName, stage, stageArn }: FirewallProps) {
    super(scope, id);
    if ("off" in stage.firewall) return;
    const { requestsPerAddress, tokenRequired } = stage.firewall;
    const { requestsPerSecond } = stage.throttle;
    const rules = [
      ...firewallRules({ requestsPerAddress, requestsPerSecond }),
      ...(tokenRequired ? TOKEN_RULES : []),
    ];
    const acl = new CfnWebACL(this, "Acl", {
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visibility(`latchkey-${stageName}`),
      customResponseBodies: firewallBodies(stage.problemDocsUrl),
      rules: rules.map((rule, priority) => ({
        ...rule,
        priority,
        visibilityConfig: visibility(rule.name),
      })),
    });
    new CfnWebACLAssociation(this, "Association", {
      resourceArn: stageArn,
      webAclArn: acl.attrArn,
    });
    this.#logBlocked(acl, stageName, stage);
  }

  /** Only what was blocked, and nothing of it that holds a secret: paths hold ids, and a key fetches an answer again. */
  #logBlocked(acl: CfnWebACL, stageName: string, stage: Stage): void {
    const log = new LogGroup(this, "Log", {
      // AWS WAF writes to no group of another name, and says then that an ARN is not valid.
      logGroupName: `aws-waf-logs-latchkey-${stageName}`,
      retention: stage.logRetentionDays,
      // A group that stays would keep its name from the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logArn = Stack.of(this).formatArn({
      service: "logs",
      resource: "log-group",
      resourceName: log.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new CfnLoggingConfiguration(this, "Logging", {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [logArn],
      redactedFields: [
        { uriPath: {} },
        { queryString: {} },
        { singleHeader: { Name: "idempotency-key" } },
        { singleHeader: { Name: "authorization" } },
        { singleHeader: { Name: "cookie" } },
      ],
      loggingFilter: {
        DefaultBehavior: "DROP",
        Filters: [
          {
            Behavior: "KEEP",
            Requirement: "MEETS_ANY",
            Conditions: [{ ActionCondition: { Action: "BLOCK" } }],
          },
        ],
      },
    });
  }
}

/** Requests that a rule met are counted; no samples are kept, which hold paths. */
function visibility(metricName: string) {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
