import { progressOf } from "../../cli/terminal.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { spendTermsOf } from "../../infra/sending-terms.ts";
import { STAGES } from "../../infra/stages.ts";
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
import { type Figures, figuresOf, type Line, missed, overviewTable, TARGETS } from "./table.ts";

/** Shares of the challenges that an attacker passes. The targets are for the first two, at each seed; the last is shown for the first seed. */
const SOLVING = [0, 0.3, 0.95] as const;
const AIMED = 2;

/** An attack; it is played with each of the shares, if any of its starts meets a challenge. */
type Case = {
  readonly name: string;
  readonly addresses: number | undefined;
  readonly owned: number | undefined;
  readonly solving: readonly number[];
};

/** The scenarios with the axes that change their result. */
const AXES: readonly {
  readonly names: readonly string[];
  readonly addresses?: readonly number[];
  readonly owned?: readonly number[];
  readonly solving?: readonly number[];
}[] = [
  { names: ["one-range", "morocco", "calls", "stolen-credential"] },
  {
    names: ["few-addresses", "window-edges", "pumping", "ipv6-site"],
    addresses: [1, 3, 14, 67, 500],
  },
  { names: ["spread-guessing", "day-of-guessing"], addresses: [67, 500] },
  { names: ["own-numbers", "own-and-others"], addresses: [1, 67], owned: [1_000] },
  { names: ["own-numbers", "own-and-others"], addresses: [500], owned: [150, 400, 1_000] },
  { names: ["old-tickets"], owned: [150, 400, 1_000], solving: [0] },
];

/** Which axes a scenario has, and why not all. */
const AXES_TOLD =
  "One range, one country or one credential bounds the first four, from however many addresses. The two floods of guesses are few-addresses at another pace, so they come from many addresses only. With own numbers the most is the worst, so their number varies at 500 addresses and the addresses vary at 1,000 numbers. Old tickets meet no challenge and no limit of an address.";

function cases(): readonly Case[] {
  const all = AXES.flatMap(({ names, addresses = [undefined], owned = [undefined], solving }) =>
    names.flatMap((name) =>
      addresses.flatMap((from) =>
        owned.map((own) => ({ name, addresses: from, owned: own, solving: solving ?? SOLVING })),
      ),
    ),
  );
  return [...Map.groupBy(all, ({ name }) => name).values()].flat();
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
  const played: Played[] = [];
  const step = progressOf(all.length);
  for (const each of all) {
    step(each.name);
    const figures: Figures[][] = [];
    for (const [index, solvingShare] of each.solving.entries())
      figures.push(await playedAt(index < AIMED ? seeds : seeds.slice(0, 1), each, solvingShare));
    played.push({ ...each, figures });
  }
  const lines = await bothWays(SCENARIOS, seeds[0] ?? 0);
  const pictures: string[] = [];
  for (const chart of chartsOf(lines)) pictures.push(await writeChart(chart));
  const days = await volumes(seeds, progress);
  return page({ played, lines, days }, { seeds, now, pictures });
}

async function playedAt(
  seeds: readonly number[],
  { name, addresses, owned }: Case,
  solvingShare: number,
): Promise<Figures[]> {
  const parameters = { addresses, owned, solvingShare, challenge: "pressure" } as const;
  const scenario = withParameters(scenarioNamed(name), parameters);
  const figures: Figures[] = [];
  for (const seed of seeds) figures.push(figuresOf(await simulate(scenario, seed)));
  return figures;
}

