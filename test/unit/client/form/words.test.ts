import { describe, expect, it } from "vitest";
import { codeIn } from "../../../../client/src/form/code-text.ts";
import { callingCode, typedNumber } from "../../../../client/src/form/formatting.ts";
import {
  clock,
  directionOf,
  fromNow,
  namesOf,
  nearestLocale,
} from "../../../../client/src/form/language.ts";
import { ENGLISH } from "../../../../client/src/form/texts.ts";
import { deliveryTold, sentence, toldOf } from "../../../../client/src/form/words.ts";
import { LOCALES as ALL } from "../../../../client/src/locales.ts";
import { readTranslations } from "../../../../client/text-files.ts";
import { matchLocale } from "../../../../functions/verification/locale.ts";
import { composeSms } from "../../../../functions/verification/message.ts";
import { PURPOSES } from "../../../../functions/verification/verification.ts";

/** English is inside the form. */
const LOCALES = ALL.filter((locale) => locale !== "en-GB");

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe("the words of the form", () => {
  it("are there for each locale that is named, and for no other", async () => {
    const rows = await readTranslations();
    expect([...rows.keys()]).toEqual(LOCALES.map((tag) => tag.toLowerCase()));
    for (const texts of rows.values())
      expect(Object.keys(ENGLISH)).toEqual(expect.arrayContaining(Object.keys(texts)));
  });

  it.each(LOCALES)("in %s are complete, with the same to fill in", async (locale) => {
    const row = (await readTranslations()).get(locale.toLowerCase()) ?? {};
    const texts: Readonly<Record<string, string>> =
      locale === "en-US" ? { ...ENGLISH, ...row } : row;
    for (const [key, english] of Object.entries(ENGLISH)) {
      const text = texts[key] ?? "";
      expect(text.trim(), key).not.toBe("");
      expect(placeholders(text), key).toEqual(placeholders(english));
    }
    // Words that were left in English would be found here; some are the same in a neighbour's tongue.
    const same = Object.entries(ENGLISH).filter(([key, english]) => texts[key] === english);
    expect(same.length).toBeLessThanOrEqual(locale === "en-US" ? 58 : 2);
  });

  it.each([
    ["en", "en-GB"],
    ["en-AU", "en-GB"],
    ["en-US", "en-US"],
    ["pt-BR", "pt-BR"],
    ["pt-AO", "pt-PT"],
    ["pt", "pt-BR"],
    ["zh-TW", "zh-Hant"],
    ["zh-HK", "zh-Hant"],
    ["zh", "zh-Hans"],
    ["zh-Hant-SG", "zh-Hant"],
    ["zh_TW", "zh-Hant"],
    ["zh_HK.UTF-8", "zh-Hant"],
    ["zh_Hans_CN", "zh-Hans"],
    ["ZH-tw", "zh-Hant"],
    ["yue", "zh-Hant"],
    ["pt_BR@euro", "pt-BR"],
    ["pa-PK", "en-GB"],
    ["sr_Latn_RS", "en-GB"],
    ["no", "nb"],
    ["nn-NO", "nb"],
    ["iw", "he"],
    ["fr-CA", "fr"],
    ["xx", "en-GB"],
    ["not a tag", "en-GB"],
    ["constructor", "en-GB"],
    ["", "en-GB"],
  ])("for a reader of %j are those of %s, as are the words of the message", (tag, locale) => {
    expect(nearestLocale(tag)).toBe(locale);
    expect(matchLocale({ requested: tag, offered: ALL })).toBe(locale);
  });

  it("run from the right in four languages", () => {
    const rightToLeft = LOCALES.filter((locale) => directionOf(locale) === "rtl");
    expect(rightToLeft.join()).toBe("ar,he,fa,ur");
  });

  it("round times up, so that no retry is too early", () => {
    expect(fromNow(24, "en-GB")).toBe("in 24 seconds");
    expect(fromNow(119, "en-GB")).toBe("in 119 seconds");
    expect(fromNow(121, "en-GB")).toBe("in 3 minutes");
    expect(fromNow(600, "pl")).toBe("za 10 minut");
    expect(clock(249, "en-GB")).toBe("4:09");
  });

  it("show an unknown problem as a fault, and a lock without its weeks", () => {
    const problem = { kind: "problem", messageKey: "x", title: "x", status: 429 } as const;
    const now = 1_000_000;
    const told = (code: string, retryAfterSeconds = 0) =>
      sentence(toldOf({ ...problem, code, retryAfterSeconds }, now), ENGLISH, "en-GB", now);
    expect(told("of-next-year").text).toBe("Something went wrong. Try again.");
    expect(told("too-many-requests", 30)).toEqual({
      text: "Too many codes were asked for. Try again {time}.",
      time: "in 30 seconds",
    });
    expect(told("number-locked", 2_592_000)).toEqual({ text: ENGLISH.locked, time: "" });
  });

  it.each([
    ["phone-not-allowed", "numberNotAllowed"],
    ["country-not-enabled", "countryNotEnabled"],
    ["recipient-opted-out", "optedOut"],
    ["number-locked", "locked"],
    ["sending-paused", "paused"],
    ["provider-unavailable", "paused"],
    ["internal-error", "failed"],
    ["constructor", "failed"],
  ] as const)("show the problem %s: %s", (code, key) => {
    const problem = { kind: "problem", code, messageKey: "x", title: "x", status: 400 } as const;
    expect(toldOf(problem, 0)).toEqual({ key, isFault: true });
  });

  it.each([
    ["unreachable", "unreachable"],
    ["not-in-service", "notInService"],
    ["landline", "landline"],
    ["filtered", "undelivered"],
    ["opted-out", "optedOut"],
    ["not-on-whatsapp", "notOnWhatsapp"],
    ["no-answer", "noAnswer"],
    ["busy", "busy"],
    ["failed", "undelivered"],
    ["a-word-of-next-year", "undelivered"],
    ["constructor", "undelivered"],
  ])("show why a message did not arrive: %s is %s", (deliveryReason, key) => {
    const verification = Object({ delivery: "undelivered", deliveryReason });
    expect(deliveryTold(verification)).toEqual({ key, isFault: true });
  });

  it("leave in a text of the page what has no value", () => {
    const texts = { ...ENGLISH, failed: "{constructor}" };
    expect(sentence({ key: "failed", isFault: true }, texts, "en-GB", 0).text).toBe(texts.failed);
  });

  it("name and sort countries as the reader does", () => {
    const names = namesOf(["GB", "FR", "IE", "XX"], "de").map(({ name }) => name);
    expect(names.join()).toBe("Frankreich,Irland,Vereinigtes Königreich,XX");
  });
});

