import { markdownTable, writePage } from "../tools/page.ts";
import { keptInputs } from "./engine/corpus.ts";
import type { Report } from "./engine/report.ts";
import { WORTH_A_LOOK_MILLISECONDS } from "./engine/trial.ts";

export type Fuzzing = {
  readonly targets: ReadonlyMap<string, Report>;
  readonly seconds: number;
  readonly seed: number;
};

/** Writes docs/evidence/fuzzing.md. Returns its path. */
export function writeFuzzing(fuzzing: Fuzzing, now: Date): Promise<string> {
  return writePage(
    {
      name: "fuzzing",
      title: "Fuzzing",
      command: `npm run fuzz -- --seconds ${fuzzing.seconds} --seed ${fuzzing.seed} --write`,
      packages: ["fast-check", "istanbul-lib-instrument", "libphonenumber-js", "valibot", "twilio"],
      body: [
        introduction(fuzzing),
        targetTable(fuzzing.targets),
        HOW_TO_READ_TARGETS,
        unreached(fuzzing.targets),
        "Requests near those of every route are the task of schemathesis: [Judges](judges.md).",
      ].join("\n\n"),
    },
    now,
  );
}

/** A time too short to matter to a reader is printed as a bound. */
export function slownessOf({ slowest }: Report): string {
  return slowest.milliseconds < WORTH_A_LOOK_MILLISECONDS
    ? `< ${WORTH_A_LOOK_MILLISECONDS}`
    : slowest.milliseconds.toFixed(1);
}

const count = (value: number): string => Math.round(value).toLocaleString("en");

function introduction({ seconds, seed }: Fuzzing): string {
  return [
    `Seed ${seed}, ${seconds} seconds a target. The inputs in evidence/fuzz/corpus are tried again in every \`npm test\`, with 1,000 neighbours a target.`,
    "",
    "## Parsers, led by their branches",
    "",
    "Bytes go straight into the code that parses, judges and checks signatures. An input that takes a branch, or takes it a new number of times, is kept and changed further. Each target holds what comes out to a second reading of the same rules that is written apart from the product: the gateway's own model and a parser of its own for bodies, the fullest metadata of libphonenumber for numbers, `node:crypto` and Twilio's own client for signatures, Node's `BlockList` for networks.",
    "",
    "The engine is ours (evidence/fuzz/engine). Jazzer.js would do the same, and the targets have its shape, `fuzz(data: Buffer)`; but it does not load on Debian 12: the binary that its release 4.0.0 brings needs glibc 2.38, where there is 2.36, and release 2.1.0 downloads its binary when it is installed, from a place that cannot be reached where only the npm registry can.",
  ].join("\n");
}

function targetTable(targets: Fuzzing["targets"]): string {
  return markdownTable(
    [
      { name: "target" },
      { name: "runs", isFigure: true },
      { name: "a second", isFigure: true },
      { name: "branches", isFigure: true },
      { name: "of", isFigure: true },
      { name: "kept", isFigure: true },
      { name: "slowest, ms", isFigure: true },
    ],
    [...targets].map(([name, report]) => [
      `[${name}](../../evidence/fuzz/targets/${name}.ts)`,
      count(report.executions),
      count(report.perSecond),
      String(report.reached),
      String(report.total),
      String(keptInputs(name).length),
      slownessOf(report),
    ]),
  );
}

const HOW_TO_READ_TARGETS = [
  "- **branches**: of the files that the target names; some lie beyond what it can reach, and are listed below where no target reached them.",
  "- **kept**: the fewest inputs that reach all of them, the shortest first.",
  "- **slowest**: the least CPU time of three runs of the input that took longest. More than 50 ms is a finding.",
  "- Found: nothing. The page is written by a run in which every fact holds.",
].join("\n");

/** Where two targets share a file, one is enough. */
function unreached(targets: Fuzzing["targets"]): string {
  const reports = [...targets.values()];
  const taken = new Set(reports.flatMap((report) => report.taken));
  const missed = new Set(reports.flatMap((report) => report.unreached));
  const places = [...missed].filter((place) => !taken.has(place));
  const files = Map.groupBy(places, (place) => place.split(":")[0] ?? "");
  const lines = [...files].map(([file, all]) => {
    const numbers = new Set(all.map((place) => /:(\d+)/.exec(place)?.[1]));
    return `- ${file}: ${[...numbers].join(", ")}`;
  });
  return ["Lines with a branch that no target took:", "", ...lines].join("\n");
}
