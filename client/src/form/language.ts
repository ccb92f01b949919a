import { LOCALES, languageOf, meaningOf, RIGHT_TO_LEFT, rangeOf } from "../locales.ts";

/** The language of the form and of messages for a reader of `tag` (BCP 47); `en-GB` if Latchkey has no other. */
export function nearestLocale(tag: string): string {
  const meaning = meaningOf(rangeOf(tag));
  const isMeant = (locale: string) => languageOf(locale) === languageOf(meaning);
  return LOCALES.find((locale) => locale === meaning) ?? LOCALES.find(isMeant) ?? "en-GB";
}

export function directionOf(locale: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.some((name) => name === locale) ? "rtl" : "ltr";
}

/** `4:09`, in the digits of the locale. */
export function clock(seconds: number, locale: string): string {
  const minutes = new Intl.NumberFormat(locale).format(Math.floor(seconds / 60));
  const rest = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 }).format(seconds % 60);
  return `${minutes}:${rest}`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** `in 24 seconds`, `in 3 minutes`. Rounded up, so that no person comes back too early. */
export function fromNow(seconds: number, locale: string): string {
  const [unit, size] =
    UNITS.find(([, length]) => seconds >= 2 * length) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(locale).format(Math.ceil(seconds / size), unit);
}

/** The countries by name, as the reader calls and sorts them. */
export function namesOf(
  countries: readonly string[],
  locale: string,
): readonly { readonly country: string; readonly name: string }[] {
  const names = new Intl.DisplayNames(locale, { type: "region", fallback: "code" });
  return countries
    .map((country) => ({ country, name: nameOf(names, country) }))
    .sort((one, other) => one.name.localeCompare(other.name, locale));
}

function nameOf(names: Intl.DisplayNames, country: string): string {
  try {
    return names.of(country) ?? country;
  } catch {
    return country;
  }
}
