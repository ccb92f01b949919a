/** A part of an XML document: an element, or the text between two. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
};

/** A document that is no XML, or has what Twilio's SDK never writes. */
export class XmlFault extends Error {}

const DECLARATION = /^<\?xml\s[^<>?]*\?>\s*/;
const NAME = "[A-Za-z_][\\w.-]*";
const TAG = new RegExp(
  `<(?<closing>/?)(?<name>${NAME})(?<attributes>(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(?<empty>/?)>`,
  "y",
);
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, "g");
const TEXT = /[^<]+/y;

type Open = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
};

/**
 * Reads elements, attributes, text and entities, which is all that TwiML is made of; comments, CDATA, processing instructions and document
 * types are refused. Throws an `XmlFault`.
 */
export function parseXml(document: string): XmlElement {
  const source = document.replace(DECLARATION, "");
  const root: Open = { name: "", attributes: {}, children: [] };
  const open: Open[] = [root];
  for (let at = 0; at < source.length; ) at = readPart(source, at, open);
  if (open.length !== 1) throw new XmlFault(`<${open.at(-1)?.name}> is not closed`);
  const [element, ...more] = root.children.filter(isNotBlank);
  if (element === undefined || typeof element === "string" || more.length > 0)
    throw new XmlFault("a document is one element");
  return element;
}

/** Reads a tag or a text, and answers where the next part begins. */
function readPart(source: string, at: number, open: Open[]): number {
  const parent = open.at(-1);
  if (parent === undefined) throw new XmlFault("nothing is open");
  TEXT.lastIndex = at;
  const text = TEXT.exec(source)?.[0];
  if (text !== undefined) {
    parent.children.push(unescaped(text));
    return at + text.length;
  }
  TAG.lastIndex = at;
  const tag = TAG.exec(source);
  if (tag === null) throw new XmlFault(`this is no tag: ${source.slice(at, at + 40)}`);
  readTag(tag.groups ?? {}, open, parent);
  return at + tag[0].length;
}

function readTag(
  { closing = "", name = "", attributes = "", empty = "" }: Readonly<Record<string, string>>,
  open: Open[],
  parent: Open,
): void {
  if (closing === "/") {
    if (parent.name !== name || open.length === 1 || `${attributes}${empty}` !== "")
      throw new XmlFault(`</${name}> closes nothing`);
    open.pop();
    return;
  }
  const element: Open = { name, attributes: attributesIn(attributes), children: [] };
  parent.children.push(element);
  if (empty === "") open.push(element);
}

function attributesIn(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(([, name = "", double, single]) => [
    name,
    unescaped(double ?? single ?? ""),
  ]);
  const attributes = Object.fromEntries(pairs);
  if (Object.keys(attributes).length !== pairs.length)
    throw new XmlFault("an attribute comes twice");
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescaped(text: string): string {
  return text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
    const code = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const named = ENTITIES[name];
    if (whole.endsWith(";") && named !== undefined) return named;
    const point = Number.parseInt(code?.[1] ?? code?.[2] ?? "", code?.[1] === undefined ? 10 : 16);
    if (whole.endsWith(";") && point > 0 && point <= 0x10_ff_ff) return String.fromCodePoint(point);
    throw new XmlFault(`${whole} stands for nothing`);
  });
}

function isNotBlank(child: XmlElement | string): boolean {
  return typeof child !== "string" || child.trim() !== "";
}
