import { PRICES as MESSAGES } from "../functions/policy/prices.ts";
import { type CostLine, costsOfAMillion, idleCosts, metricCosts, total } from "./costs.ts";
import { dollarsFor, PRICES } from "./prices.ts";
import type { Template } from "./template.ts";

/** Between these lines of the README stands the table, and nobody writes there by hand. */
const COST_MARKERS = { start: "<!-- costs -->", end: "<!-- /costs -->" } as const;

const MILLION = 1_000_000;

/** What a million verifications and an idle month cost, in Markdown. */
export function costTable(template: Template): string {
  const variable = costsOfAMillion(template);
  const idle = idleCosts(template);
  const metrics = metricCosts();
  const verify = dollarsFor("twilioVerifyFee", MILLION);
  return [
    "| a million verifications | how many | US$ |",
    "|---|---:|---:|",
    ...variable.map(row),
    `| **AWS, together** | | **${dollars(total(variable))}** |`,
    `| the fee of Twilio Verify, which is saved | ${whole(MILLION)} | ${dollars(verify)} |`,
    `| SMS to UK mobiles, which both pay | ${whole(MILLION)} | at most ${dollars(MESSAGES.destinations.GB.sms)} |`,
    "",
    "| a month of production, beside what is asked of it | how many | US$ |",
    "|---|---:|---:|",
    ...idle.map(row),
    `| **together, idle** | | **${dollars(total(idle))}** |`,
    row(metrics),
    `| **together, with every metric written every hour** | | **${dollars(total([...idle, metrics]))}** |`,
    "",
    `One verification is one start and one check from a web page, with their preflights, and two callbacks of Twilio. List prices of us-east-1 without free tiers, read ${readMonths()}; London is within a fifth. Each price, its source and its date: [prices.ts](cli/prices.ts).`,
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

function readMonths(): string {
  return [...new Set(Object.values(PRICES).map(({ read }) => read))].toSorted().join(", ");
}

/** The README with the table in its place. Throws where it has no place for one. */
export function withCostTable(readme: string, table: string): string {
  const { start, end } = COST_MARKERS;
  const [before, rest] = readme.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`the README needs a line ${start} and a line ${end}`);
  return `${before}${start}\n${table}\n${end}${after}`;
}
