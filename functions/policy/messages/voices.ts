import type { Locale } from "./locales.ts";

/**
 * The locale in which a call speaks if Twilio has no voice for the requested one (its voices are in the types of its client, which a test reads).
 * Spoken Urdu and simple Hindi are one language; the others are read in English rather than in a neighbouring language.
 */
export const SPOKEN_INSTEAD = {
  ga: "en-GB",
  et: "en-GB",
  fa: "en-GB",
  ur: "hi",
} as const satisfies Partial<Record<Locale, Locale>>;

export type SpokenLocale = Exclude<Locale, keyof typeof SPOKEN_INSTEAD>;

/** `language` of Twilio's <Say>. */
export const SAY_LANGUAGES: Readonly<Record<SpokenLocale, string>> = {
  "en-GB": "en-GB",
  "en-US": "en-US",
  cy: "cy-GB",
  fr: "fr-FR",
  de: "de-DE",
  es: "es-ES",
  it: "it-IT",
  "pt-PT": "pt-PT",
  "pt-BR": "pt-BR",
  nl: "nl-NL",
  pl: "pl-PL",
  ro: "ro-RO",
  cs: "cs-CZ",
  sk: "sk-SK",
  hu: "hu-HU",
  bg: "bg-BG",
  el: "el-GR",
  tr: "tr-TR",
  uk: "uk-UA",
  ru: "ru-RU",
  lt: "lt-LT",
  lv: "lv-LV",
  sv: "sv-SE",
  da: "da-DK",
  nb: "nb-NO",
  fi: "fi-FI",
  ar: "ar-XA",
  he: "he-IL",
  hi: "hi-IN",
  bn: "bn-IN",
  pa: "pa-IN",
  ta: "ta-IN",
  "zh-Hans": "cmn-CN",
  "zh-Hant": "cmn-TW",
  ja: "ja-JP",
  ko: "ko-KR",
  vi: "vi-VN",
  id: "id-ID",
  th: "th-TH",
};

/**
 * Google's standard voices are the only kind that Twilio has for nearly all languages; they cost a quarter of the neural ones, and digits are
 * clear in all.
 */
export const STANDARD_VOICE = "Google.{language}-Standard-A";

/** Where Twilio has no such voice. */
export const OTHER_VOICES: Partial<Record<SpokenLocale, string>> = { cy: "Polly.Gwyneth" };
