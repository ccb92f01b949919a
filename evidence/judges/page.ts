import { readFileSync } from "node:fs";
import { join } from "node:path";
import { figures, markdownTable, writePage } from "../tools/page.ts";
import { versionOf } from "../tools/tools.ts";
import type { Judge } from "./judge.ts";

/** One run of a judge. */
export type Judged = {
  readonly judge: Judge;
  readonly isPlanted: boolean;
  readonly extent: string;
  readonly seconds: string;
  /** Findings that are not accepted. */
  readonly open: readonly string[];
};

const REQUIREMENTS = readFileSync(join(import.meta.dirname, "requirements.txt"), "utf8");

/** Writes docs/evidence/judges.md from runs without an open finding, with and without the planted fault. Returns its path. */
export function writeJudges(all: readonly Judged[], now: Date): Promise<string> {
  const examined = all.filter(({ isPlanted }) => !isPlanted);
  return writePage(
    {
      name: "judges",
      title: "Judges: software of others",
      command: "npm run judge -- --write",
      body: [
        "All other proofs of this project are written by the authors of what they prove. The programs below are not. Each examines the product, and each is examined itself: a fault of its kind is planted, and it must report it. No account of AWS or Twilio is used.",
        verdicts(examined),
        "## Accepted findings",
        acceptances(examined),
        NOT_SHOWN,
      ].join("\n\n"),
    },
    now,
  );
}

function verdicts(examined: readonly Judged[]): string {
  return markdownTable(
    ["judge", "examines", "extent", ...figures("s"), "planted fault, which it reports"],
    examined.map(({ judge, extent, seconds }) => {
      const versions = judge.packages.map(versioned).join(", ");
      const name = judge.isQuick ? `**${judge.name}**` : judge.name;
      return [`${name} (${versions})`, judge.subject, extent, seconds, judge.fault.what];
    }),
  ).concat(
    "\n\nNone has an open finding. Bold: part of `npm run judge -- --quick`, which CI runs after `npm test`.",
  );
}

function acceptances(examined: readonly Judged[]): string {
  const lines = examined.flatMap(({ judge }) =>
    (judge.accepted ?? []).map(
      ([finding, reason]) => `- ${judge.name}, \`${finding.source}\`: ${reason}`,
    ),
  );
  return [...lines, "- An accepted finding that no longer occurs is an open finding."].join("\n");
}

/** A name with its version, of a package from elsewhere as the judge pins it. */
function versioned(name: string): string {
  if (name.includes(" ")) return name;
  const locked = new RegExp(`^${name}==(\\S+)`, "m").exec(REQUIREMENTS)?.[1];
  return `${name} ${locked ?? versionOf(name)}`;
}

const NOT_SHOWN = `## What they do not show

Emulators are not AWS. [The first ten minutes on a real account](../production/first-ten-minutes.md) lists what only an account shows.`;
