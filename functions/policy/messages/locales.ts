import { LOCALES, type Locale } from "../../../client/src/locales.ts";

// The form uses the same languages, and is a package without a back end, so the table is there.
export { LOCALES, type Locale, RIGHT_TO_LEFT } from "../../../client/src/locales.ts";

export function isLocale(text: string): text is Locale {
  return LOCALES.some((locale) => locale === text);
}
