import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../../functions/http/problem.ts";
import { METRICS } from "../../functions/runtime/metrics.ts";
import { faultsOfSource, faultsOfTitles, retiredIn } from "../lint/prose.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const FOLDERS = "functions,cli,infra,local,client,server,cdk,examples,evidence,test/support";
const SOURCES = globSync([`{${FOLDERS}}/**/*.{ts,tsx,js}`, "*.{ts,js}"], {
  cwd: ROOT,
  exclude: (path) => /node_modules|(?:^|\/)dist(?:\/|$)/.test(path),
});

it("comments of the code have no unclear phrase, and neither they nor names a retired word", () => {
  expect(SOURCES.length).toBeGreaterThan(400);
  const faults = SOURCES.flatMap((file) =>
    faultsOfSource(read(file)).map((fault) => `${file}:${fault}`),
  );
  expect(faults).toEqual([]);
});

it("titles of tests have no unclear phrase", () => {
  const files = globSync("test/**/*.ts", { cwd: ROOT, exclude: ["**/node_modules/**"] });
  expect(files.flatMap((file) => faultsOfTitles(read(file)))).toEqual([]);
});

it("log events, metrics and problems have no retired word", () => {
  const events = [...read("functions/runtime/log.ts").matchAll(/event: "([\w-]+)"/g)];
  const names = [
    ...events.map(([, name = ""]) => name),
    ...Object.keys(METRICS),
    ...Object.keys(PROBLEMS),
  ];
  expect(names.length).toBeGreaterThan(40);
  expect(names.flatMap(retiredIn)).toEqual([]);
});

it("the glossary has a word of each exported type of the domain", () => {
  const glossary = [...read("docs/glossary.md").matchAll(/^\| ([\w -]+) \| /gm)];
  const stems = glossary.flatMap(([, words = ""]) =>
    words.split(" ").map((word) => word.toLowerCase().slice(0, 5)),
  );
  const files = globSync("functions/verification/*.ts", { cwd: ROOT });
  const types = files.flatMap((file) => [...read(file).matchAll(/^export type (\w+)/gm)]);
  expect(types.length).toBeGreaterThan(100);
  const isKnown = (word: string): boolean =>
    stems.some((stem) => word.toLowerCase().startsWith(stem));
  const unknown = types.filter(([, name = ""]) => !name.split(/(?=[A-Z])/).some(isKnown));
  expect(unknown.map(([, name]) => name)).toEqual([]);
});

describe("the scanner of comments", () => {
  it("finds comments behind templates and regular expressions, and none in texts", () => {
    const source =
      "const a = `x $" +
      "{`y // nobody $" +
      "{1}`} // nobody`; // nobody\nconst b = /[/]/* nobody/; /* owed */ const theFloor = '// nobody';";
    expect(faultsOfSource(source).map((fault) => fault.split(": ")[1])).toEqual([
      "nobody",
      "owed",
      "the Floor",
    ]);
  });
});
