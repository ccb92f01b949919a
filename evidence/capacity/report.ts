import { bold, dim } from "../../cli/terminal.ts";
import { mean, percentile } from "../endurance/samples.ts";
import { markdownTable, writePage } from "../tools/page.ts";
import type { Grown } from "./growth.ts";
import { heat, ITEM, type ItemLoad, type MixLoad } from "./play.ts";
import { boundsOf, dollarsAMonth, QUOTAS } from "./quotas.ts";

export type Capacity = {
  readonly requestsPerSecond: number;
  readonly shards: { readonly scopes: number; readonly spend: number };
  readonly loads: readonly MixLoad[];
  readonly grown: readonly Grown[];
  readonly engine: string;
};

const whole = (figure: number) => Math.round(figure).toLocaleString("en-US");
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** The most that any item takes. */
const HOTTEST_SHOWN = 3;

function itemWords({ kind, shards, writeUnitsPerSecond, readUnitsPerSecond }: ItemLoad): string {
  const name = shards > 1 ? `${kind} (each of ${shards})` : kind;
  const loads = [
    ...(writeUnitsPerSecond > 0 ? [`${whole(writeUnitsPerSecond)} writes`] : []),
    ...(readUnitsPerSecond > 0 ? [`${whole(readUnitsPerSecond)} reads`] : []),
  ];
  return `${name} ${loads.join(", ")}`;
}

function rowOf(load: MixLoad): readonly string[] {
  const [hottest] = load.items;
  const [first, ...others] = boundsOf(load);
  const [second] = others;
  const rate = first?.requestsPerSecond ?? 0;
  return [
    load.mix.name,
    load.items.slice(0, HOTTEST_SHOWN).map(itemWords).join("; "),
    hottest === undefined ? "–" : percent(heat(hottest)),
    load.writeUnitsPerRequest.toFixed(2),
    `${first?.name} at ${whole(rate)}`,
    second === undefined ? "–" : `${second.name} at ${whole(second.requestsPerSecond)}`,
    `$${whole(dollarsAMonth(load, rate))}`,
    `$${whole(dollarsAMonth(load, load.requestsPerSecond))}`,
  ];
}

const COLUMNS = [
  { name: "every request is" },
  { name: "hottest items, units a second" },
  { name: "share of an item's limit", isFigure: true },
  { name: "write units a request", isFigure: true },
  { name: "binds first, requests a second" },
  { name: "binds next" },
  { name: "AWS a month there", isFigure: true },
  { name: "AWS a month at the full rate", isFigure: true },
] as const;

export function terminalReport({ loads, grown, requestsPerSecond, shards }: Capacity): string {
  const mixes = loads.flatMap((load) => {
    const [name, items, share, , first, , there] = rowOf(load);
    return [
      `  ${bold(name ?? "")}`,
      `      ${items} ${dim(`(${share} of what one item takes)`)}`,
      `      binds first: ${first}, ${there} a month`,
    ];
  });
  const tables = grown.map(
    (one) => `  ${whole(one.items).padStart(9)} items: ${growthCells(one).slice(1).join(" · ")}`,
  );
  return [
    "",
    `  At ${whole(requestsPerSecond)} requests a second, with the shards that a stage of this rate gets: ${shards.scopes} of a country and of everybody, ${shards.spend} of a day's money`,
    "",
    ...mixes,
    ...(tables.length > 0 ? ["", bold("  Growth"), ...tables] : []),
  ].join("\n");
}

