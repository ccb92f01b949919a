import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { progressOf } from "../../cli/terminal.ts";
import type { Chart } from "../tools/chart.ts";
import { markdownTable, writeChart } from "../tools/page.ts";
import {
  SCENARIOS,
  type Scenario,
  scenarioNamed,
  withParameters,
  withVolume,
} from "./scenarios.ts";
import { type Report, simulate } from "./simulate.ts";
import {
  type Figures,
  figuresIn,
  figuresOf,
  type Line,
  missed,
  overviewTable,
  TARGETS,
} from "./table.ts";

const ADDRESSES = [1, 14, 500] as const;
const OWNED = [150, 1_000] as const;
const SOLVING = [0, 0.3, 0.95] as const;

/** Every attack on the shipped stage that has addresses of its own to choose. */
const BY_ADDRESSES = [
  "few-addresses",
  "day-of-guessing",
  "window-edges",
  "spread-guessing",
  "pumping",
  "ipv6-site",
] as const;
/** Those that have numbers of their own as well. */
const BY_NUMBERS = ["own-numbers", "own-and-others", "old-tickets"] as const;
/** Those that one range, one country or one credential bounds, from however many addresses. */
const AS_THEY_ARE = ["one-range", "morocco", "calls", "stolen-credential"] as const;

/** An attack; it is played with each of the shares of challenges that it passes. */
type Case = { readonly name: string; readonly addresses?: number; readonly owned?: number };

function cases(): readonly Case[] {
  return [
    ...AS_THEY_ARE.map((name) => ({ name })),
    ...BY_ADDRESSES.flatMap((name) => ADDRESSES.map((addresses) => ({ name, addresses }))),
    ...BY_NUMBERS.flatMap((name) =>
      OWNED.flatMap((owned) => ADDRESSES.map((addresses) => ({ name, addresses, owned }))),
    ),
  ];
}

/** For each solving share the figures of each seed. */
type Played = Case & { readonly figures: readonly (readonly Figures[])[] };
type Progress = (line: string) => void;

