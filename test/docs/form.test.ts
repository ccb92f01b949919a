import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ATTRIBUTES } from "../../client/src/form/attributes.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/reference/form.md"), "utf8");
const FORM = join(ROOT, "client/src/form");
const source = readdirSync(FORM, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => readFileSync(join(FORM, name), "utf8"))
  .join("\n");

function sorted(words: Iterable<string>): readonly string[] {
  return [...new Set(words)].sort();
}

function inRows(heading: string): readonly string[] {
  const table = PAGE.split(`| ${heading} |`)[1]?.split("\n\n")[0] ?? "";
  return [...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, name = ""]) => name);
}

it("the page about the form names each attribute, and `name`, which the browser itself reads", () => {
  expect(sorted(inRows("attribute"))).toEqual(sorted([...ATTRIBUTES, "name"]));
});

it("the page about the form names each event", () => {
  const told = [...source.matchAll(/readonly "(latchkey-\w+)": CustomEvent/g)].map(
    ([, name = ""]) => name,
  );
  expect(sorted(inRows("event"))).toEqual(sorted(told));
});

it("the page about the form names each custom property and each part, and no other", () => {
  const looks = PAGE.split("## Looks")[1]?.split("## ")[0] ?? "";
  const named = [...looks.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name);
  const properties = [...source.matchAll(/var\(\s*(--latchkey-[\w-]+)/g)].map(
    ([, name = ""]) => name,
  );
  const parts = [...source.matchAll(/\bpart: (?:"([\w ]+)"|`button \$\{kind\}`)/g)].flatMap(
    ([, names = "button wide link"]) => names.split(" "),
  );
  expect(sorted(named.filter((name) => name !== "color-scheme"))).toEqual(
    sorted([...properties, ...parts]),
  );
});