function growthCells({
  engineBytes,
  items,
  milliseconds,
  besideMilliseconds,
  writeUnits,
  readUnits,
  fillSeconds,
}: Grown) {
  const spread = [0.25, 0.75].map((share) => percentile(milliseconds, share).toFixed(1));
  const ratios = milliseconds.map(
    (took, round) => took / (besideMilliseconds[round] ?? Number.NaN),
  );
  const ratioSpread = [0.25, 0.75].map((share) => percentile(ratios, share).toFixed(2));
  return [
    whole(items),
    `${percentile(milliseconds, 0.5).toFixed(1)} ms (${spread.join("–")})`,
    `× ${percentile(ratios, 0.5).toFixed(2)} (${ratioSpread.join("–")})`,
    `${writeUnits.toFixed(1)} write, ${readUnits.toFixed(1)} read units`,
    `filled in ${whole(fillSeconds)} s${engineBytes === undefined ? "" : `; the emulator takes ${whole(engineBytes / 1e6)} MB`}`,
  ];
}

/** Writes docs/evidence/capacity.md. */
export async function writeReport(capacity: Capacity, now: Date): Promise<string> {
  const { loads, grown, requestsPerSecond, shards, engine } = capacity;
  return writePage(
    {
      name: "capacity",
      title: "Capacity",
      command:
        grown.length > 0 ? "npm run capacity -- --growth --write" : "npm run capacity -- --write",
      packages: ["@aws-sdk/client-dynamodb", "dynalite"],
      body: [
        `The real domain through the deployed adapters on dynalite, each command noted with the units that the engine counts for it: one container of a thousand alike, each at its share of ${whole(requestsPerSecond)} requests a second, which is what the gateway lets through in a region. What a container writes to an item that all requests have in common, the other 999 write too. A stage whose throttles say ${whole(requestsPerSecond)} gets ${shards.scopes} shards of each counter that many share and ${shards.spend} of a day's money (infra/sending-terms.ts derives both from its throttles and countries; nobody sets them).`,
        "## Load of items",
        markdownTable(COLUMNS, loads.map(rowOf)),
        `An item takes ${whole(ITEM.writeUnits)} write and ${whole(ITEM.readUnits)} read units a second; the hottest of any mix has ${percent(Math.max(...loads.map(({ items }) => (items[0] === undefined ? 0 : heat(items[0])))))} of that. Of shards this is the mean; chance spreads them by about the square root of it. Attacks are played after the limit is reached or the verification has ended: a container that was refused the same twice within five seconds says so itself until they are over (functions/adapters/dynamodb/caching.ts). Without that an item takes a write for each hostile request; a test plays that too.`,
        "## Quotas",
        markdownTable(
          [
            { name: "quota" },
            { name: "default", isFigure: true },
            { name: "raised on request" },
            { name: "source" },
          ],
          QUOTAS.map(({ name, limit, isRaisedOnRequest, from }) => [
            name,
            limit === 1
              ? `${whole(ITEM.writeUnits)} writes, ${whole(ITEM.readUnits)} reads`
              : whole(limit),
            isRaisedOnRequest ? "yes" : "no",
            from,
          ]),
        ),
        "Rates are requests of the mix, without preflights; a sign-in is two. Costs are AWS's, at the prices of cli/prices.ts; messages come on top, and the spend cap of the stage bounds those.",
        ...(grown.length > 0 ? growthPart(grown, engine) : []),
      ].join("\n\n"),
    },
    now,
  );
}

function growthPart(grown: readonly Grown[], engine: string): readonly string[] {
  const rounds = grown[0]?.milliseconds.length ?? 0;
  return [
    "## Growth",
    `One verification, start and right check, on tables of ${engine} with items in the shapes that verifications leave, ${rounds} rounds, each in turn with the same on a table of ${whole(grown[0]?.items ?? 0)} items: median and quartiles, and the ratio of the pairs.`,
    markdownTable(
      [
        { name: "items", isFigure: true },
        { name: "a verification", isFigure: true },
        { name: "against the smallest", isFigure: true },
        { name: "capacity of a verification" },
        { name: "" },
      ],
      grown.map(growthCells),
    ),
    `Units a verification: ${grown.map(({ writeUnits }) => writeUnits.toFixed(1)).join(", ")}; mean ${mean(grown.map(({ writeUnits }) => writeUnits)).toFixed(1)}. Every access is by key, so neither grows with the table.`,
  ];
}
