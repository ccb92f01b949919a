import { CHANNELS, type Channel, type Purpose, type StartRequest } from "../api.ts";

/** The settings of a page, by attributes. */
export type Settings = {
  /** Of the deployment; the page's own origin where nothing is given. */
  readonly baseUrl: string;
  /** ISO 3166-1 codes, in capitals; the first is chosen unless `country` names another. */
  readonly countries: readonly string[];
  readonly country: string;
  /** The channels to offer, in this order; nothing if the page leaves them to the stage. */
  readonly channels: readonly Channel[];
  readonly purpose: Purpose;
  readonly platform: "web" | "android" | "ios";
  readonly nonce: string | undefined;
  /** BCP 47: the attribute, else the language of the page around the form, else of the browser; as much of it as the API takes. */
  readonly language: string;
  readonly headingLevel: string;
  /** Whether the browser's back button leads from the code back to the number. */
  readonly keepsHistory: boolean;
};

const PURPOSES = [
  "login",
  "signup",
  "transaction",
  "password-reset",
  "change-number",
] as const satisfies readonly Purpose[];
const PLATFORMS = ["web", "android", "ios"] as const satisfies readonly StartRequest["platform"][];

/** Reads the attributes. An unknown word counts as not given. */
export function settingsOf(element: HTMLElement): Settings {
  const read = (name: string): string => element.getAttribute(name)?.trim() ?? "";
  const named = read("countries")
    .toUpperCase()
    .match(/\b[A-Z]{2}\b/g) ?? ["GB"];
  const preferred = read("country").toUpperCase();
  const country = named.includes(preferred) ? preferred : (named[0] ?? "GB");
  const channels = read("channels")
    .toLowerCase()
    .split(/[\s,]+/);
  return {
    baseUrl: addressOf(read("base-url") || "/"),
    countries: [...new Set(named)],
    country,
    channels: channels.flatMap((name) => CHANNELS.filter((channel) => channel === name)),
    purpose: oneOf(PURPOSES, read("purpose")) ?? "login",
    platform: oneOf(PLATFORMS, read("platform")) ?? "web",
    // With a policy in a header, browsers hide the attribute and keep the property. HTML standard, "nonce hiding".
    nonce: element.nonce || undefined,
    language: (read("locale") || languageAround(element)).slice(0, 35),
    headingLevel: /^[1-6]$/.test(read("heading-level")) ? read("heading-level") : "2",
    keepsHistory: read("history") !== "off",
  };
}

/** Nothing for a text that is no address: the client refuses it. */
function addressOf(text: string): string {
  const base = document.baseURI;
  return URL.canParse(text, base) ? new URL(text, base).href.replace(/\/?([?#].*)?$/, "") : "";
}

function oneOf<const Word extends string>(words: readonly Word[], word: string): Word | undefined {
  return words.find((known) => known === word);
}

function languageAround(element: HTMLElement): string {
  return element.closest<HTMLElement>("[lang]")?.lang || navigator.language;
}
