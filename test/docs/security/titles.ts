import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Proof } from "./requirements.ts";

const ROOT = join(import.meta.dirname, "../../..");
const ATTACKS_FOLDER = "test/attacks";

export function isThere(path: string): boolean {
  return existsSync(join(ROOT, path));
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The outputs that a page shows as they are, line by line. */
export function outputsIn(page: string): readonly (readonly string[])[] {
  const blocks = textOf(page).matchAll(/^```text\n(.*?)\n```$/gms);
  return Array.from(blocks, ([, text = ""]) => text.split("\n"));
}

/** Comments are no tests. */
function code(path: string): string {
  return textOf(path).replace(/^\s*(?:\/\/|\/?\*).*$/gm, "");
}

/** What stands before a title: a call, which is not one that leaves the test out. */
const LEFT_OUT = /\.(?:skip|todo)\s*\(\s*$/;

/** Whether a file has a test, a group of tests or a fact in a table of this very title, and runs it. */
export function hasTest({ file, title }: Proof): boolean {
  if (!isThere(file)) return false;
  const text = code(file);
  if (text.includes(`\n  "${title}":`)) return true;
  return ['"', "'", "`"].some((quote) => {
    const at = text.indexOf(`${quote}${title}${quote}`);
    const before = text.slice(0, Math.max(0, at));
    return at >= 0 && /[([]\s*$|\bname:\s*$/.test(before) && !LEFT_OUT.test(before);
  });
}

/** A test of the attack suite, which says in its title which row it proves. */
export type AttackTest = Proof & { readonly id: string };

const TITLE = /([([,])\s*(["'`])([A-Z]\d{1,2}): ((?:\\.|(?!\2)[^\\])*)\2/g;

/** Every test in test/attacks whose title begins with the id of a row. */
export function attackTests(): readonly AttackTest[] {
  const files = readdirSync(join(ROOT, ATTACKS_FOLDER), { recursive: true, encoding: "utf8" });
  return files
    .filter((name) => name.endsWith(".test.ts"))
    .toSorted()
    .flatMap((name) => attackTestsIn(`${ATTACKS_FOLDER}/${name}`));
}

function attackTestsIn(file: string): readonly AttackTest[] {
  const text = code(file);
  return [...text.matchAll(TITLE)].flatMap(({ index, 1: open = "", 3: id = "", 4: words = "" }) => {
    const isLeftOut = LEFT_OUT.test(`${text.slice(0, index)}${open}`);
    return isLeftOut ? [] : [{ id, file, title: words.replace(/\\(.)/g, "$1") }];
  });
}
