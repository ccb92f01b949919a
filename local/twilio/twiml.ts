import { parseXml, type XmlElement, XmlFault } from "./xml.ts";

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

/** A document that this emulator cannot play. Its message names what it does not know. */
export class TwimlFault extends Error {}

/** The part of TwiML that Latchkey uses, read strictly: a verb, noun or attribute beyond it is refused. https://www.twilio.com/docs/voice/twiml */
export function parseTwiml(document: string): readonly Verb[] {
  const root = rootOf(document);
  if (root.name !== "Response") throw new TwimlFault(`<${root.name}> stands where <Response> must`);
  attributesOf(root, []);
  return elementsIn(root).map(verbOf);
}

function rootOf(document: string): XmlElement {
  try {
    return parseXml(document.trim());
  } catch (fault) {
    throw fault instanceof XmlFault ? new TwimlFault(fault.message) : fault;
  }
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
      throw new TwimlFault(`this emulator does not say <${child.name}> inside <${name}>`);
    })
    .join("");
}

function refuseContent(element: XmlElement): void {
  if (textIn(element).trim() !== "") throw new TwimlFault(`<${element.name}> is empty`);
}