describe("a code as it comes in", () => {
  it.each([
    ["123456", "123456"],
    [" 123 456 ", "123456"],
    ["123-456", "123456"],
    ["١٢٣٤٥٦", "123456"],
    ["۱۲۳۴۵۶", "123456"],
    ["१२३४५६", "123456"],
    ["１２３４５６", "123456"],
    ["123456 is your code", "123456"],
    ["12a", "12"],
    ["1234567", "123456"],
    ["๑๒๓๔๕๖", "123456"],
    ["១២៣៤៥៦", "123456"],
    ["൧൨൩൪൫൬", "123456"],
    ["\u200e12\u200b3\u2011456\u202c", "123456"],
    ["7-Eleven: ٤٨٢٩١٥", "482915"],
    ["Your 24/7 Gym code: 482 915 (5 minutes)", "482915"],
    ["Route 66 482-915", "482915"],
    ["246810 is your Studio 135791 code.\n\n@app.example #246810", "246810"],
    ["Studio 135791: your code is 246810.\n\n@app.example #246810", "246810"],
    ["Code 7 for 24 hours: 4829", "4829"],
    ["12x345", "12345"],
    ["Code for order 135791: 246810@app.example #246810", "246810"],
    ["2026-11-28 code 482 915", "482915"],
  ])("%j is %s", (text, code) => {
    expect(codeIn(text, 6)).toBe(code);
  });

  it.each(ALL)("in a whole message in %s is found, whatever digits the brand has", (locale) => {
    for (const brand of ["7-Eleven", "Studio 135791", "2026"])
      for (const code of ["1234", "482915", "04829150"])
        for (const purpose of PURPOSES) {
          const { text } = composeSms({ purpose, locale, brand, code, lifetimeSeconds: 300 });
          expect(codeIn(text.replaceAll("\n", " "), code.length), text).toBe(code);
        }
  });
});

describe("a number as it is typed", () => {
  it.each([
    ["07700900123", "GB", "07700 900123", "+447700900123"],
    ["07700 900 123", "GB", "07700 900123", "+447700900123"],
    ["+44 (0)7700 900123", "GB", "+44 7700 900123", "+447700900123"],
    ["(+44) 7700 900123", "GB", "+44 7700 900123", "+447700900123"],
    ["+447700900123", "FR", "+44 7700 900123", "+447700900123"],
    ["00447700900123", "GB", "00 44 7700 900123", "+447700900123"],
    ["0850123456", "IE", "085 012 3456", "+353850123456"],
    ["0612345678", "FR", "06 12 34 56 78", "+33612345678"],
    ["2015550123", "US", "(201) 555-0123", "+12015550123"],
    ["0770", "GB", "0770", undefined],
    ["+44", "GB", "+44", undefined],
  ])("%j in %s reads %j and is %s", (typed, country, text, e164) => {
    const number = typedNumber(typed, country);
    expect({ text: number.text, e164: number.e164 }).toEqual({ text, e164 });
  });

  it("has the code of its country, where there is one", () => {
    expect(["GB", "IE", "US", "XX"].map(callingCode)).toEqual(["+44", "+353", "+1", ""]);
  });
});
