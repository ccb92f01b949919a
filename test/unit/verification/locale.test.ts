import { describe, expect, it } from "vitest";
import { LOCALES } from "../../../functions/policy/messages/locales.ts";
import { matchLocale, offeredLocales } from "../../../functions/verification/locale.ts";

const named = (requested: string) => matchLocale({ requested, offered: LOCALES });
const accepted = (acceptLanguage: string) => matchLocale({ acceptLanguage, offered: LOCALES });

describe("a locale that is asked for by name", () => {
  it.each(LOCALES)("is itself where it is %s, however it is written", (locale) => {
    expect([named(locale), named(locale.toLowerCase()), named(locale.toUpperCase())]).toEqual([
      locale,
      locale,
      locale,
    ]);
  });

  it.each([
    // Cut from its end until one fits.
    ["fr-CA", "fr"],
    ["de-CH-1901", "de"],
    ["es-419", "es"],
    ["sr-Latn", "en-GB"],
    ["en-AU", "en-GB"],
    ["en-GB-oxendict", "en-GB"],
    ["nb-NO", "nb"],
    ["zh-Hant-CN-x-private1-private2", "zh-Hant"],
    ["de-DE-u-co-phonebk", "de"],
    ["cy-x-anything", "cy"],
    // Written in another way.
    ["iw-IL", "he"],
    ["in-ID", "id"],
    ["no", "nb"],
    ["no-NO", "nb"],
    ["nn-NO", "nb"],
    ["en", "en-GB"],
    ["zh", "zh-Hans"],
    ["zh-Hans-HK", "zh-Hans"],
    ["zh-Hant-MY", "zh-Hant"],
    ["zh-yue-HK", "zh-Hant"],
    ["yue-HK", "zh-Hant"],
    ["yue-Hans-CN", "zh-Hans"],
    ["cmn-Hant-TW", "zh-Hant"],
    ["pa-IN", "pa"],
    ["pa-Guru", "pa"],
    // The stage's own where nobody could read ours.
    ...["pa-PK", "pa-Arab-PK", "sw", "sw-KE", "ms", "tlh"].map((range) => [range, "en-GB"]),
  ])("is the nearest of ours: %s is %s", (range = "", locale) => {
    expect(named(range)).toBe(locale);
  });

  it.each([
    ...["", "*", "-", "f", "fr--CA", "français", "fr;q=1", " fr", "constructor", "__proto__"],
    ...["123", `fr-${"a".repeat(9)}`, `fr${"-a".repeat(5_000)}`],
  ])("is passed over where it is none: %j", (nonsense) => {
    expect(named(nonsense)).toBe("en-GB");
    const acceptLanguage = "cy";
    expect(matchLocale({ requested: nonsense, acceptLanguage, offered: LOCALES })).toBe("cy");
  });
});

describe("the languages that a browser accepts", () => {
  it.each([
    ["pl-PL,pl;q=0.9,en;q=0.8", "pl"],
    ["en;q=0.5, fr;q=0.9, de;q=0.1", "fr"],
    ["fr;q=0.8, de;q=0.8", "fr"],
    ["sw, ta;q=0.2", "ta"],
    ["*, cy;q=0.3", "cy"],
    ["fr;q=0, cy;q=0.001", "cy"],
    ["fr;q=0.000", "en-GB"],
    ["fr ; q=1.000 , de", "fr"],
    ["FR;Q=0.9, de;q=0.8", "fr"],
    ["fr;q=2, de", "de"],
    ["fr;q=0.1234, de", "de"],
    ["fr;q=-1, de", "de"],
    ["fr;level=1, de", "de"],
    [",,;q=1,ja", "ja"],
    ["", "en-GB"],
  ])("are taken by their weight: %j is %s", (header, locale) => {
    expect(accepted(header)).toBe(locale);
  });

  it("come after the locale that is asked for by name, and before the stage's own", () => {
    const offered = ["de", "fr", "cy"] as const;
    expect(matchLocale({ requested: "cy", acceptLanguage: "fr", offered })).toBe("cy");
    expect(matchLocale({ requested: "sw", acceptLanguage: "fr", offered })).toBe("fr");
    expect(matchLocale({ requested: "sw", acceptLanguage: "ja", offered })).toBe("de");
    expect(matchLocale({ offered })).toBe("de");
  });

  it("are read up to the twentieth", () => {
    expect(accepted(`${"sw,".repeat(19)}fr`)).toBe("fr");
    expect(accepted(`${"sw,".repeat(20)}fr`)).toBe("en-GB");
  });
});

describe("a stage", () => {
  it("that speaks one form of a language speaks it to those who ask for another", () => {
    const offered = ["de", "pt-PT", "zh-Hans", "en-US"] as const;
    const asked = ["pt-BR", "pt", "zh-TW", "zh-Hant", "en-GB", "en-IE", "zh-SG"];
    expect(asked.map((requested) => matchLocale({ requested, offered }))).toEqual([
      ...["pt-PT", "pt-PT", "zh-Hans", "zh-Hans", "en-US", "en-US", "zh-Hans"],
    ]);
  });

  it("means by a language alone the form that it lists first", () => {
    const offered = ["en-US", "en-GB", "pt-PT", "pt-BR"] as const;
    expect(matchLocale({ requested: "en", offered })).toBe("en-US");
    expect(matchLocale({ requested: "en-GB", offered })).toBe("en-GB");
    expect(matchLocale({ requested: "pt", offered })).toBe("pt-PT");
  });

  it("speaks what it lists and nothing else", () => {
    expect(offeredLocales("cy,en-GB")).toEqual(["cy", "en-GB"]);
    expect(offeredLocales(LOCALES.join(","))).toEqual(LOCALES);
    expect(() => offeredLocales("cy,tlh")).toThrow("no locale: tlh");
    expect(() => offeredLocales("")).toThrow("no locale: ");
  });
});

describe("Unicode's CLDR", () => {
  it.each(["CN", "SG", "MY", "TW", "HK", "MO"])("writes Chinese in %s as we do", (region) => {
    const { script } = new Intl.Locale(`zh-${region}`).maximize();
    expect(named(`zh-${region}`)).toBe(`zh-${script}`);
    const offered = ["zh-Hant", "zh-Hans"] as const;
    expect(matchLocale({ requested: `zh-${region}`, offered })).toBe(`zh-${script}`);
  });

  it.each(["iw", "in", "mo"])("has withdrawn the name %s for what we take it", (name) => {
    expect(named(name)).toBe(new Intl.Locale(name).language);
  });

  it.each(["yue", "yue-CN", "yue-HK", "cmn-TW", "cmn"])("writes %s as we do", (name) => {
    const { script } = new Intl.Locale(name).maximize();
    expect(named(name)).toBe(`zh-${script}`);
  });

  it("writes Punjabi in Pakistan in other letters", () => {
    expect(new Intl.Locale("pa-PK").maximize().script).toBe("Arab");
    expect(new Intl.Locale("pa").maximize().script).toBe("Guru");
  });

  it.each("AO CH CV FR GQ GW LU MO MZ ST TL".split(" "))(
    "derives the Portuguese of %s from that of Portugal, as its list of parents has it",
    (region) => {
      expect(named(`pt-${region}`)).toBe("pt-PT");
    },
  );

  it("takes Portuguese alone for that of Brazil", () => {
    expect(named("pt")).toBe(`pt-${new Intl.Locale("pt").maximize().region}`);
  });
});
