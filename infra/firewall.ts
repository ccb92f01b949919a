import { ArnFormat, Aws, Fn, Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import type { Deployment } from "./deployment.ts";
import { problemDocsAt } from "./environments.ts";
import { firewallBodies, firewallRules, TOKEN_RULES } from "./firewall-rules.ts";
import type { Gateway } from "./gateway.ts";
import { keepingPolicyOf } from "./retention.ts";
import { CALLBACKS_PER_SEND, KEYED_SHARE } from "./routes.ts";

export type FirewallProps = Deployment & {
  readonly gateway: Pick<Gateway, "stageArn" | "issuer">;
  /** An existing web ACL in place of an own one. */
  readonly webAclArn: string | undefined;
  /** In the address of every callback: the id of a key, which has 122 random bits and by which no other principal may use the key. */
  readonly callbackPass: string;
};

/** The first part of the random id that CloudFormation gives a stack. */
const STACK_SUFFIX = Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))));

/** AWS WAF in front of the API, unless the stage has a reason against it. */
export class Firewall extends Construct {
  /** The own one, if there is one. */
  readonly acl: CfnWebACL | undefined;

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const { webAclArn, callbackPass, name, stage } = props;
    const { stageArn, issuer } = props.gateway;
    if (webAclArn !== undefined) this.#standBefore(stageArn, webAclArn);
    if (webAclArn !== undefined || "off" in stage.firewall) return;
    const { requestsPerAddress, tokenRequired } = stage.firewall;
    const { requestsPerSecond } = stage.throttle;
    const rules = [
      ...firewallRules({
        requestsPerAddress,
        requestsPerSecond,
        callbackPass,
        keyedSendsPerSecond: KEYED_SHARE * stage.sendThrottle.requestsPerSecond,
        callbacksPerSecond: CALLBACKS_PER_SEND * stage.sendThrottle.requestsPerSecond,
        clientAddressHeader: stage.clientAddressHeader?.name,
      }),
      ...(tokenRequired ? TOKEN_RULES : []),
    ];
    const acl = new CfnWebACL(this, "Acl", {
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visibility(name),
      customResponseBodies: firewallBodies(problemDocsAt(issuer, stage)),
      rules: rules.map((rule, priority) => ({
        ...rule,
        priority,
        visibilityConfig: visibility(rule.name),
      })),
    });
    this.acl = acl;
    this.#standBefore(stageArn, acl.attrArn);
    this.#logBlocked(acl, props);
  }

  #standBefore(resourceArn: string, webAclArn: string): void {
    new CfnWebACLAssociation(this, "Association", { resourceArn, webAclArn });
  }

  /** Logs blocked requests only, without their secrets: paths hold ids, and an idempotency key fetches an answer again. */
  #logBlocked(acl: CfnWebACL, { name, stage }: Deployment): void {
    const log = new LogGroup(this, "Log", {
      // AWS WAF accepts no other prefix, and reports an invalid ARN then. The suffix of the stack keeps the name free for the next deployment,
      // since the group is retained.
      logGroupName: `aws-waf-logs-${name}-${STACK_SUFFIX}`,
      retention: stage.logRetentionDays,
      removalPolicy: keepingPolicyOf(stage),
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

/** Requests that match a rule are counted; samples are not kept, since they hold paths. */
function visibility(metricName: string) {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
