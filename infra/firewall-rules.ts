import type { CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import { PROBLEMS } from "../functions/http/problem.ts";
import { plainHeaders } from "./gateway-responses.ts";

type Rule = Omit<CfnWebACL.RuleProperty, "priority" | "visibilityConfig">;

/** AWS WAF has windows of 60, 120, 300 or 600 s. Five minutes outlast a person who reloads a page repeatedly. */
const RATE_WINDOW_SECONDS = 300;

type Rates = {
  /** In a window, of one address. */
  readonly requestsPerAddress: number;
  /** Of all callers together: the throttle of the stage. */
  readonly requestsPerSecond: number;
  /** The gateway's throttle of each route that sends for a back end with an API key. */
  readonly keyedSendsPerSecond: number;
  /** The gateway's throttle of each route of callbacks. */
  readonly callbacksPerSecond: number;
  readonly callbackPass: string;
  /** The header with the client's address, if a proxy stands in front of the API. */
  readonly clientAddressHeader: string | undefined;
};

function managed(name: string, vendorRules: Partial<CfnWebACL.ManagedRuleGroupStatementProperty>) {
  return {
    name,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ...vendorRules } },
  };
}

/**
 * Twilio's callbacks. They come from addresses that others use too, so neither reputation nor a limit for people may stop them; a function
 * refuses what Twilio has not signed. The exact paths only, no other spelling.
 */
const CALLBACK: CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: "^(/\\w+)?/v1/(deliveries/twilio|calls/twilio/[A-Za-z0-9_-]+)$",
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
};

/** Every path that the gateway might route to a callback, however it is written: they all use the throttle of callbacks. */
const LIKE_A_CALLBACK: CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: "/(deliveries|calls)/(.*/)?twilio",
    textTransformations: [{ priority: 0, type: "URL_DECODE" }],
  },
};

/** Whether the address is one that this service gave to Twilio. */
function hasPass({ callbackPass }: Rates): CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: { singleQueryArgument: { Name: "pass" } },
      positionalConstraint: "EXACTLY",
      searchString: callbackPass,
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  };
}

/** The shortest window of AWS WAF: the throttles of callbacks hold seconds, not minutes. */
const CALLBACK_WINDOW_SECONDS = 60;

/**
 * One address may use half of the throttle that all callbacks share at the gateway, so that no single one keeps Twilio's out. AWS accepts no
 * limit below 10.
 */
function callbackLimit({ callbacksPerSecond }: Rates): number {
  return Math.max(10, Math.floor((callbacksPerSecond * CALLBACK_WINDOW_SECONDS) / 2));
}

/** The firewall's own response. Every other block is answered by the gateway's response `WAF_FILTERED`. */
const TOO_MANY = {
  key: "too-many-requests",
  problem: "too-many-requests",
  /** The rate rule looks back over five minutes; an address is admitted again soon after it slows down. */
  retryAfterSeconds: 60,
} as const;

/** The bodies of the rules. AWS WAF supports JSON, but neither problem+json nor the id of the request. */
export function firewallBodies(docsUrl: string) {
  const { key, problem: code, retryAfterSeconds } = TOO_MANY;
  const { status, title } = PROBLEMS[code];
  const problem = { code, type: `${docsUrl}${code}`, title, status, retryAfterSeconds };
  return { [key]: { contentType: "APPLICATION_JSON", content: JSON.stringify(problem) } };
}

/** A block with Retry-After, in place of the gateway's response. */
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

/**
 * Routes of back ends, preceded by the name of the stage if the API has no domain. The plain spelling only: the limit of people does not hold for
 * these, and decoded, an id such as `a%2f..%2f..%2fserver` would make another route one of them.
 */
