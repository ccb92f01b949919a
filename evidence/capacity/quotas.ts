import { costsOfAMillion, REQUESTS_PER_VERIFICATION, total } from "../../cli/costs.ts";
import { dollarsFor } from "../../cli/prices.ts";
import { USAGE } from "../../cli/usage.ts";
import { GATEWAY_REQUESTS_PER_SECOND } from "../../infra/sending-terms.ts";
import { heat, type MixLoad } from "./play.ts";

/** A limit of AWS or Twilio, and how much of it one request of a mix asks for. */
type Quota = {
  readonly name: string;
  /** In a second. */
  readonly limit: number;
  /** Of the limit, for one request a second. */
  readonly perRequest: (load: MixLoad) => number;
  /** AWS raises the others on request. */
  readonly isFixed?: true;
  readonly from: string;
};

/** Twilio reports each message twice, and each report is a request. */
const CALLBACKS = USAGE.delivery.apiRequests;

const DELIVERY_SECONDS = USAGE.delivery.gibibyteSeconds / 0.25;

/**
 * Defaults, as AWS and Twilio document them; those marked as recalled were not looked up. Every one but DynamoDB's item is raised on request, or by
 * more senders. Data only.
 */
export const QUOTAS: readonly Quota[] = [
  {
    name: "Twilio, messages a second of one sender (recalled: 10 for a UK or alphanumeric sender; more senders, more messages)",
    limit: 10,
    perRequest: ({ mix }) => mix.sends,
    from: "https://help.twilio.com/articles/115002943027",
  },
  {
    name: "KMS, RSA signatures of the account (recalled)",
    limit: 1_000,
    perRequest: ({ mix }) => mix.approvals,
    from: "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html",
  },
  {
    name: "Lambda, functions at a time",
    limit: 1_000,
    perRequest: ({ mix }) => mix.seconds + mix.sends * DELIVERY_SECONDS,
    from: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  },
  {
    name: "DynamoDB, write units of a new on-demand table",
    limit: 4_000,
    perRequest: writeUnits,
    from: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html",
  },
  {
    name: "DynamoDB, write units of a table",
    limit: 40_000,
    perRequest: writeUnits,
    from: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
  },
  {
    name: "API Gateway, requests",
    limit: GATEWAY_REQUESTS_PER_SECOND,
    perRequest: ({ mix }) => 1 + mix.sends * CALLBACKS,
    from: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
  },
  {
    name: "DynamoDB, the hottest item",
    limit: 1,
    perRequest: (load) => {
      const [hottest] = load.items;
      return hottest === undefined ? 0 : heat(hottest) / load.requestsPerSecond;
    },
    isFixed: true,
    from: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
  },
];

/** News of a message are noted beside what the mix itself writes. */
function writeUnits({ mix, writeUnitsPerRequest }: MixLoad): number {
  return writeUnitsPerRequest + mix.sends * USAGE.delivery.writes;
}

export type Bound = { readonly name: string; readonly requestsPerSecond: number };

/** The rates at which each quota binds, the lowest first. */
export function boundsOf(load: MixLoad): readonly Bound[] {
  return QUOTAS.map((quota) => ({
    name: quota.name.replace(/ \(.*/, ""),
    requestsPerSecond: quota.limit / quota.perRequest(load),
  }))
    .filter(({ requestsPerSecond }) => Number.isFinite(requestsPerSecond))
    .toSorted((one, other) => one.requestsPerSecond - other.requestsPerSecond);
}

const MONTH_SECONDS = 30 * 86_400;
const MILLION = 1_000_000;

/** A firewall is all that the costs of a verification look for in a template. */
const WITH_FIREWALL = { Resources: { acl: { Type: "AWS::WAFv2::WebACL", Properties: {} } } };

/** What AWS asks for a month of nothing but this mix at a rate, without the messages. Prices are those of cli/prices.ts. */
export function dollarsAMonth(load: MixLoad, requestsPerSecond: number): number {
  const requests = requestsPerSecond * MONTH_SECONDS;
  if (!load.mix.isHostile) {
    const verifications = requests / load.mix.requests;
    return (verifications / MILLION) * total(costsOfAMillion(WITH_FIREWALL));
  }
  const logBytes = USAGE.start.logBytes / REQUESTS_PER_VERIFICATION;
  return (
    dollarsFor("apiRequest", requests) +
    dollarsFor("firewallRequest", requests) +
    dollarsFor("invocation", requests) +
    dollarsFor("gibibyteSecond", requests * load.mix.seconds * 0.5) +
    dollarsFor("write", requests * load.writeUnitsPerRequest) +
    dollarsFor("logGigabyte", (requests * logBytes) / 1e9)
  );
}
