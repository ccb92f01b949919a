import { languageOf, meaningOf, rangeOf } from "../../client/src/locales.ts";
import { isLocale, LOCALES, type Locale } from "../policy/messages/locales.ts";

/** The languages of a stage; the first is its default. */
export type OfferedLocales = readonly [Locale, ...Locale[]];

export type LocaleWish = {
  /** The language that the body names in `locale`. */
  readonly requested?: string | undefined;
  /** The header `Accept-Language`, as it was sent (RFC 9110 §12.5.4). */
  readonly acceptLanguage?: string | undefined;
  readonly offered: OfferedLocales;
};

/**
 * The locale of a message: the first wish that is offered, by the lookup of RFC 4647 §3.4, or the stage's default. The country of the number does
 * not matter, since people travel and move. Never throws: unreadable wishes are skipped.
 */
export function matchLocale({ requested, acceptLanguage, offered }: LocaleWish): Locale {
  // Stryker disable next-line StringLiteral: any text that is no range asks for nothing
  const wishes = [requested ?? "", ...rangesOf(acceptLanguage ?? "")];
  for (const wish of wishes) {
    const locale = lookUp(wish, offered);
    if (locale !== undefined) return locale;
  }
  return offered[0];
}

/** The locales of a stage from its environment. Anything else is a fault at cold start. */
export function offeredLocales(names: string): OfferedLocales {
  const [first, ...others] = names.split(",").map((name) => {
    if (!isLocale(name)) throw new Error(`no locale: ${name}`);
    return name;
  });
  return [first ?? LOCALES[0], ...others];
}

/** A browser sends a handful; the rest of a longer header is not read. */
const MOST_RANGES = 20;

const WEIGHTED_RANGE = /^\s*([a-z0-9-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i;

/** The ranges of an `Accept-Language`, best first, without those of weight 0 and without `*`. */
function rangesOf(header: string): readonly string[] {
  return header
    .split(",", MOST_RANGES)
    .map(weightedRange)
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ range }) => range);
}

function weightedRange(part: string): { readonly range: string; readonly weight: number } {
  const match = WEIGHTED_RANGE.exec(part);
  // Stryker disable next-line StringLiteral: any text that is no range asks for nothing
  const range = match?.[1] ?? "";
  return { range, weight: Number(match?.[2] ?? 1) };
}

/** A language and its subtags. BCP 47 requires no reader to take more than 35 characters (RFC 5646 §4.4.1). */
const RANGE = /^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,8}$/;

/** Cuts a range from its end until one fits; if its meaning is not offered, the first form of the same language is used. */
function lookUp(wish: string, offered: OfferedLocales): Locale | undefined {
  const range = rangeOf(wish);
  if (!RANGE.test(range)) return undefined;
  const meaning = meaningOf(range);
  return (
    offered.find((locale) => locale === meaning) ??
    offered.find((locale) => languageOf(locale) === languageOf(meaning))
  );
}
