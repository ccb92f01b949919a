import { PRICES as MESSAGES } from "../functions/policy/prices.ts";
import {
  type CostLine,
  costsOfAMillion,
  eventCosts,
  idleCosts,
  keyedCostsOfAMillion,
  metricCosts,
  total,
} from "./costs.ts";
import { dollarsFor, PRICES } from "./prices.ts";
import type { Template } from "./template.ts";

const MILLION = 1_000_000;

/** The cost of a million verifications and of an idle month, in Markdown. */
export function costTable(template: Template): string {
  const variable = costsOfAMillion(template);
  const idle = idleCosts(template);
  const metrics = metricCosts();
  const verify = dollarsFor("twilioVerifyFee", MILLION);
  return [
    "| a million verifications | how many | US$ |",
    "|---|---:|---:|",
    ...variable.map(row),
    `| **AWS, total** | | **${dollars(total(variable))}** |`,
    `| AWS, total, each after another send to its range in that hour | | ${dollars(total(variable) + dollarsFor("write", MILLION))} |`,
    `| AWS, total, asked for with API keys | | ${dollars(total(keyedCostsOfAMillion(template)))} |`,
    row(eventCosts()),
    `| fee of Twilio Verify, not paid | ${whole(MILLION)} | ${dollars(verify)} |`,
    `| SMS to UK mobiles, paid in both cases | ${whole(MILLION)} | at most ${dollars(MESSAGES.destinations.GB.sms)} |`,
    "",
    "| an idle month of production | how many | US$ |",
    "|---|---:|---:|",
    ...idle.map(row),
    `| **total, idle** | | **${dollars(total(idle))}** |`,
    row(metrics),
    `| **total, with every metric written every hour** | | **${dollars(total([...idle, metrics]))}** |`,
    "",
    `One verification is one start and one check from a web page, with their preflights, and two callbacks of Twilio. It is the first send to its range of ten thousand numbers in an hour; the check of each later one writes once more. An item above 1 KB costs two writes each time. A later verification of a range is so large with the longest reference and a long name of its page's host. So are the counters of the day in a stage with ten countries, three apps and known numbers, and those of an address that sends all day. Each busy container reads the switch and the API keys once in ten seconds, which is left out. Prices are list prices of us-east-1 without free tiers; London differs by at most a fifth. ${sources()} [prices.ts](cli/prices.ts) has the source and date of each price.`,
  ].join("\n");
}

function row({ what, count, dollars: price }: CostLine): string {
  return `| ${what} | ${whole(count)} | ${dollars(price)} |`;
}

export function dollars(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

export function whole(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: count < 100 ? 1 : 0 });
}

/** Which prices were looked up, and which were not. */
function sources(): string {
  const prices = Object.values(PRICES);
  const months = new Set(prices.flatMap(({ read }) => read ?? []));
  const recalled = prices.filter(({ read }) => read === undefined).length;
  return `Of ${prices.length} prices ${prices.length - recalled} were looked up in ${[...months].join(", ")}; the others are unsure.`;
}
