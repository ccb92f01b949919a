import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { Marked, type Tokens } from "marked";

const ROOT = join(import.meta.dirname, "..");

/** The anchor of a heading, as code hosts make it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** Every anchor of a Markdown text: its headings, and the ids that it names itself. */
export function anchorsOf(text: string): readonly string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, words = ""]) => anchorOf(words));
  const named = [...text.matchAll(/<a id="([\w-]+)">/g)].map(([, id = ""]) => id);
  return [...headings, ...named];
}

/** The library that draws the diagrams of a page, as npm installed it. */
export const DIAGRAMS = createRequire(import.meta.url).resolve("@mermaid-js/tiny");
const FENCE = "~".repeat(9);
const DRAWING = '<script src="/pages/mermaid.js" defer></script>';

/** The documents that are not in docs. */
export const DOCUMENTS_OUTSIDE = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "client/README.md",
  "server/README.md",
  "cdk/README.md",
  "examples/README.md",
] as const;

/** The documents, their pictures and the source files to which they link, by the path under which `npm start` serves them: that of the repository. `/docs` is the README. */
export function documentPaths(): ReadonlyMap<string, string> {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:md|svg|webp)$/.test(name))
    .map((name) => `docs/${name.split("\\").join("/")}`);
  const served = [...pages, ...DOCUMENTS_OUTSIDE].map((page): [string, string] => [
    `/${page}`,
    join(ROOT, page),
  ]);
  const sources = served.flatMap(([page]) => linkedFiles(page));
  return new Map([["/docs", join(ROOT, "README.md")], ...sources, ...served]);
}

function linkedFiles(page: string): readonly [string, string][] {
  if (!page.endsWith(".md")) return [];
  const links = readFileSync(join(ROOT, page), "utf8").matchAll(/\]\(([^)\s#:]+)/g);
  const paths = Array.from(links, ([, link = ""]) => posix.join(posix.dirname(page), link));
  const files = paths.map((path): [string, string] => [path, join(ROOT, path)]);
  return files.filter(([, file]) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

/** The title and the body of one page, as HTML. Links stay relative; a link to a folder becomes plain code. */
export function documentPage(path: string, source: string, served: ReadonlyMap<string, string>) {
  const isMarkdown = path.endsWith(".md") || path === "/docs";
  const text = isMarkdown ? source : `# ${path.slice(1)}\n\n${FENCE}\n${source}\n${FENCE}`;
  const renderer = new Marked({
    renderer: {
      heading({ tokens, depth, text: words }: Tokens.Heading) {
        return `<h${depth} id="${anchorOf(words)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      table({ header, rows }: Tokens.Table) {
        return tableHtml(header, rows, ({ tokens }) => this.parser.parseInline(tokens));
      },
      code({ text: source, lang }: Tokens.Code) {
        const kind = lang === "mermaid" ? ' class="mermaid"' : "";
        return `<pre${kind} tabindex="0">${escaped(source)}</pre>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens);
        return isServed(served, path, href)
          ? `<a href="${escaped(href)}">${words}</a>`
          : `<code>${words}</code>`;
      },
      image({ href, text: words }: Tokens.Image) {
        const file = served.get(posix.join(posix.dirname(path), href));
        const size = file === undefined ? "" : sizeOf(file);
        return `<span class="picture" tabindex="0"><img src="${escaped(href)}" alt="${escaped(words)}"${size}></span>`;
      },
    },
  });
  const title = /^# (.*)$/m.exec(text)?.[1] ?? "Documents";
  const drawing = text.includes("```mermaid") ? DRAWING : "";
  const body = `${drawing}<main class="document">${renderer.parse(text, { async: false })}</main>`;
  return { title: escaped(title), body };
}

/** A row with more characters does not fit on a phone: there, each cell becomes a line under the name of its column. */
const MOST_CHARACTERS_OF_A_ROW = 120;

/** Its roles are stated, because a browser drops them where cells are lines. */
function tableHtml(
  header: readonly Tokens.TableCell[],
  rows: readonly (readonly Tokens.TableCell[])[],
  html: (cell: Tokens.TableCell) => string,
): string {
  const names = header.map((cell) => `<th role="columnheader">${html(cell)}</th>`);
  const labels = header.map(({ text }) => escaped(text.replaceAll("`", "")));
  const lines = rows.map((cells) => {
    const labelled = cells.map(
      (cell, column) => `<td role="cell" data-label="${labels[column]}">${html(cell)}</td>`,
    );
    return `<tr role="row">${labelled.join("")}</tr>`;
  });
  const lengths = rows.map(
    (cells) => cells.map(({ text }) => text.replace(/\]\([^)]*\)/g, "")).join("").length,
  );
  const kind = Math.max(...lengths) > MOST_CHARACTERS_OF_A_ROW ? "table dense" : "table";
  return `<div class="${kind}" tabindex="0"><table role="table"><thead role="rowgroup"><tr role="row">${names.join("")}</tr></thead><tbody role="rowgroup">${lines.join("")}</tbody></table></div>\n`;
}

/** The size of a picture, so that the page does not move when it arrives: an SVG's attributes, or the extended header of WebP (RFC 9649 §2.7). */
function sizeOf(file: string): string {
  const bytes = readFileSync(file);
  const [attributes] = / width="\d+" height="\d+"/.exec(bytes.toString("latin1", 0, 300)) ?? [];
  const [width, height] = [24, 27].map((at) => bytes.readUIntLE(at, 3) + 1);
  return attributes ?? ` width="${width}" height="${height}"`;
}

function isServed(served: ReadonlyMap<string, string>, path: string, href: string): boolean {
  if (/^(?:https?:|mailto:|#)/.test(href)) return true;
  const [target = ""] = posix.join(posix.dirname(path), href).split("#");
  return served.has(target);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
