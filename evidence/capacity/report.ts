import { figures, markdownTable, writePage } from "../tools/page.ts";
import { heat, ITEM, type ItemLoad, type MixLoad } from "./play.ts";
import { boundsOf, dollarsAMonth, QUOTAS } from "./quotas.ts";

export type Capacity = {
  readonly requestsPerSecond: number;
  readonly shards: number;
  readonly loads: readonly MixLoad[];
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
  ...["every request is", "hottest items, units a second"],
  ...figures("share of an item's limit", "write units a request"),
  ...["binds first, requests a second", "binds next"],
  ...figures("AWS a month there", "AWS a month at the full rate"),
];

/** How hot items become in each mix, and what binds first. */
export function loadTable({ loads }: Pick<Capacity, "loads">): string {
  return markdownTable(COLUMNS, loads.map(rowOf));
}

/** Writes docs/evidence/capacity.md. */
export async function writeReport(capacity: Capacity, now: Date): Promise<string> {
  const { loads, requestsPerSecond, shards } = capacity;
  return writePage(
    {
      name: "capacity",
      title: "Capacity",
      command: "npm run capacity -- --write",
      packages: ["@aws-sdk/client-dynamodb", "dynalite"],
      body: [
        `The real domain through the deployed adapters on dynalite, each command noted with the units that the engine counts for it: one container of a thousand alike, each at its share of ${whole(requestsPerSecond)} requests a second, which is what the gateway lets through in a region. What a container writes to an item that all requests have in common, the other 999 write too. A stage whose throttles are ${whole(requestsPerSecond)} gets ${shards} shards of the counters of a day (infra/sending-terms.ts derives them from its throttles and countries).`,
        "## Load of items",
        loadTable(capacity),
        `An item takes ${whole(ITEM.writeUnits)} write and ${whole(ITEM.readUnits)} read units a second; the hottest of any mix has ${percent(Math.max(...loads.map(({ items }) => (items[0] === undefined ? 0 : heat(items[0])))))} of that. Of shards this is the mean; chance spreads them by about the square root of it. Attacks are played after the limit is reached or the verification has ended: a container that was refused the same twice within five seconds repeats the refusal itself until they are over (functions/adapters/dynamodb/caching.ts). Without that an item takes a write for each hostile request.`,
        "## Quotas",
        markdownTable(
          [
            { name: "quota" },
            { name: "default", isFigure: true },
            { name: "raised on request" },
            { name: "source" },
          ],
          QUOTAS.map(({ name, limit, isFixed, from }) => [
            name,
            limit === 1
              ? `${whole(ITEM.writeUnits)} writes, ${whole(ITEM.readUnits)} reads`
              : whole(limit),
            isFixed ? "no" : "yes",
            from,
          ]),
        ),
        "Rates are requests of the mix, without preflights; a sign-in is two. Costs are AWS's, at the prices of cli/prices.ts; messages come on top, and the spend cap of the stage bounds those.",
      ].join("\n\n"),
    },
    now,
  );
}
