import { scopeTermsOf } from "../../functions/runtime/terms.ts";
import { FUNCTIONS } from "../../infra/functions.ts";
import { at, functionIn, listOf, resourcesOf, type Template } from "../template.ts";
import { sendsWithin } from "./guessing.ts";
import { type Evidence, type Finding, faultsOf, type Question } from "./question.ts";

const TOPIC = "Limits";

export const LIMIT_QUESTIONS: readonly Question[] = [
  {
    id: "per-number",
    topic: TOPIC,
    asks: "Is one number limited, for all callers together?",
    find: perNumber,
    enforced: ["functions/policy/limits.ts", "functions/adapters/dynamodb/numbers.ts"],
    tested: ["test/contract/facts/numbers.ts", "test/property/model.test.ts"],
  },
  {
    id: "per-client",
    topic: TOPIC,
    asks: "Is one client limited, whatever it asks for?",
    find: perClient,
    enforced: [
      "functions/verification/client.ts",
      "functions/adapters/dynamodb/scopes.ts",
      "infra/firewall-rules.ts",
    ],
    tested: ["test/unit/verification/client.test.ts", "test/contract/facts/starts.ts"],
  },
  {
    id: "shared-scopes",
    topic: TOPIC,
    asks: "Can pumping and guessing not be spread over many clients and numbers?",
    find: sharedScopes,
    enforced: ["functions/verification/admission.ts", "functions/policy/limits.ts"],
    tested: ["test/unit/verification/admission.test.ts", "test/contract/facts/starts.ts"],
  },
  {
    id: "everybody",
    topic: TOPIC,
    asks: "Is everybody together limited?",
    find: everybody,
    enforced: ["infra/gateway.ts", "latchkey.config.ts"],
    tested: ["test/infra/gateway.test.ts"],
  },
  {
    id: "stop",
    topic: TOPIC,
    asks: "Can sending be stopped at once, and one number closed?",
    find: stopping,
    enforced: ["functions/operate.ts", "functions/adapters/dynamodb/sending-switch.ts"],
    tested: ["test/cli/operate.test.ts"],
  },
];

/** Bounds that no configuration may exceed: most messages in so many seconds. */
const CEILINGS = [
  { max: 1, seconds: 30, words: "30 s" },
  { max: 3, seconds: 600, words: "10 min" },
  { max: 10, seconds: 86_400, words: "24 h" },
] as const;

function perNumber({ policies }: Evidence): Finding {
  const found = CEILINGS.map((ceiling) => ({
    ...ceiling,
    sends: Math.max(
      sendsWithin(policies.limits.sendsPerNumber, ceiling.seconds),
      sendsWithin(policies.limits.sendsPerNumberWithTicket, ceiling.seconds),
    ),
  }));
  return {
    value: `${found.map(({ sends, words }) => `${sends} in ${words}`).join(", ")}, in every sliding window`,
    faults: found
      .filter(({ sends, max }) => sends > max)
      .map(({ sends, max, words }) => `${sends} messages in ${words} are more than ${max}`),
  };
}

const KINDS = ["ipv4", "ipv6-64", "ipv6-48", "client-unknown"] as const;
const MOST_STARTS_IN_TEN_MINUTES = 60;

function perClient({ stage, template, policies: { limits } }: Evidence): Finding {
  const windows = KINDS.map((kind) => ({ kind, window: limits.unverifiedSends[kind] }));
  const rate = firewallRate(template);
  const isOff = "off" in stage.firewall;
  const header = addressHeader(template);
  const ipv4 = limits.unverifiedSends["ipv4"];
  return {
    value: `${ipv4?.max ?? "any number of"} unverified sends of an address in ${(ipv4?.windowSeconds ?? 0) / 60} min; ${rate === undefined ? "no firewall" : `${rate} requests in 5 min at the firewall`}${header === "" ? "" : `; counted by what the proxy writes into ${header}`}`,
    faults: [
      ...windows
        .filter(({ window }) => startsInTenMinutes(window) > MOST_STARTS_IN_TEN_MINUTES)
        .map(({ kind }) => `${kind} starts without limit`),
      ...faultsOf({
        "production has no firewall": stage.production && isOff,
        "the firewall limits no address": !isOff && rate === undefined,
        "a client may write the address that it is counted by":
          header === "x-forwarded-for" || header === "forwarded",
      }),
    ],
  };
}

/** The header that the address of a client is read from, if it is not the connection. */
function addressHeader(template: Template): string {
  const [name = ""] = resourcesOf(template, "AWS::Lambda::Function").flatMap(({ Properties }) =>
    listOf(at(Properties, "Environment", "Variables", "CLIENT_ADDRESS_HEADER")),
  );
  return String(name).toLowerCase();
}

