/** The language that is asked for, by name or by the browser. */
import assert from "node:assert/strict";
import { LOCALES } from "../../../functions/policy/messages/locales.ts";
import { matchLocale, offeredLocales } from "../../../functions/verification/locale.ts";
import { linesOf, modeOf, seed, seedsOf } from "./target.ts";

export const reaches = ["functions/verification/locale.ts"] as const;

const OFFERS = [LOCALES.join(","), "en-GB", "de,fr,pt-BR", "zh-Hant,en-US"].map(offeredLocales);

/** Bits of the mode: 1, 2 the offered locales; 4 no locale is asked for by name. First line: the locale asked for; then the header. */
export function fuzz(data: Buffer): void {
  const { bit, number, rest } = modeOf(data);
  const offered = OFFERS[number & 3] ?? ["en-GB"];
  const [[line = ""], header] = linesOf(rest, 1);
  const requested = bit(2) ? undefined : line;
  const acceptLanguage = header.toString("latin1");
  const locale = matchLocale({ requested, acceptLanguage, offered });
  assert.ok(offered.includes(locale), "the locale is among the offered ones");
  assert.equal(matchLocale({ requested: locale, acceptLanguage, offered }), locale);
  const exact = offered.find((one) => one.toLowerCase() === requested?.toLowerCase());
  if (exact !== undefined) assert.equal(locale, exact, "who asks for one gets it");
  if (requested === undefined && !/[a-z]{2}/i.test(acceptLanguage))
    assert.equal(locale, offered[0], "who asks for nothing gets the first");
}

export const seeds = [
  ...["en-GB", "de-AT", "zh-TW", "pt", "sr-Latn-RS", "x-klingon", "nb-NO", "i-klingon", ""].flatMap(
    (tag) => [0, 1, 2, 3].map((mode) => seed(mode, `${tag}\n`)),
  ),
  ...["fr;q=0.9, de;q=1.0, *;q=0.1", "en;q=0", "da, en-GB;q=0.8", "*", ", ,", "de;q=2"].flatMap(
    (header) => [4, 6, 7].map((mode) => seed(mode, `\n${header}`)),
  ),
  ...seedsOf(4, `\n${"a-".repeat(5_120)}`, `\n${"de,".repeat(3_400)}`),
  seed(0, `${"en-".repeat(2_000)}\n`),
];
