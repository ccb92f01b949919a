import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { storedWords } from "../../cli/ask-credentials.ts";
import { costTable, dollars, whole } from "../../cli/cost-table.ts";
import { costsOfAMillion, idleCosts, total, worstDay } from "../../cli/costs.ts";
import { nextSteps } from "../../cli/deploy-command.ts";
import { OPS_ROWS } from "../../cli/ops-arguments.ts";
import { dollarsFor, PRICES, type PriceName } from "../../cli/prices.ts";
import type { Template } from "../../cli/template.ts";
import { type Chart, svgOf } from "../../evidence/tools/chart.ts";
import { markdownTable } from "../../evidence/tools/page.ts";
import { EVENT_SCHEMA } from "../../functions/events/event.ts";
import { PROBLEMS } from "../../functions/http/problem.ts";
import { LIMIT_BOUNDS, LIMIT_NAMES, LIMITS, limitValues } from "../../functions/policy/limits.ts";
import { SENDER_RULES, type SenderRule } from "../../functions/policy/sender-rules.ts";
import { REFUSAL_REASONS } from "../../functions/policy/special-numbers.ts";
import { EXAMPLES } from "../../infra/openapi/examples.ts";
import { STAGES } from "../../infra/stages.ts";
import { apiOf } from "../openapi-client/api-of-packages.ts";
import { ITEM_KINDS } from "../support/item-kinds.ts";
import { SECURITY_PARTS } from "./security/tables.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Writes one part; `prod` is the template of production. */
type Part = (prod: Template) => string;

/** The generated parts of the documents, by page and marker. Their links are written from the root of the repository. */
export const PARTS: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  ...SECURITY_PARTS,
  "README.md": { guarantees },
  "docs/reference/client.md": { api: () => api("client") },
  "docs/reference/server.md": { api: () => api("server") },
  "docs/reference/cdk.md": { api: () => api("cdk") },
  "docs/reference/limits.md": { limits },
  "docs/reference/events.md": { events },
  "docs/reference/problems.md": { problems, reasons },
  "docs/operate/commands.md": { commands },
  "docs/contribute/architecture.md": { items },
  "docs/production/configuration.md": { bounds },
  "docs/production/first-real-sms.md": { started, outputs },
  "docs/production/twilio.md": { "sender-rules": senderRules },
  "docs/stacks/back-end.md": {
    express: example("express/sign-in.js"),
    nextjs: example("nextjs/route.js"),
  },
  "docs/start/migrate-from-twilio-verify.md": { comparison },
  "docs/production/cost.md": { costs: costTable, worst },
  "docs/images/cost.svg": { chart: (prod) => svgOf(costChart(prod)).trim() },
};

/** An example as a block of code. Tests run or compile the file itself. */
function example(path: string): Part {
  const code = () => readFileSync(join(ROOT, "examples", path), "utf8");
  return () => `\`\`\`${path.split(".").at(-1)}\n${code()}\`\`\``;
}

/** A page with each generated part as it must be now. Throws where a part has no place. */
export function written(page: string, prod: Template): string {
  let text = readFileSync(join(ROOT, page), "utf8");
  const up = "../".repeat(page.split("/").length - 1);
  for (const [name, part] of Object.entries(PARTS[page] ?? {})) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${page} has no ${start} … ${end}`);
    const content = part(prod).replace(/\]\((?![a-z]+:|#)/g, `](${up}`);
    text = `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
  }
  return text;
}