/** Each scenario without a challenge and with one under pressure. */
export async function bothWays(
  scenarios: readonly Scenario[],
  seed: number,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const step = progressOf(scenarios.length);
  for (const scenario of scenarios) {
    step(scenario.title);
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

type Results = {
  readonly played: readonly Played[];
  readonly lines: readonly Line[];
  readonly days: readonly Volume[];
};

function page(
  { played, lines, days }: Results,
  { seeds, now, pictures }: { seeds: readonly number[]; now: Date; pictures: readonly string[] },
): string {
  const aimed = played.flatMap(aimedRuns);
  const kept = aimed.filter((figures) => !figures.some(missed));
  const codes = Math.max(
    ...played.flatMap(({ figures }) => figures.flat().map(({ expectedCodes }) => expectedCodes)),
  );
  return `# Simulated traffic

The real code of start, resend and check serves honest people while an attacker tries to spend the money, to guess codes or to keep people out. In ${kept.length} of ${aimed.length} attacks whose attacker passes no challenge or three in ten, at least ${100 * TARGETS.withTicket} % of ticket holders and of known customers and ${100 * TARGETS.withoutTicket} % of strangers were sent a code. The others are named below, each with the bound that stands in the way.

Written on ${now.toISOString().slice(0, 10)} by \`npm run simulate -- --write\`, seeds ${seeds.join(" and ")}; each figure is the worse of the two, and with 95 % solved that of the first. The stores are in memory, the clock is not real, and the terms are those of the stage \`prod\` as it is shipped (latchkey.config.ts, functions/policy/limits.ts), with its challenge under pressure. Besides the attacker there are 2,000 sign-ins a day, half of them with a returning ticket, and 400 of numbers that a back end knows. One scenario with other figures: \`npm run simulate -- --help\`.

${pictures.join("\n\n")}

## The shipped stage under attack

${gridTable(played)}

${AXES_TOLD}

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

- **of cap** is the most that the stage would have spent in all in the hours of the attack; **refused** are minutes to the first start that was refused.
- Behind **attacked** are the people in the attacked range or country, or whose own number is attacked, who wait up to half an hour.
- Without a challenge a start of an attacker looks like the first start of a stranger wherever numbers are attacked all over the home country. No limit can tell them apart; it can only say how many are let in. So a production stage without a challenge is refused unless it says why.
- Strangers who burn turns: without a ticket, somebody whose seven turns a stranger uses up each day is locked out for as long as that goes on. With one the wait is minutes.
- No message from 8:10 to 8:25: a quarter of an hour without messages looks like an attack until the evening, and strangers are asked for the challenge.
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
      ...SOLVING.flatMap((_, index) => runCells(runs[index] ?? runs[0] ?? [])),
      alarmOf(runs.flat().map(({ minutesToAlarm }) => minutesToAlarm)),
    ]),
  );
}

/** The worse of the seeds. */
function runCells(figures: readonly Figures[]): readonly string[] {
  const served = worst(figures);
  const lost = Math.max(...figures.map(({ dollars }) => dollars));
  return [figures.some(missed) ? `**${served}**` : served, `$${lost.toFixed(2)}`];
}

/** Those of an attacker that passes no challenge or three in ten. */
const aimedRuns = ({ figures }: Played) => figures.slice(0, AIMED);

function alarmOf(minutes: readonly (number | null)[]): string {
  const known = minutes.flatMap((minute) => minute ?? []);
  return known.length < minutes.length ? "–" : `${Math.max(...known)} min`;
}

function worst(figures: readonly Figures[]): string {
  return [
    least(figures.map(({ ticketHoldersServed }) => ticketHoldersServed)),
    least(figures.map(({ knownCustomersServed }) => knownCustomersServed)),
    least(figures.map(({ strangersServed }) => strangersServed)),
  ].join(" / ");
}

function least(served: readonly (number | null)[]): string {
  const known = served.flatMap((share) => share ?? []);
  return known.length === 0 ? "–" : (100 * Math.min(...known)).toFixed(1);
}

/** Messages of an hour and of a day of the shipped stage: of all but known numbers, and of strangers. */
function messagesOf() {
  const { total, prices, knownShare, keptForTickets } = spendTermsOf(STAGES.prod);
  const price = prices.GB?.sms ?? 0;
  const open = (micros: number) => Math.round((micros * (1 - knownShare)) / price);
  const [hour, day] = [open(total.perHourMicros), open(total.perDayMicros)];
  return { hour, day, strangersHour: hour * (1 - keptForTickets) };
}

/** Why a scenario cannot be held, where it cannot. */
function boundOf(name: string): string {
  const { hour, day, strangersHour } = messagesOf();
  const { firstSendsPerDay, unverifiedSends } = LIMITS;
  const bounds: Readonly<Record<string, string>> = {
    "own-numbers": `Each own number may be sent one message a day as any stranger's. Those of 1,000 and the people of the busiest hour come to more than the ${strangersHour} messages that its cap has for strangers.`,
    "own-and-others": `As own-numbers, and each address has ${unverifiedSends.ipv4.maxUnderPressure} starts a day for numbers of others.`,
    "old-tickets": `A number that was proven on an earlier day is a customer, as far as the table shows: ${firstSendsPerDay.customer} sends a day of it pass limits and challenges and use what is kept for tickets. The caps are the bound: 400 such numbers take the peak hour's ${whole(hour)} messages, and 1,000 half of the day's ${whole(day)}, of which the people need 2,200.`,
    "stolen-credential": `A back end that vouches is believed. Past their share, ${whole(STAGES.prod.knownNumbers.perDay)} messages a day, the numbers that it knows are strangers' and meet the challenge, which 2 in 100 people fail. Revoke the credential.`,
    pumping: `An attacker who reads three in ten messages and proves those numbers earns its addresses new sends, as a service does whose customers verify as often. The cap of the hour is the bound, ${strangersHour} messages for strangers.`,
  };
  return (
    bounds[name] ??
    `Each address has ${unverifiedSends.ipv4.maxUnderPressure} starts a day under pressure, and a person needs no fewer. With those before it they come to more in the busiest hour than its cap leaves to strangers, ${strangersHour} messages.`
  );
}

/** Each scenario that misses, with what was measured. */
function missing(played: readonly Played[]): string {
  const rows = [...Map.groupBy(played, ({ name }) => name)].flatMap(([name, some]) => {
    const bad = some.flatMap((each) =>
      aimedRuns(each).flatMap((figures, index) =>
        figures.some(missed)
          ? [`${placeOf(each)}${percentOf(each.solving[index])} solved: ${worst(figures)}`]
          : [],
      ),
    );
    return bad.length === 0 ? [] : [`- **${name}** (${bad.join("; ")}). ${boundOf(name)}`];
  });
  if (rows.length === 0)
    return "No attack of an attacker that solves none or three in ten misses the target.";
  return `What misses the target with no challenge solved or three in ten, the percent served, and which bound stands in the way:\n\n${rows.join("\n")}\n\nWith 95 % solved an attacker is a person to the challenge, and only the limits of its addresses and numbers and the caps are left.`;
}

function placeOf({ addresses, owned }: Case): string {
  const from =
    addresses === undefined ? "" : `${addresses} address${addresses === 1 ? "" : "es"}, `;
  return owned === undefined ? from : `${from}${whole(owned)} own numbers, `;
}

const percentOf = (share = 0) => `${100 * share} %`;
const whole = (count: number) => count.toLocaleString("en-US");