function plainBelow(routes: string): CfnWebACL.StatementProperty {
  return {
    regexMatchStatement: {
      fieldToMatch: { uriPath: {} },
      regexString: `^(/\\w+)?/${routes}(/(%2B|[\\w+-])[\\w.-]*)+$`,
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  };
}
const SERVER = plainBelow("v1/server");
/** Those with an API key, which a function checks. */
const KEYED = plainBelow("(v1/keyed|v2)");
const OF_PAGES: CfnWebACL.StatementProperty = {
  notStatement: { statement: { orStatement: { statements: [SERVER, KEYED] } } },
};

const POST: CfnWebACL.StatementProperty = {
  byteMatchStatement: {
    fieldToMatch: { method: {} },
    positionalConstraint: "EXACTLY",
    searchString: "POST",
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
};

const CHECK: CfnWebACL.StatementProperty = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: "/check/*$",
    textTransformations: [{ priority: 0, type: "URL_DECODE" }],
  },
};

/** POST requests of pages except checks, in every spelling of the path: the throttles of these routes are smaller. */
const SENDS_OF_PAGES: CfnWebACL.StatementProperty = {
  andStatement: { statements: [POST, OF_PAGES, { notStatement: { statement: CHECK } }] },
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
        // Behind a proxy every connection comes from its few addresses. A request without the header has bypassed the proxy and is refused.
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
 * The rules of every firewall, in order. A back end asks for many people from one address: it may use the whole throttle, and a flood of its
 * routes is cut off there before a signature is checked.
 */
export function firewallRules(rates: Rates): readonly Rule[] {
  const { requestsPerAddress, requestsPerSecond, clientAddressHeader: header } = rates;
  return [
    {
      name: "CallbackWithoutPass",
      action: { block: {} },
      statement: {
        andStatement: {
          statements: [LIKE_A_CALLBACK, { notStatement: { statement: hasPass(rates) } }],
        },
      },
    },
    rateRule("TooManyCallbacksFromOneAddress", {
      limit: callbackLimit(rates),
      of: CALLBACK,
      windowSeconds: CALLBACK_WINDOW_SECONDS,
    }),
    { name: "TwilioCallback", action: { allow: {} }, statement: CALLBACK },
    rateRule("TooManyFromOneAddress", { limit: requestsPerAddress, of: OF_PAGES, header }),
    // A page makes about ten requests for one send.
    rateRule("TooManySendsFromOneAddress", {
      limit: Math.max(10, Math.floor(requestsPerAddress / 10)),
      of: SENDS_OF_PAGES,
      header,
    }),
    // One address without a key fills half of the smallest throttle and no more.
    rateRule("TooManyWithKeyFromOneAddress", {
      limit: Math.max(10, Math.floor((rates.keyedSendsPerSecond * RATE_WINDOW_SECONDS) / 2)),
      of: KEYED,
      header,
    }),
    rateRule("TooManyFromOneBackEnd", {
      limit: requestsPerSecond * RATE_WINDOW_SECONDS,
      of: SERVER,
    }),
    managed("AWSManagedRulesAmazonIpReputationList", {}),
    managed("AWSManagedRulesKnownBadInputsRuleSet", {}),
    managed("AWSManagedRulesCommonRuleSet", {
      // A back end may send no user agent, and a function refuses a large body with the exact problem.
      ruleActionOverrides: ["NoUserAgent_HEADER", "SizeRestrictions_BODY"].map((name) => ({
        name,
        actionToUse: { count: {} },
      })),
    }),
  ];
}

/**
 * Refuses a start or resend without a token of the firewall's script. The targeted part of Bot Control sets the label, blocks nothing here and
 * costs extra.
 */
export const TOKEN_RULES: readonly Rule[] = [
  {
    ...managed("AWSManagedRulesBotControlRuleSet", {
      managedRuleGroupConfigs: [
        { awsManagedRulesBotControlRuleSet: { inspectionLevel: "TARGETED" } },
      ],
      scopeDownStatement: SENDS_OF_PAGES,
    }),
    overrideAction: { count: {} },
  },
  {
    name: "SendWithoutToken",
    action: { block: {} },
    statement: {
      andStatement: {
        statements: [
          SENDS_OF_PAGES,
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
