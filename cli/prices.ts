/**
 * List prices in US dollars, us-east-1, without free tiers and discounts; London differs by a fifth at most. `read` is the month in which a
 * figure was looked up and `from` is the source; `recalled` marks a figure that was not looked up. Data only.
 */
type Price = {
  readonly dollars: number;
  /** The number of units that the price is for. */
  readonly per: number;
  readonly unit: string;
  readonly from: string;
} & ({ readonly read: "2026-11" } | { readonly recalled: true });

export const PRICES = {
  apiRequest: {
    dollars: 3.5,
    per: 1_000_000,
    unit: "requests to a REST API",
    read: "2026-11",
    from: "https://aws.amazon.com/api-gateway/pricing/",
  },
  firewallRequest: {
    dollars: 0.6,
    per: 1_000_000,
    unit: "requests past the firewall",
    read: "2026-11",
    from: "https://aws.amazon.com/waf/pricing/",
  },
  invocation: {
    dollars: 0.2,
    per: 1_000_000,
    unit: "invocations",
    from: "https://aws.amazon.com/lambda/pricing/",
    recalled: true,
  },
  gibibyteSecond: {
    dollars: 0.000_013_333_4,
    per: 1,
    unit: "GiB-seconds on arm64",
    from: "https://aws.amazon.com/lambda/pricing/",
    recalled: true,
  },
  write: {
    dollars: 0.625,
    per: 1_000_000,
    unit: "writes of up to 1 KB, on demand",
    read: "2026-11",
    from: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  signature: {
    dollars: 0.03,
    per: 10_000,
    unit: "KMS requests by RSA-2048 keys",
    from: "https://aws.amazon.com/kms/pricing/",
    recalled: true,
  },
  logGigabyte: {
    dollars: 0.5,
    per: 1,
    unit: "GB of logs",
    read: "2026-11",
    from: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  firewallMonth: {
    dollars: 5,
    per: 1,
    unit: "web ACLs a month",
    read: "2026-11",
    from: "https://aws.amazon.com/waf/pricing/",
  },
  firewallRuleMonth: {
    dollars: 1,
    per: 1,
    unit: "firewall rules a month",
    read: "2026-11",
    from: "https://aws.amazon.com/waf/pricing/",
  },
  keyMonth: {
    dollars: 1,
    per: 1,
    unit: "KMS keys a month",
    read: "2026-11",
    from: "https://aws.amazon.com/kms/pricing/",
  },
  secretMonth: {
    dollars: 0.4,
    per: 1,
    unit: "secrets a month",
    read: "2026-11",
    from: "https://aws.amazon.com/secrets-manager/pricing/",
  },
  alarmMetricMonth: {
    dollars: 0.1,
    per: 1,
    unit: "metrics watched by alarms a month",
    read: "2026-11",
    from: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  metricMonth: {
    dollars: 0.3,
    per: 1,
    unit: "custom metrics a month, the first 10,000; only hours that write one are paid for",
    from: "https://aws.amazon.com/cloudwatch/pricing/",
    recalled: true,
  },
  compositeAlarmMonth: {
    dollars: 0.5,
    per: 1,
    unit: "composite alarms a month",
    read: "2026-11",
    from: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  dashboardMonth: {
    dollars: 3,
    per: 1,
    unit: "dashboards a month, three are free",
    read: "2026-11",
    from: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  insightRuleMonth: {
    dollars: 0.5,
    per: 1,
    unit: "Contributor Insights rules a month",
    read: "2026-11",
    from: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  twilioVerifyFee: {
    dollars: 0.05,
    per: 1,
    unit: "successful verifications by Twilio Verify, beside the SMS",
    from: "https://www.twilio.com/en-us/verify/pricing",
    recalled: true,
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** What so many of something cost. */
export function dollarsFor(name: PriceName, count: number): number {
  const { dollars, per } = PRICES[name];
  return (dollars * count) / per;
}
