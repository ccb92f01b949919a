import { FOUND_BY } from "../../test/property/found-by.ts";
import { markdownTable } from "../tools/page.ts";
import { type Explored, type Finding, inWords } from "./findings.ts";

export type Evidence = {
  readonly explored: readonly Explored[];
  readonly findings: ReadonlyMap<string, Finding | undefined>;
  readonly bugs: readonly { readonly name: string; readonly finding: Finding | undefined }[];
  readonly seconds: number;
};

const figure = (count: number | bigint) => count.toLocaleString("en-GB");

/** The page below its head. */
export function evidence({ explored, findings, bugs, seconds }: Evidence): string {
  const states = explored.reduce((sum, each) => sum + each.states, 0);
  const ways = explored.reduce((sum, each) => sum + each.schedules, 0n);
  const found = [...findings.values()].filter((finding) => finding !== undefined).length;
  return `The real domain (functions/verification) in small worlds, with every interleaving of every call that it awaits. Nothing is sampled: ${figure(states)} states, which stand for at least ${figure(ways)} interleavings, in ${explored.length} explorations, and the promises of evidence/exploration/promises.ts hold in each. Of the ${findings.size} conditions of the stores, ${found} are found missing when they are removed. The whole command took ${Math.round(seconds)} s.

## Every interleaving

*Memory* is the stores in memory, a call of a store a step; *table* is the deployed stores with their expressions, a request to the table a step. **States** are what is left after steps that commute with everything are taken at once; **ways** are the paths through them, and each stands for many interleavings more; they are as many over both kinds of stores, but where the table needs two writes for one call; **steps** are those of the longest.

${markdownTable(
  [
    { name: "deps" },
    { name: "bounds" },
    { name: "stores" },
    { name: "states", isFigure: true },
    { name: "transitions", isFigure: true },
    { name: "ways", isFigure: true },
    { name: "steps", isFigure: true },
    { name: "seconds", isFigure: true },
    { name: "broken" },
  ],
  explored.map((each) => [
    each.configuration.name,
    each.configuration.bounds,
    each.ground,
    figure(each.states),
    figure(each.transitions),
    figure(each.schedules),
    figure(each.deepest),
    each.seconds.toFixed(1),
    each.broken?.promise ?? "nothing",
  ]),
)}

## Without one condition

Each condition of each write is removed in turn, as in test/property/clauses.test.ts, and every world that makes the write is explored without it until a promise breaks. The schedule is a shortest one of its world.

${markdownTable(
  [
    { name: "condition removed" },
    { name: "promise that breaks" },
    { name: "deps" },
    { name: "schedule" },
  ],
  [...findings].map(([name, finding]) => [
    name,
    finding?.promise ?? "none",
    finding?.configuration ?? "",
    finding === undefined ? missed(name) : inWords(finding.schedule),
  ]),
)}

## With a bug in the domain

Each bug is planted in the source as it is loaded, by one replacement (evidence/exploration/planted.ts), in a process of its own.

${markdownTable(
  [{ name: "bug" }, { name: "promise that breaks" }, { name: "deps" }, { name: "schedule" }],
  bugs.map(({ name, finding }) => [
    name,
    finding?.promise ?? "none",
    finding?.configuration ?? "",
    finding === undefined ? "" : inWords(finding.schedule),
  ]),
)}
`;
}

/** What finds it, where no world here does. */
function missed(name: string): string {
  const foundBy = FOUND_BY[name];
  const other =
    foundBy === undefined
      ? "nothing"
      : typeof foundBy === "string"
        ? `the fact “${foundBy}”`
        : "a history of test/property/found-by.ts";
  return `found by ${other}`;
}
