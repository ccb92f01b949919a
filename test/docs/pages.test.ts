import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { runInNewContext } from "node:vm";
import { Marked } from "marked";
import { expect, it } from "vitest";
import { messagesPage } from "../../infra/messages-page.ts";
import { STAGE_SCHEMAS } from "../../infra/stage.ts";
import { validateStage } from "../../infra/stage-rules.ts";
import { STAGES } from "../../infra/stages.ts";
import { anchorsOf, documentPaths } from "../../local/documents.ts";
import { faultsOfProse } from "../lint/prose.ts";
import { PRODUCTION } from "../support/production.ts";
import { PARTS, written } from "./parts.ts";
import { isThere, textOf } from "./security/titles.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = globSync(["*.md", "docs/**/*.md", "{cdk,client,examples,server}/*.md"], {
  cwd: ROOT,
});
/** Written by a command or generated whole: their words are data. */
const GENERATED = /^docs\/(?:evidence\/(?!README)|compliance|reference\/messages)/;
const WRITTEN = PAGES.filter((page) => !GENERATED.test(page));

it.each(Object.keys(PARTS))(
  "%s has the generated parts of today: npm run docs -- --write",
  (page) => {
    expect(written(page, PRODUCTION)).toBe(textOf(page));
  },
);

it("the page of messages is what the texts are: node infra/messages-page.ts", () => {
  expect(textOf("docs/reference/messages.md")).toBe(messagesPage());
});

it.each(PAGES)("%s leads to files and headings that are there", (page) => {
  const lost = linksOf(textOf(page)).filter((link) => !leadsSomewhere(page, link));
  expect(lost).toEqual([]);
});

it.each(PAGES)("npm start serves each file to which %s leads", (page) => {
  const served = documentPaths();
  const paths = linksOf(textOf(page))
    .filter((link) => !/^(?:[a-z]+:|#)/.test(link))
    .map((link) => normalize(join(dirname(page), link.replace(/#.*/, ""))));
  const files = paths.filter((path) => statSync(join(ROOT, path)).isFile());
  expect(files.filter((path) => !served.has(`/${path}`))).toEqual([]);
});

it.each(WRITTEN)("the prose of %s is plain", async (page) => {
  expect(await faultsOfProse(textOf(page))).toEqual([]);
});

it.each(PAGES)("each row of a table of %s has as many cells as its head", (page) => {
  const text = textOf(page).replace(/^(`{3,})[\s\S]*?^\1/gm, "");
  const tables = Array.from(text.matchAll(/^(?:\|.*\n)+/gm), ([table]) => table.trim().split("\n"));
  const cells = (row: string) => row.match(/(?<!\\)\|/g)?.length;
  const broken = tables.flatMap(([head = "", ...rows]) =>
    rows.filter((row) => cells(row) !== cells(head)),
  );
  expect(broken).toEqual([]);
});

it("the README and SECURITY.md have at most 150 lines, and the README no table longer than ten rows", () => {
  const text = textOf("README.md");
  for (const page of [text, textOf("SECURITY.md")])
    expect(page.trim().split("\n").length).toBeLessThanOrEqual(150);
  const rows = text.match(/(?:^\|.*\n)+/gm) ?? [];
  const lengths = rows.map((table) => table.trim().split("\n").length - 2);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(10);
});

it("the page of the configuration explains every field of a stage, and no other", () => {
  const [fields = ""] = textOf("docs/production/configuration.md").split("\n## ");
  const cells = Array.from(fields.matchAll(/^\| (`.*?`) \|/gm), ([, cell = ""]) => cell);
  const named = cells.flatMap((cell) => cell.replaceAll("`", "").split(", "));
  const kinds = Object.values(STAGE_SCHEMAS);
  const known = new Set(kinds.flatMap(({ entries }) => Object.keys(entries)));
  expect(named.toSorted()).toEqual([...known].toSorted());
});

it.each(["configuration", "twilio"])("production takes the settings on its page %s", (page) => {
  const blocks = textOf(`docs/production/${page}.md`).matchAll(/^```ts\n(\w+: .*?)\n```/gms);
  const shown = Array.from(blocks, ([, text]) => runInNewContext(`({${text}})`));
  expect(shown.length).toBeGreaterThan(0);
  for (const settings of shown)
    expect(() =>
      validateStage("prod", { ...STAGES.prod, ...structuredClone(settings) }),
    ).not.toThrow();
});

it("each page names its reading time and a next step, except runbooks, decisions and evidence", () => {
  const guides = PAGES.filter((page) =>
    /^docs\/(?!evidence|operate\/runbooks\/[a-z]|contribute\/decisions\/[a-z])/.test(page),
  );
  expect(guides.length).toBeGreaterThan(30);
  const silent = guides.filter((page) => !/Reading time: .+Next: /.test(textOf(page)));
  expect(silent).toEqual([]);
});

function linksOf(text: string): readonly string[] {
  const links: string[] = [];
  const walkTokens = (token: { readonly type: string }) => {
    if ((token.type === "link" || token.type === "image") && "href" in token)
      links.push(String(token.href));
  };
  new Marked({ walkTokens }).parse(text, { async: false });
  return links;
}

function leadsSomewhere(page: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true;
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (!isThere(file)) return false;
  if (anchor === undefined || !file.endsWith(".md")) return true;
  return anchorsOf(readFileSync(join(ROOT, file), "utf8")).includes(anchor);
}
