/**
 * List prices in US dollars, us-east-1, without free tiers and discounts; London differs by a fifth at most. `READ` is the month in which a figure
 * was looked up at the seller; the others are unsure: from memory, or from other sites. Data only.
 */

/** The price of a number of units, its source, and whether it was looked up. */
function price(dollars: number, per: number, unit: string, from: string, read?: "2026-11") {
  return { dollars, per, unit, from, read } as const;
}

const MILLION = 1_000_000;
const READ = "2026-11";
const WAF = "https://aws.amazon.com/waf/pricing/";
const LAMBDA = "https://aws.amazon.com/lambda/pricing/";
const KMS = "https://aws.amazon.com/kms/pricing/";
const CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/";
const GATEWAY = "https://aws.amazon.com/api-gateway/pricing/";
const DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const SECRETS = "https://aws.amazon.com/secrets-manager/pricing/";
const EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/";
const TWILIO = "https://support.twilio.com/hc/en-us/articles/";
/** Has no sum for the United Kingdom. */
const SENDERS = `${TWILIO}223181348`;
/** Of 2023, as it was stored. */
const VETTING = `${TWILIO}11587910480155`;
/** Not Twilio's; Twilio's own page of 2023 has $44 and $4. */
const BRAND = "https://hivebook.wiki/wiki/twilio-sms-pricing";
const VERIFY = "https://www.twilio.com/en-us/verify/pricing";

export const PRICES = {
  apiRequest: price(3.5, MILLION, "requests to a REST API", GATEWAY, READ),
  firewallRequest: price(0.6, MILLION, "requests past the firewall", WAF, READ),
  invocation: price(0.2, MILLION, "invocations", LAMBDA),
  gibibyteSecond: price(0.000_013_333_4, 1, "GiB-seconds on arm64", LAMBDA),
  write: price(0.625, MILLION, "writes of up to 1 KB, on demand", DYNAMODB, READ),
  read: price(0.125, MILLION, "consistent reads of up to 4 KB, on demand", DYNAMODB),
  signature: price(0.03, 10_000, "KMS requests by RSA-2048 keys", KMS),
  logGigabyte: price(0.5, 1, "GB of logs", CLOUDWATCH, READ),
  firewallMonth: price(5, 1, "web ACLs a month", WAF, READ),
  firewallRuleMonth: price(1, 1, "firewall rules a month", WAF, READ),
  keyMonth: price(1, 1, "KMS keys a month", KMS, READ),
  secretMonth: price(0.4, 1, "secrets a month", SECRETS, READ),
  alarmMetricMonth: price(0.1, 1, "metrics watched by alarms a month", CLOUDWATCH, READ),
  metricMonth: price(
    0.3,
    1,
    "custom metrics a month, the first 10,000; only hours that write one are paid for",
    CLOUDWATCH,
  ),
  compositeAlarmMonth: price(0.5, 1, "composite alarms a month", CLOUDWATCH, READ),
  dashboardMonth: price(3, 1, "dashboards a month, three are free", CLOUDWATCH, READ),
  insightRuleMonth: price(0.5, 1, "Contributor Insights rules a month", CLOUDWATCH, READ),
  event: price(1, MILLION, "events put on a bus of EventBridge", EVENTBRIDGE),
  twilioVerifyFee: price(
    0.05,
    1,
    "successful verifications by Twilio Verify, beside the SMS",
    VERIFY,
  ),
  senderUk: price(0, 1, "UK senders of letters a month", SENDERS),
  numberUs: price(1.15, 1, "US numbers a month", `${TWILIO}223182908`, READ),
  campaignUs: price(10, 1, "10DLC campaigns a month, from 1.50 by their use", VETTING),
  reviewUs: price(15, 1, "reviews of a 10DLC campaign, once", VETTING),
  brandUs: price(46, 1, "10DLC brands, once, 4.50 at low volume", BRAND),
};

export type PriceName = keyof typeof PRICES;

/** The cost of a number of units. */
export function dollarsFor(name: PriceName, count: number): number {
  const { dollars, per } = PRICES[name];
  return (dollars * count) / per;
}
