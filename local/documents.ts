import { readdirSync, readFileSync } from "node:fs";
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
const DRAWING = '<script src="/pages/mermaid.js" defer></script>';

/** The documents and their pictures, by the path under which `npm start` serves them: that of the repository. `/docs` is the README. */
export function documentPaths(): ReadonlyMap<string, string> {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:md|svg|webp)$/.test(name))
    .map((name) => `docs/${name.split("\\").join("/")}`);
  const others = [
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "client/README.md",
    "server/README.md",
    "cdk/README.md",
    "examples/README.md",
  ];
  const served = [...pages, ...others].map((page): [string, string] => [
    `/${page}`,
    join(ROOT, page),
  ]);
  return new Map([["/docs", join(ROOT, "README.md")], ...served]);
}

/** The title and the body of one page, as HTML. Links to pages stay relative; links to source files lead nowhere here and become plain code. */
export function documentPage(path: string, text: string) {
  const served = documentPaths();
  const renderer = new Marked({
    renderer: {
      heading({ tokens, depth, text: words }: Tokens.Heading) {
        return `<h${depth} id="${anchorOf(words)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      table({ header, rows }: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
        return `<div class="table" tabindex="0"><table><thead>${row(header, "th")}</thead><tbody>${rows.map((cells) => row(cells, "td")).join("")}</tbody></table></div>\n`;
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
