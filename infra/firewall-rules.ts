import type { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { LIMITS } from "../functions/policy/limits.ts";

type Rule = Omit<CfnWebACL.RuleProperty, "priority" | "visibilityConfig">;

/** Windows of AWS WAF are 60, 120, 300 or 600 s; five minutes outlast a page that is reloaded in anger. */
const RATE_WINDOW_SECONDS = 300;

function managed(name: string, vendorRules: Partial<CfnWebACL.ManagedRuleGroupStatementProperty>) {
  return {
    name,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ...vendorRules } },
  };
}

const START: CfnWebACL.StatementProperty = {
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    positionalConstraint: "ENDS_WITH",
    searchString: "/v1/verifications",
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
};

/** The rules of every firewall, first come first served. */
export function firewallRules(requestsPerAddress: number): readonly Rule[] {
  return [
    {
      name: "TooManyFromOneAddress",
      action: { block: {} },
      statement: {
        rateBasedStatement: {
          aggregateKeyType: "IP",
          limit: requestsPerAddress,
          evaluationWindowSec: RATE_WINDOW_SECONDS,
        },
      },
    },
    {
      name: "LargeBody",
      action: { block: {} },
      statement: {
        sizeConstraintStatement: {
          // What WAF cannot see whole is larger than anything that we take.
          fieldToMatch: { body: { oversizeHandling: "MATCH" } },
          comparisonOperator: "GT",
          size: LIMITS.bodyBytes,
          textTransformations: [{ priority: 0, type: "NONE" }],
        },
      },
    },
    managed("AWSManagedRulesAmazonIpReputationList", {}),
    managed("AWSManagedRulesKnownBadInputsRuleSet", {}),
    managed("AWSManagedRulesCommonRuleSet", {
      // A back end may name no user agent.
      ruleActionOverrides: [{ name: "NoUserAgent_HEADER", actionToUse: { count: {} } }],
    }),
  ];
}

/**
 * A start without a token that the firewall's script got in a browser is refused. The label is put on by the targeted part of Bot Control,
 * which blocks nothing here and costs extra.
 */
export const TOKEN_RULES: readonly Rule[] = [
  {
    ...managed("AWSManagedRulesBotControlRuleSet", {
      managedRuleGroupConfigs: [
        { awsManagedRulesBotControlRuleSet: { inspectionLevel: "TARGETED" } },
      ],
      scopeDownStatement: START,
    }),
    overrideAction: { count: {} },
  },
  {
    name: "StartWithoutToken",
    action: { block: {} },
    statement: {
      andStatement: {
        statements: [
          START,
          {
            byteMatchStatement: {
              fieldToMatch: { method: {} },
              positionalConstraint: "EXACTLY",
              searchString: "POST",
              textTransformations: [{ priority: 0, type: "NONE" }],
            },
          },
          {
            notStatement: {
              statement: {
                labelMatchStatement: { scope: "LABEL", key: "awswaf:managed:token:accepted" },
              },
            },
          },
        ],
      },
    },
  },
];
