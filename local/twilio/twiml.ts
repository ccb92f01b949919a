import { parseXml, type XmlElement, XmlFault } from "./xml.ts";

export type Say = { readonly verb: "Say"; readonly text: string; readonly language: string };
export type Pause = { readonly verb: "Pause"; readonly seconds: number };
export type Method = "POST" | "GET";
export type Gather = {
  readonly verb: "Gather";
  readonly prompts: readonly (Say | Pause)[];
  /** The key that ends it and is none of them; empty for none. */
  readonly finishKey: string;
  /** How many keys end it; without a number, only the finish key and the time do. */
  readonly keyCount: number;
  readonly timeoutSeconds: number;
  readonly action: string;
  readonly method: Method;
  readonly asksWhenEmpty: boolean;
};
type Redirect = { readonly verb: "Redirect"; readonly url: string; readonly method: Method };
type Hangup = { readonly verb: "Hangup" };
export type Verb = Say | Pause | Gather | Redirect | Hangup;

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
  switch (element.name) {
    case "Gather":
      return gatherOf(element);
    case "Redirect":
      return {
        verb: "Redirect",
        method: methodOf(attributesOf(element, ["method"])["method"]),
        url: textIn(element).trim(),
      };
    case "Hangup":
      attributesOf(element, []);
      refuseContent(element);
      return { verb: "Hangup" };
    default:
      return promptOf(element);
  }
}

/** English with an American voice, where a document does not say. https://www.twilio.com/docs/voice/twiml/say */
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

const GATHER = [
  "action",
  "actionOnEmptyResult",
  "finishOnKey",
  "input",
  "language",
  "method",
  "numDigits",
  "timeout",
];

/** https://www.twilio.com/docs/voice/twiml/gather */
function gatherOf(element: XmlElement): Gather {
  const attributes = attributesOf(element, GATHER);
  const { input = "dtmf", numDigits = "", timeout = "5", action = "" } = attributes;
  const { finishOnKey = "#" } = attributes;
  if (input !== "dtmf") throw new TwimlFault(`this emulator hears keys, and no ${input}`);
  if (!URL.canParse(action))
    throw new TwimlFault("a <Gather> needs an action with a whole address");
  return {
    verb: "Gather",
    prompts: elementsIn(element).map(promptOf),
    finishKey: finishOnKey,
    keyCount: numDigits === "" ? Number.POSITIVE_INFINITY : wholeNumber("numDigits", numDigits),
    timeoutSeconds: wholeNumber("timeout", timeout),
    action,
    method: methodOf(attributes["method"]),
    asksWhenEmpty: attributes["actionOnEmptyResult"] === "true",
  };
}

function methodOf(method = "POST"): Method {
  if (method === "POST" || method === "GET") return method;
  throw new TwimlFault(`${method} is no method`);
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
