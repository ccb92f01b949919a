import { entryOf } from "./entry-of.ts";

/** The languages of messages and forms, as BCP 47 tags. The first is the default of a stage; a language alone means the first of its forms. */
export const LOCALES = [
  "en-GB",
  "en-US",
  "cy",
  "ga",
  "fr",
  "de",
  "es",
  "it",
  "pt-BR",
  "pt-PT",
  "nl",
  "pl",
  "ro",
  "cs",
  "sk",
  "hu",
  "bg",
  "el",
  "tr",
  "uk",
  "ru",
  "lt",
  "lv",
  "et",
  "sv",
  "da",
  "nb",
  "fi",
  "ar",
  "he",
  "fa",
  "ur",
  "hi",
  "bn",
  "pa",
  "ta",
  "zh-Hans",
  "zh-Hant",
  "ja",
  "ko",
  "vi",
  "id",
  "th",
] as const;

export type Locale = (typeof LOCALES)[number];

/** Those that are read from right to left. */
export const RIGHT_TO_LEFT: readonly Locale[] = ["ar", "he", "fa", "ur"];

/**
 * Language ranges, in lower case, that mean a locale which is not written like them. A range that is not here is shortened from its end until one fits
 * (RFC 4647 §3.4). A test holds the regions against Unicode's CLDR, as Node has it.
 */
const LOCALE_ALIASES: Readonly<Record<string, Locale | "none">> = {
  /** Codes of ISO 639 that were withdrawn, and that Android and Java still send. */
  iw: "he",
  in: "id",
  mo: "ro",
  /** Norwegian. Readers of Nynorsk read Bokmål. */
  no: "nb",
  nn: "nb",
  /** Regions that write as Portugal does (parent locales of CLDR). */
  "pt-ao": "pt-PT",
  "pt-ch": "pt-PT",
  "pt-cv": "pt-PT",
  "pt-fr": "pt-PT",
  "pt-gq": "pt-PT",
  "pt-gw": "pt-PT",
  "pt-lu": "pt-PT",
  "pt-mo": "pt-PT",
  "pt-mz": "pt-PT",
  "pt-st": "pt-PT",
  "pt-tl": "pt-PT",
  /** Which way regions write Chinese, and Cantonese. */
  "zh-cn": "zh-Hans",
  "zh-my": "zh-Hans",
  "zh-sg": "zh-Hans",
  "zh-tw": "zh-Hant",
  "zh-hk": "zh-Hant",
  "zh-mo": "zh-Hant",
  yue: "zh-Hant",
  "yue-hans": "zh-Hans",
  "yue-cn": "zh-Hans",
  /** Punjabi in Pakistan is not written in the letters of Latchkey's texts. */
  "pa-pk": "none",
  "pa-arab": "none",
};

/** A tag as Unix and Java write it too: `zh_TW.UTF-8` is `zh-tw`. Mandarin is Chinese, and Cantonese a language (RFC 5646 §2.2.2). */
export function rangeOf(tag: string): string {
  return tag
    .toLowerCase()
    .replace(/[.@].*/s, "")
    .replaceAll("_", "-")
    .replace(/^(zh-)?cmn\b/, "zh")
    .replace(/^zh-yue\b/, "yue");
}

/** A locale, "none", or the rest of the range: a language alone. */
export function meaningOf(range: string): string {
  const meaning =
    LOCALES.find((locale) => locale.toLowerCase() === range) ?? entryOf(LOCALE_ALIASES, range);
  if (meaning !== undefined) return meaning;
  const cut = range.replace(/-[a-z0-9]+$/, "");
  return cut === range ? range : meaningOf(cut);
}

export function languageOf(locale: string): string | undefined {
  return locale.split("-", 1)[0];
}