const table = (names: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(
    names.map((name) => ({ name })),
    rows,
  );

function limits(): string {
  return table(["limit", "default", "reason"], LIMIT_ROWS);
}

/** The exports of a package, by their docstrings; a type in a signature leads to its row. Throws where an export has no docstring. */
function api(name: string): string {
  const code = (text: string) => `\`${text.replaceAll("|", "\\|")}\``;
  const entries = [...apiOf(name)];
  const types = new Set(
    entries.flatMap(([, exports]) => exports.map((each) => each.name)).filter(isType),
  );
  const word = new RegExp(String.raw`(?<!["\w-])(${[...types].join("|")})(?![\w-])`, "g");
  const rows = entries.flatMap(([entry, exports]) =>
    exports.map(({ name: exported, signature, sentence }, index) => {
      if (sentence === "") throw new Error(`${entry}: ${exported} has no docstring`);
      const linked = code(signature).replace(word, "`[`$1`](#$1)`").replaceAll("``", "");
      const anchor = types.delete(exported) ? `<a id="${exported}"></a>` : "";
      return [index === 0 ? code(entry) : "", `${anchor}${code(exported)}`, linked, sentence];
    }),
  );
  return table(["import from", "export", "signature", "meaning"], rows);
}

const isType = (name: string): boolean => /^[A-Z][a-z]/.test(name);

function events(): string {
  const common = ["type", "id", "at", "deployment", "app", "reference"];
  return table(
    ["type", "when", "fields"],
    EVENT_SCHEMA.options.map(({ entries }) => {
      const [, when] = entries.type.pipe;
      const fields = Object.keys(entries).filter((name) => !common.includes(name));
      const names = fields.map((name) => `\`${name}\``).join(", ");
      return [`\`${entries.type.literal}\``, when.description, names];
    }),
  );
}

function commands(): string {
  return table(
    ["`npm run ops --`", "effect"],
    OPS_ROWS.map(([usage, summary]) => [`\`${usage.replaceAll("|", "\\|")}\``, summary]),
  );
}

function bounds(): string {
  const values = limitValues({});
  return table(
    ["setting", "default", "bounds", "reason"],
    LIMIT_NAMES.map((name) => {
      const { min, max, because } = LIMIT_BOUNDS[name];
      return [`\`${name}\``, `${values[name]}`, `${min} to ${max}`, because];
    }),
  );
}

const LETTERS = {
  refused: "refused",
  registered: "must be registered",
  "perhaps-registered": "registration exists; whether it is demanded is unsure",
  free: "accepted",
} as const satisfies Readonly<Record<SenderRule["letters"], string>>;

function senderRules(): string {
  return table(
    ["country", "sender of letters", "number", "since", "what to do", "source"],
    Object.entries(SENDER_RULES).map(([country, rule]) => [
      country,
      `${LETTERS[rule.letters]}${rule.isPlain === true ? ", letters and digits only" : ""}`,
      numbersOf(rule),
      rule.since ?? "no date found",
      rule.fix,
      rule.source,
    ]),
  );
}

function numbersOf({ numbers, refusedNumbers }: SenderRule): string {
  if (numbers === "registered") return "must be registered";
  return refusedNumbers === undefined ? "accepted" : "no mobile number of the country";
}

const seconds = (count: number): string => `${count} seconds`;
const within = ({ max, windowSeconds }: { readonly max: number; readonly windowSeconds: number }) =>
  `${max} in ${seconds(windowSeconds)}`;

const SCOPES = {
  ipv4: ["IPv4 address", "carriers share one address among thousands of phones"],
  "ipv6-64": ["IPv6 /64", "one household"],
  "ipv6-48": ["IPv6 /48", "one site, or a customer who rotates addresses"],
  "client-unknown": ["clients without an address, together", "they cannot be distinguished"],
  range: ["range of ten thousand numbers", "a pumper buys numbers in ranges"],
  country: ["each country but the first", "a new country attracts pumping"],
  "home-country": ["the first country", "at most two fifths of what the cap of an hour buys"],
  service: ["all together", "at most half of what the cap of an hour buys"],
} as const satisfies Readonly<Record<keyof typeof LIMITS.unverifiedSends, readonly string[]>>;

const LIMIT_ROWS: readonly (readonly [string, string, string])[] = [
  ["digits of a code", `${LIMITS.codeDigits}`, "20 bits, NIST SP 800-63B-4 §3.1.3.2"],
  [
    "lifetime of a code",
    seconds(LIMITS.codeLifetimeSeconds),
    "half of what NIST and OWASP ASVS 5.0 §6.5.5 allow",
  ],
  [
    "checks of a verification",
    `${LIMITS.checksPerVerification}`,
    "a chance of 1 in 200,000; a resend gives no new checks (NIST)",
  ],
  [
    "sends to a number",
    LIMITS.sendsPerNumber.map(within).join("; "),
    "a message takes half a minute; a flooded person sees three; the last window is a day and the life of a code, so that any 24 hours have 35 guesses",
  ],
  [
    "sends to a number with a ticket",
    LIMITS.sendsPerNumberWithTicket.map(within).join("; "),
    "sends of a stranger do not refuse the owner for the day",
  ],
  [
    "sends with a ticket until an approval",
    `${LIMITS.ticketTurnsPerApproval}`,
    "one verification with its resends",
  ],
  [
    "consecutive wrong codes of a number",
    `${LIMITS.consecutiveFailures}, forgotten after ${seconds(LIMITS.failureMemorySeconds)}`,
    "with checks in flight fewer than the 100 of NIST SP 800-63B-4 §3.2.2",
  ],
  ...Object.entries(SCOPES).map(([kind, [name, reason]]): [string, string, string] => [
    `unverified sends, ${name}`,
    within(Object(LIMITS.unverifiedSends)[kind]),
    reason,
  ]),
  [
    "decrement by an approval, client and range",
    `${LIMITS.decrementPerApproval}`,
    "one approval in four starts keeps the counter level; the only unverified send of a range stays counted",
  ],
  [
    "decrement by an approval, country and service",
    `${LIMITS.decrementPerSharedApproval}`,
    "approvals of end users must not make room for an attack",
  ],
  [
    "challenge under pressure",
    `from ${LIMITS.challengeFromShareOfLimit * 100} % of a limit`,
    "before a start is refused",
  ],
  [
    "lifetime of a ticket",
    `${LIMITS.ticketLifetimeSeconds / 86_400} days`,
    "a device that is used comes back within it",
  ],
  [
    "lifetime of a proof",
    seconds(LIMITS.proofLifetimeSeconds),
    "long enough to hand over, too short to collect",
  ],
  [
    "age of the sending switch",
    `at most ${seconds(LIMITS.switchCacheSeconds)}`,
    "after a pause nothing is sent once it has passed",
  ],
  ["body of a request", `${LIMITS.bodyBytes} bytes`, "the largest that a route needs is below 300"],
];

/** The ten promises of the README, as numbers. */
function guarantees(): string {
  const [short, middle, day] = LIMITS.sendsPerNumber;
  return table(
    ["promise", "number"],
    [
      ["digits of a random code", `${LIMITS.codeDigits}`],
      ["lifetime of a code", seconds(LIMITS.codeLifetimeSeconds)],
      ["checks of a verification, resends included", `${LIMITS.checksPerVerification}`],
      ["messages to one number", [short, middle, day].map(within).join("; ")],
      ["unverified sends of an IPv4 address", within(LIMITS.unverifiedSends.ipv4)],
      ["wrong codes in a row until a number is locked", `${LIMITS.consecutiveFailures}`],
      ["approvals of a verification", "1"],
      ["lifetime of a proof", seconds(LIMITS.proofLifetimeSeconds)],
      ["time until a pause stops all sending", seconds(LIMITS.switchCacheSeconds)],
      ["readable codes in the table, logs and backups", "0"],
    ],
  );
}

function problems(): string {
  const text = readFileSync(join(import.meta.dirname, "problems.tsv"), "utf8");
  const causes = new Map(
    [...text.matchAll(/^(.+)\t(.+)$/gm)].map(([, code, cause]) => [code, cause]),
  );
  const rows = Object.entries(PROBLEMS).map(([code, { status, title }]) => {
    const cause = causes.get(code);
    if (cause === undefined) throw new Error(`problems.tsv has no cause of ${code}`);
    const stated = cause.replaceAll(/\{(\w+)\}/g, (_, name) => `${Object(LIMITS)[name]}`);
    return [`<a id="${code}"></a>\`${code}\``, `${status}`, title, stated];
  });
  return table(["code", "status", "title", "cause, for developers"], rows);
}

/** The outputs of the commands that lead to the first real SMS. */
function outputs(prod: Template): string {
  const address = "https://a1b2c3d4e5.execute-api.eu-west-2.amazonaws.com/prod";
  const worst = worstDay(STAGES.prod, prod);
  const deployed = nextSteps("prod", STAGES.prod, { address, worst }).trim();
  const stored = storedWords("live", false).trim();
  const text = `npm run deploy -- prod\n${deployed}\n\nnpm run secrets -- prod\n${stored}`;
  return `\`\`\`text\n${stripVTControlCharacters(text)}\n\`\`\``;
}

function worst(prod: Template): string {
  const { requests, awsDollars, sends, messageDollars } = worstDay(STAGES.prod, prod);
  return table(
    ["production as it is shipped", "at most", "US$ a day", "setting"],
    [
      ["messages", whole(sends), dollars(messageDollars), "`spend.dollarsPerDay`"],
      ["AWS, for requests", whole(requests), dollars(awsDollars), "`throttle`, `sendThrottle`"],
    ],
  );
}

function started(): string {
  return `\`\`\`json\n${JSON.stringify(EXAMPLES.verification)}\n\`\`\``;
}

function items(): string {
  const rows = Object.entries(ITEM_KINDS).map(([file, { key, is, attributes, writes, ttl }]) => [
    ...[`\`${key}\``, is],
    ...[Object.keys(attributes), writes.callers, writes.operator].map(listed),
    ...[ttl, `[${file}](functions/adapters/dynamodb/${file})`],
  ]);
  const names = ["key", "holds", "attributes", "writes for callers", "for an operator"];
  return table([...names, "TTL", "owner"], rows);
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? "–" : names.map((name) => `\`${name}\``).join(", ");

function reasons(): string {
  return REFUSAL_REASONS.map((reason) => `\`${reason}\``).join(", ");
}

const VOLUMES = [1_000, 10_000, 1_000_000] as const;

/** Bills of a month beside the messages, which both pay: with a sender of either country, and of Twilio Verify, which has its own. */
function billsOf(prod: Template, count: number) {
  const aws = total(idleCosts(prod)) + (count * total(costsOfAMillion(prod))) / 1_000_000;
  const later = aws + sum(SENDER.us.month);
  return {
    uk: aws + sum(SENDER.uk.month),
    first: later + sum(SENDER.us.once),
    later,
    verify: dollarsFor("twilioVerifyFee", count),
  };
}

const SENDER = {
  uk: { month: ["senderUk"] },
  us: { month: ["numberUs", "campaignUs"], once: ["brandUs", "reviewUs"] },
} as const;
const sum = (names: readonly PriceName[]) =>
  names.reduce((all, name) => all + dollarsFor(name, 1), 0);

function costChart(prod: Template): Chart {
  return {
    name: "cost",
    title: "US$ for a thousand verifications with fees, sender and registration",
    unit: "US$",
    series: ["Latchkey, UK", "US, first month", "Twilio Verify"],
    bars: VOLUMES.flatMap((count) => {
      const { uk, first, verify } = billsOf(prod, count);
      return [uk, first, verify].map((bill, series) => ({
        label: series === 0 ? `${whole(count)} a month` : "",
        value: (1_000 * bill) / count,
        series,
      }));
    }),
  };
}

function comparison(prod: Template): string {
  const rows = VOLUMES.map((count) => {
    const { uk, first, later, verify } = billsOf(prod, count);
    return [whole(count), ...[uk, first, later, verify].map(dollars)];
  });
  const names = ["to the UK", "to the US, first month", "to the US, later", "Twilio Verify"];
  const senders = [...SENDER.uk.month, ...SENDER.us.month, ...SENDER.us.once].map((name) => {
    const { dollars: each, unit, from, read } = PRICES[name];
    return [unit, dollars(each), read ?? "unsure", `<${from}>`];
  });
  return `![${costChart(prod).title}; the table below has the figures](docs/images/cost.svg)

${table(["US$ for verifications in a month", ...names], rows)}

The columns of Latchkey are AWS's bill and the sender. The column of Twilio Verify is its fee, which includes the senders. Messages are left out, since both pay them.

${table(["sender at Twilio, and its registration", "US$", "looked up", "source"], senders)}`;
}