function startsInTenMinutes(
  window: { readonly max: number; readonly windowSeconds: number } | undefined,
): number {
  if (window === undefined || window.windowSeconds <= 0) return Number.POSITIVE_INFINITY;
  return window.max * Math.ceil(600 / window.windowSeconds);
}

/** Requests of one address in five minutes above which the firewall in front of the gateway blocks. The rule for back ends alone does not count. */
function firewallRate(template: Template): number | undefined {
  const acls = resourcesOf(template, "AWS::WAFv2::WebACL");
  const isInFront = resourcesOf(template, "AWS::WAFv2::WebACLAssociation").length > 0;
  const rules = acls.flatMap(({ Properties }) => listOf(Properties["Rules"]));
  const rule = rules.find(
    (one) =>
      /^(FORWARDED_)?IP$/.test(
        String(at(one, "Statement", "RateBasedStatement", "AggregateKeyType")),
      ) &&
      isForOthersThanBackEnds(at(one, "Statement", "RateBasedStatement", "ScopeDownStatement")) &&
      at(one, "Action", "Block") !== undefined,
  );
  const limit = at(rule, "Statement", "RateBasedStatement", "Limit");
  return isInFront && typeof limit === "number" ? limit : undefined;
}

/** The most unverified sends an hour of a range, a country or a service, whatever a stage sets. */
const MOST_UNVERIFIED_AN_HOUR = {
  range: 1_000,
  country: 2_000,
  "home-country": 20_000,
  service: 20_000,
} as const;
const SHARED = ["range", "country", "home-country", "service"] as const;

function sharedScopes({ template }: Evidence): Finding {
  const senders = resourcesOf(template, "AWS::Lambda::Function").filter(
    ({ Properties }) => at(Properties, "Environment", "Variables", "BRAND") !== undefined,
  );
  const [terms] = senders.flatMap(({ Properties }) => {
    const text = at(Properties, "Environment", "Variables", "SCOPE_TERMS");
    return typeof text === "string" ? [scopeTermsOf({ SCOPE_TERMS: text })] : [];
  });
  if (terms === undefined) return { value: "unknown", faults: ["a function sends without limits"] };
  const { limits } = terms;
  return {
    value: `${SHARED.map((kind) => `${kind} ${limits[kind].max}`).join(", ")} unverified sends an hour`,
    faults: SHARED.flatMap((kind) => {
      const { max, windowSeconds, mode } = limits[kind];
      const anHour = max * Math.ceil(3_600 / windowSeconds);
      return [
        ...(anHour > MOST_UNVERIFIED_AN_HOUR[kind]
          ? [`${kind} allows ${anHour} unverified sends an hour`]
          : []),
        ...(mode === "enforce" ? [] : [`${kind} is ${mode === "watch" ? "watched only" : "off"}`]),
      ];
    }),
  };
}

function isForOthersThanBackEnds(scope: unknown): boolean {
  return scope === undefined || at(scope, "NotStatement") !== undefined;
}

const SENDING_PATHS = [
  "/~1v1~1verifications",
  "/~1v1~1verifications~1{id}~1resend",
  "/~1v1~1server~1verifications",
  "/~1v1~1server~1verifications~1{id}~1resend",
] as const;

function everybody({ template }: Evidence): Finding {
  const settings = resourcesOf(template, "AWS::ApiGateway::Stage").flatMap(({ Properties }) =>
    listOf(Properties["MethodSettings"]),
  );
  const rateOf = (path: string): number | undefined => {
    const found = settings.find((setting) => at(setting, "ResourcePath") === path);
    const rate = at(found, "ThrottlingRateLimit");
    return typeof rate === "number" && rate > 0 ? rate : undefined;
  };
  const all = rateOf("/*");
  const sending = SENDING_PATHS.map(rateOf);
  return {
    value: `${all ?? "any number of"} requests a second, ${sending.map((rate) => rate ?? "?").join(" + ")} of them starts and resends`,
    faults: faultsOf({
      "the stage has no throttle": all === undefined,
      "a route that sends has no throttle of its own": sending.includes(undefined),
    }),
  };
}

function stopping({ template, policies: { limits } }: Evidence): Finding {
  const id = functionIn(template, "operate")?.id;
  const seconds = limits.switchCacheSeconds;
  const invokers = resourcesOf(template, "AWS::Lambda::Permission").filter(
    ({ Properties }) => at(Properties["FunctionName"], "Fn::GetAtt", 0) === id,
  );
  return {
    value: `within ${seconds} seconds; by command, each call logged`,
    faults: faultsOf({
      "there is no function for operators": id === undefined,
      "the function for operators can be reached without IAM":
        id !== undefined && invokers.length > 0,
      [`a pause takes ${seconds} seconds`]: seconds > 60,
      "its row gives it more than its work": FUNCTIONS.operate.grants.length > 2,
    }),
  };
}