/** The page of docs/evidence, all of it, with its charts beside it. */
export async function evidence(
  seeds: readonly number[],
  { now, progress }: { readonly now: Date; readonly progress: Progress },
): Promise<string> {
  const all = cases();
  const waiting = all.entries();
  const played: Played[] = [];
  const step = progressOf(all.length);
  async function work(): Promise<void> {
    for (const [index, each] of waiting) {
      step(each.name);
      const figures: Figures[][] = [];
      for (const solvingShare of SOLVING) {
        const ofSeeds: Figures[] = [];
        for (const seed of seeds) ofSeeds.push(await playApart({ ...each, solvingShare, seed }));
        figures.push(ofSeeds);
      }
      played[index] = { ...each, figures };
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const lines = await bothWays(SCENARIOS, seeds[0] ?? 0);
  const pictures: string[] = [];
  for (const chart of chartsOf(lines)) pictures.push(await writeChart(chart));
  return page({
    seeds,
    now,
    played,
    pictures,
    volumes: await volumes(seeds, progress),
    overview: lines,
  });
}

const MAIN = join(import.meta.dirname, "main.ts");

type Run = Case & { readonly solvingShare: number; readonly seed: number };

/** In a process of its own, by the very command that the page names: so many run at once as there are processors. */
async function playApart({ name, addresses, owned, solvingShare, seed }: Run): Promise<Figures> {
  const options = [
    ...["--scenario", name, "--seed", String(seed), "--challenge", "pressure", "--json"],
    ...["--solves", String(Math.round(100 * solvingShare))],
    ...(addresses === undefined ? [] : ["--addresses", String(addresses)]),
    ...(owned === undefined ? [] : ["--owned", String(owned)]),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...options]);
  return figuresIn(stdout);
}

/** Each scenario without a challenge and with one under pressure. */
export async function bothWays(
  scenarios: readonly Scenario[],
  seed: number,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const step = progressOf(scenarios.length);
  for (const scenario of scenarios) {
    step(`(${scenario.id}) ${scenario.title}`);
    for (const challenge of ["none", "pressure"] as const) {
      const report = await simulate(withParameters(scenario, { challenge }), seed);
      lines.push({ report, hasChallenge: challenge === "pressure" });
    }
  }
  return lines;
}

/** People served and dollars lost in each attack, without and with a challenge. */
function chartsOf(lines: readonly Line[]): readonly Chart[] {
  const attacks = lines.filter(({ report }) => report.scenario.attack !== undefined);
  const barsOf = (figure: (report: Report) => number) =>
    attacks.map(({ report, hasChallenge }) => ({
      label: hasChallenge ? "" : report.scenario.name,
      value: figure(report),
      series: hasChallenge ? 1 : 0,
    }));
  const series = ["no challenge", "challenge"];
  return [
    {
      name: "simulation-served",
      title: "Strangers who were sent a code while the stage was attacked",
      unit: "%",
      series,
      bars: barsOf((report) => 100 * (figuresOf(report).strangersServed ?? 1)),
    },
    {
      name: "simulation-lost",
      title: "What the attacker spent of the company's money",
      unit: "US$",
      series,
      bars: barsOf(({ dollars }) => dollars),
    },
  ];
}

type Volume = { readonly signIns: number; readonly reports: readonly Report[] };

/** The largest for its busiest hour alone, after the day's quiet ones. */
async function volumes(seeds: readonly number[], progress: Progress): Promise<readonly Volume[]> {
  const played: Volume[] = [];
  for (const signIns of [200, 2_000, 200_000]) {
    progress(`an ordinary day of ${signIns}`);
    const reports: Report[] = [];
    for (const seed of signIns > 2_000 ? seeds.slice(0, 1) : seeds)
      reports.push(await simulate(withVolume(scenarioNamed("ordinary-day"), signIns), seed));
    played.push({ signIns, reports });
  }
  return played;
}

type Findings = {
  readonly seeds: readonly number[];
  readonly now: Date;
  readonly played: readonly Played[];
  readonly pictures: readonly string[];
  readonly volumes: readonly Volume[];
  readonly overview: readonly Line[];
};

function page({ seeds, now, played, pictures, volumes: days, overview: lines }: Findings): string {
  const aimed = played.flatMap(aimedRuns);
  const kept = aimed.filter((figures) => !figures.some(missed));
  const codes = Math.max(
    ...played.flatMap(({ figures }) => figures.flat().map(({ expectedCodes }) => expectedCodes)),
  );
  return `# Simulated traffic

The real code of start, resend and check serves honest people while an attacker tries to spend the money, to guess codes or to keep people out. In ${kept.length} of ${aimed.length} attacks whose attacker passes no challenge or three in ten, at least ${100 * TARGETS.withTicket} % of ticket holders and of known customers and ${100 * TARGETS.withoutTicket} % of strangers were sent a code. The others are named below, each with the bound that stands in the way.

Written on ${now.toISOString().slice(0, 10)} by \`npm run simulate -- --write\`, seeds ${seeds.join(" and ")}; each figure is the worse of the two. The stores are in memory, the clock is not real, and the terms are those of the stage \`prod\` as it is shipped (latchkey.config.ts, functions/policy/limits.ts), with its challenge under pressure. Besides the attacker there are 2,000 sign-ins a day, half of them with a returning ticket, and 400 of numbers that a back end knows. One scenario with other figures: \`npm run simulate -- --help\`.

${pictures.join("\n\n")}

## The shipped stage under attack

${gridTable(played)}

- **0 %, 30 %, 95 %**: the share of the challenges that the attacker passes of those that it has solved; a solution costs it two dollars a thousand. 98 in 100 people pass theirs.
- **served**: in percent, ticket holders, known customers and strangers of the honest people who came in the minutes of the attack and whose numbers are not attacked, and who were sent a code, at once or when they tried again after a minute; bold where it misses the target.
- **lost**: what messages to whom the attacker chose cost. **alarm**: minutes to the first one of infra/alarm-rows.ts, the latest of all runs. The guesses of no run are worth more than ${codes.toFixed(4)} codes, at one in a million each.

${missing(played)}

## An ordinary day

| sign-ins a day | people | met a challenge | served |
| ---: | ---: | ---: | ---: |
${days.map(volumeRow).join("\n")}

The thresholds follow the stage: its caps here are as many times larger or smaller as its sign-ins. Of 200,000 only the busiest hour was played.

## Each scenario with and without a challenge

${overviewTable(lines)}

- **of cap** is the most that the stage would have spent on everybody in the hours of the attack; **refused** are minutes to the first start that was refused.
- Behind **attacked** are the people in the attacked range or country, or whose own number is attacked, who wait up to half an hour.
- Without a challenge a start of an attacker looks like the first start of a stranger wherever numbers are attacked all over the home country. No limit can tell them apart; it can only say how many are let in. So a production stage without a challenge is refused unless it says why.
- (f): without a ticket, somebody whose seven turns a stranger uses up each day is locked out for as long as that goes on. With one the wait is minutes.
- (p): a quarter of an hour without messages looks like an attack until the evening, and strangers are asked for the challenge.
`;
}

function volumeRow({ signIns, reports }: Volume): string {
  const visits = reports.flatMap((report) => report.visits);
  const asked = visits.filter(({ isAsked }) => isAsked).length;
  const served = visits.filter(({ isServed }) => isServed).length;
  const of = (count: number) => `${((100 * count) / visits.length).toFixed(2)} %`;
  const people = visits.length.toLocaleString("en-US");
  return `| ${signIns.toLocaleString("en-US")} | ${people} | ${of(asked)} | ${of(served)} |`;
}

function gridTable(played: readonly Played[]): string {
  const figures = SOLVING.flatMap((share) => [`${100 * share} %: served`, "lost"]);
  return markdownTable(
    [
      { name: "attack" },
      ...["addresses", "own numbers", ...figures, "alarm"].map((name) => ({
        name,
        isFigure: true,
      })),
    ],
    played.map(({ name, addresses, owned, figures: runs }) => [
      name,
      String(addresses ?? "–"),
      String(owned ?? "–"),
      ...runs.flatMap(runCells),
      alarmOf(runs.flat().map(({ minutesToAlarm }) => minutesToAlarm)),
    ]),
  );
}

/** The worse of the seeds. */
function runCells(figures: readonly Figures[]): readonly string[] {
  const served = [
    least(figures.map(({ ticketHoldersServed }) => ticketHoldersServed)),
    least(figures.map(({ knownCustomersServed }) => knownCustomersServed)),
    least(figures.map(({ strangersServed }) => strangersServed)),
  ].join(" / ");
  const lost = Math.max(...figures.map(({ dollars }) => dollars));
  return [figures.some(missed) ? `**${served}**` : served, `$${lost.toFixed(2)}`];
}

/** Those of an attacker that passes no challenge or three in ten. */
const aimedRuns = ({ figures }: Played) =>
  figures.filter((_, index) => (SOLVING[index] ?? 1) < 0.9);

function alarmOf(minutes: readonly (number | null)[]): string {
  const known = minutes.flatMap((minute) => minute ?? []);
  return known.length < minutes.length ? "–" : `${Math.max(...known)} min`;
}

function least(served: readonly (number | null)[]): string {
  const known = served.flatMap((share) => share ?? []);
  return known.length === 0 ? "–" : (100 * Math.min(...known)).toFixed(1);
}

/** Why a scenario cannot be held, where it cannot. */
const BOUNDS: Readonly<Record<string, string>> = {
  "own-numbers":
    "A number that was proven today is a stranger's first send, and each of 1,000 may have one. Solved challenges let more of them in than the cap of the hour, or of the day, leaves to strangers: the cap is the bound.",
  "own-and-others":
    "As own-numbers, and each address adds three starts a day to numbers of others. With 500 addresses both together fill what strangers have of the cap.",
  "old-tickets":
    "A number that was proven on an earlier day is a customer, as far as anything tells: it passes limits and challenges, and two sends a day of it use what is kept for tickets. An attacker with 400 such numbers takes the peak hour from strangers, and one with 1,000 takes their day.",
  "stolen-credential":
    "A back end that vouches is believed. Its credential takes the share of known customers, at most that of the stage a day, and nothing of anybody else: strangers and ticket holders are served. Revoke the credential.",
  pumping:
    "An attacker who reads three in ten messages and proves those numbers looks like the customers of a service with a high share of approvals. Only the challenge and the caps hold it.",
  "few-addresses":
    "Each address has three starts a day while the service asks, good tokens or not, and a person needs no fewer. Those of 500 come to more in the busiest hour than its cap leaves to strangers.",
  "day-of-guessing": "As few-addresses.",
  "window-edges": "As few-addresses.",
  "spread-guessing":
    "As few-addresses; a thousand starts a minute have the hour's cap before its first ten minutes are over.",
  "ipv6-site": "Each /48 has four starts a day while the service asks, as an address has three.",
};

function missing(played: readonly Played[]): string {
  const rows = [...Map.groupBy(played, ({ name }) => name)].flatMap(([name, some]) => {
    const runs = some.flatMap(aimedRuns);
    const bad = runs.filter((figures) => figures.some(missed)).length;
    const bound = BOUNDS[name] ?? "No bound is named yet.";
    return bad === 0 ? [] : [`- **${name}**, ${bad} of ${runs.length}. ${bound}`];
  });
  if (rows.length === 0)
    return "No attack of an attacker that solves none or three in ten misses the target.";
  return `What misses the target with no challenge solved or three in ten, and which bound stands in the way:\n\n${rows.join("\n")}\n\nWith 95 % solved an attacker is a person to the challenge, and only the limits of its addresses and numbers and the caps are left.`;
}
