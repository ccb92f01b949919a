/**
 * The languages that messages are written in, as BCP 47 tags. What a stage speaks that says nothing else: the first is its default, and a
 * language alone means the first of its forms.
 */
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

export function isLocale(text: string): text is Locale {
  return LOCALES.some((locale) => locale === text);
}
