import { SaxesParser } from "saxes";

/** A part of an XML document: an element, or the text between two. */
type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
};

export type Say = { readonly verb: "Say"; readonly text: string; readonly language: string };
export type Pause = { readonly verb: "Pause"; readonly seconds: number };
/** Speaks its prompts and waits for one key, which goes into the request for the next document. */
export type Gather = {
  readonly verb: "Gather";
  readonly prompts: readonly (Say | Pause)[];
  readonly timeoutSeconds: number;
  readonly action: string;
};
export type Verb = Say | Pause | Gather;

/** A document that this emulator cannot play. Its message names the unsupported part. */
export class TwimlFault extends Error {}

/** The part of TwiML that Latchkey uses, read strictly: a verb, noun or attribute beyond it is refused. https://www.twilio.com/docs/voice/twiml */
export function parseTwiml(document: string): readonly Verb[] {
  const root = rootOf(document);
  if (root.name !== "Response") throw new TwimlFault(`<${root.name}> stands where <Response> must`);
  attributesOf(root, []);
  return elementsIn(root).map(verbOf);
}

/** Elements, attributes, text and entities, which are all that TwiML is made of; what Twilio's SDK never writes is refused. */
function rootOf(document: string): XmlElement {
  const roots: (XmlElement | string)[] = [];
  const open = [roots];
  const parser = new SaxesParser();
  for (const other of ["comment", "cdata", "doctype", "processinginstruction"] as const)
    parser.on(other, () => parser.fail(`the emulator reads no ${other}.`));
  parser.on("error", ({ message }) => {
    throw new TwimlFault(message);
  });
  parser.on("text", (text) => open.at(-1)?.push(text));
  parser.on("opentag", ({ name, attributes }) => {
    const children: (XmlElement | string)[] = [];
    open.at(-1)?.push({ name, attributes, children });
    open.push(children);
  });
  parser.on("closetag", () => open.pop());
  parser.write(document.trim()).close();
  const root = roots.find((part) => typeof part !== "string");
  if (root === undefined) throw new TwimlFault("a document is one element");
  return root;
}

function verbOf(element: XmlElement): Verb {
  return element.name === "Gather" ? gatherOf(element) : promptOf(element);
}

/** English with an American voice, if a document sets none. https://www.twilio.com/docs/voice/twiml/say */
const DEFAULT_LANGUAGE = "en-US";

function promptOf(element: XmlElement): Say | Pause {
  if (element.name === "Say") {
    const { language = DEFAULT_LANGUAGE } = attributesOf(element, ["language", "voice"]);
    return { verb: "Say", text: textIn(element).replace(/\s+/g, " ").trim(), language };
  }
  if (element.name === "Pause") {
    const { length = "1" } = attributesOf(element, ["length"]);
    refuseContent(element);
    return { verb: "Pause", seconds: wholeNumber("length", length) };
  }
  throw new TwimlFault(`this emulator does not play <${element.name}>`);
}

/** The required value of each attribute of a <Gather>: one key, any of them. */
const GATHER: Readonly<Record<string, RegExp>> = {
  action: /^https?:/,
  finishOnKey: /^$/,
  method: /^POST$/,
  numDigits: /^1$/,
  timeout: /^\d{1,4}$/,
};

/** https://www.twilio.com/docs/voice/twiml/gather */
function gatherOf(element: XmlElement): Gather {
  const attributes = attributesOf(element, Object.keys(GATHER));
  for (const [name, allowed] of Object.entries(GATHER))
    if (!allowed.test(attributes[name] ?? "-"))
      throw new TwimlFault(`this emulator plays no <Gather> with the ${name} ${attributes[name]}`);
  return {
    verb: "Gather",
    prompts: elementsIn(element).map(promptOf),
    timeoutSeconds: Number(attributes["timeout"]),
    action: attributes["action"] ?? "",
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new TwimlFault(`${name} is a whole number, not ${text}`);
  return Number(text);
}

function attributesOf(
  { name, attributes }: XmlElement,
  known: readonly string[],
): Readonly<Record<string, string>> {
  const unknown = Object.keys(attributes).find((attribute) => !known.includes(attribute));
  if (unknown !== undefined) throw new TwimlFault(`this emulator knows no ${unknown} of <${name}>`);
  return attributes;
}

function elementsIn({ name, children }: XmlElement): readonly XmlElement[] {
  return children.flatMap((child) => {
    if (typeof child !== "string") return [child];
    if (child.trim() === "") return [];
    throw new TwimlFault(`<${name}> has a text of its own`);
  });
}

function textIn({ name, children }: XmlElement): string {
  return children
    .map((child) => {
      if (typeof child === "string") return child;
      throw new TwimlFault(`this emulator does not read <${child.name}> inside <${name}>`);
    })
    .join("");
}

function refuseContent(element: XmlElement): void {
  if (textIn(element).trim() !== "") throw new TwimlFault(`<${element.name}> is empty`);
}
