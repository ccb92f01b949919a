import type { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { PROBLEMS } from "../functions/http/problem.ts";
import { LIMITS } from "../functions/policy/limits.ts";
import { plainHeaders } from "./gateway-responses.ts";

type Rule = Omit<CfnWebACL.RuleProperty, "priority" | "visibilityConfig">;

/** Windows of AWS WAF are 60, 120, 300 or 600 s; five minutes outlast a page that is reloaded in anger. */
const RATE_WINDOW_SECONDS = 300;

type Rates = {
  /** In a window, of one address. */
  readonly requestsPerAddress: number;
  /** Of everybody together: the throttle of the stage. */
  readonly requestsPerSecond: number;
  /** What the gateway lets through to each route of callbacks. */
  readonly callbacksPerSecond: number;
  /** Names the client where a proxy stands before the API. */
  readonly clientAddressHeader: string | undefined;
};

function managed(name: string, vendorRules: Partial<CfnWebACL.ManagedRuleGroupStatementProperty>) {
  return {
    name,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ...vendorRules } },
  };
}

/** The gateway may take other spellings of a path for the same route, so the firewall must too. */
const PATH_AS_THE_GATEWAY_READS_IT = [
  { priority: 0, type: "URL_DECODE" },
  { priority: 1, type: "NORMALIZE_PATH" },
] as const satisfies CfnWebACL.TextTransformationProperty[];

/**
 * What Twilio asks. It comes from addresses that others use too, so neither its reputation nor a limit made for people may stop it; a function
 * refuses whatever Twilio has not signed. Only these very paths: no other spelling of another one.
 */
const CALLBACK: CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: "^(/[a-z0-9]+)?/v1/(deliveries/twilio|calls/twilio/[A-Za-z0-9_-]+)$",
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
};

/** The signature of Twilio is the base64 of an HMAC-SHA1. The firewall can see its form and not whether it is right. */
const SIGNED: CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    fieldToMatch: { singleHeader: { Name: "x-twilio-signature" } },
    regexString: "^[A-Za-z0-9+/]{27}=$",
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
};

/** The shortest that AWS WAF has: the buckets of callbacks hold seconds, not minutes. */
const CALLBACK_WINDOW_SECONDS = 60;

/** One address may fill half of the bucket that all callbacks share at the gateway, so that no single one keeps Twilio's out. AWS takes no limit below 10. */
function callbackLimit({ callbacksPerSecond }: Rates): number {
  return Math.max(10, Math.floor((callbacksPerSecond * CALLBACK_WINDOW_SECONDS) / 2));
}

/** What costs a message and is asked by pages: a start and another code. */
const SEND: CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: "/v1/verifications(/[^/]+/resend)?/*$",
    textTransformations: PATH_AS_THE_GATEWAY_READS_IT,
  },
};

/** What the firewall answers in words of its own. Every other block is answered by the gateway's response `WAF_FILTERED`. */
const TOO_MANY = {
  key: "too-many-requests",
  problem: "too-many-requests",
  /** The rate rule looks back over five minutes; an address is let through again soon after it slows down. */
  retryAfterSeconds: 60,
} as const;

/** The bodies that the rules answer with. AWS WAF knows JSON and no problem+json, and no id of the request. */
export function firewallBodies(docsUrl: string) {
  const { key, problem: code, retryAfterSeconds } = TOO_MANY;
  const { status, title } = PROBLEMS[code];
  const problem = { code, type: `${docsUrl}${code}`, title, status, retryAfterSeconds };
  return { [key]: { contentType: "APPLICATION_JSON", content: JSON.stringify(problem) } };
}

/** A block that tells to come back. Takes the place of what the gateway would answer. */
function tooMany(): CfnWebACL.RuleActionProperty {
  const { key, problem, retryAfterSeconds } = TOO_MANY;
  const headers = plainHeaders({ retryAfterSeconds });
  return {
    block: {
      customResponse: {
        responseCode: PROBLEMS[problem].status,
        customResponseBodyKey: key,
        responseHeaders: Object.entries(headers)
          .filter(([name]) => name !== "content-type")
          .map(([name, value]) => ({ name, value })),
      },
    },
  };
}

/** The routes of back ends, with the name of the stage before them where the API has no domain. From the start: no id in a path makes another route one of these. */
const SERVER: CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: "^(/[a-z0-9]+)?/v1/server/",
    textTransformations: PATH_AS_THE_GATEWAY_READS_IT,
  },
};

type RateRule = {
  readonly limit: number;
  readonly of: CfnWebACL.StatementProperty;
  readonly windowSeconds?: number;
  readonly header?: string | undefined;
};

function rateRule(
  name: string,
  { limit, of, windowSeconds = RATE_WINDOW_SECONDS, header }: RateRule,
): Rule {
  return {
    name,
    action: tooMany(),
    statement: {
      rateBasedStatement: {
        // Behind a proxy every connection comes from its few addresses. What names no address there has come past it and is refused.
        ...(header === undefined
          ? { aggregateKeyType: "IP" }
          : {
              aggregateKeyType: "FORWARDED_IP",
              forwardedIpConfig: { headerName: header, fallbackBehavior: "MATCH" },
            }),
        limit,
        evaluationWindowSec: windowSeconds,
        scopeDownStatement: of,
      },
    },
  };
}

/**
 * The rules of every firewall, first come first served. A back end asks for many people from one address: it may ask for as much as the throttle
 * lets through, and a client that floods its routes is refused there before a signature is verified.
 */
export function firewallRules(rates: Rates): readonly Rule[] {
  const { requestsPerAddress, requestsPerSecond, clientAddressHeader: header } = rates;
  return [
    {
      name: "CallbackWithoutSignature",
      action: { block: {} },
      statement: {
        andStatement: { statements: [CALLBACK, { notStatement: { statement: SIGNED } }] },
      },
    },
    rateRule("TooManyCallbacksFromOneAddress", {
      limit: callbackLimit(rates),
      of: CALLBACK,
      windowSeconds: CALLBACK_WINDOW_SECONDS,
    }),
    { name: "TwilioCallback", action: { allow: {} }, statement: CALLBACK },
    rateRule("TooManyFromOneAddress", {
      limit: requestsPerAddress,
      of: { notStatement: { statement: SERVER } },
      header,
    }),
    rateRule("TooManyFromOneBackEnd", {
      limit: requestsPerSecond * RATE_WINDOW_SECONDS,
      of: SERVER,
    }),
    {
      name: "LargeBody",
      // Seen and let through: a function refuses it as what it is.
      action: { count: {} },
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
      // A back end may name no user agent, and a large body is refused by a function as what it is.
      ruleActionOverrides: ["NoUserAgent_HEADER", "SizeRestrictions_BODY"].map((name) => ({
        name,
        actionToUse: { count: {} },
      })),
    }),
  ];
}

/**
 * A start, or another code, without a token that the firewall's script got in a browser is refused. The label is put on by the targeted part of Bot Control,
 * which blocks nothing here and costs extra.
 */
export const TOKEN_RULES: readonly Rule[] = [
  {
    ...managed("AWSManagedRulesBotControlRuleSet", {
      managedRuleGroupConfigs: [
        { awsManagedRulesBotControlRuleSet: { inspectionLevel: "TARGETED" } },
      ],
      scopeDownStatement: SEND,
    }),
    overrideAction: { count: {} },
  },
  {
    name: "SendWithoutToken",
    action: { block: {} },
    statement: {
      andStatement: {
        statements: [
          SEND,
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
