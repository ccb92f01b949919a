import { describe, expect, it } from "vitest";
import { LOCALES, type Locale, RIGHT_TO_LEFT } from "../../../functions/policy/messages/locales.ts";
import { SMS_TEXTS } from "../../../functions/policy/messages/sms.ts";
import { PURPOSES } from "../../../functions/verification/verification.ts";

/** How the locales that are not written in Latin letters are written, as Unicode names it. */
const SCRIPTS: Partial<Record<Locale, readonly string[]>> = {
  bg: ["Cyrl"],
  uk: ["Cyrl"],
  ru: ["Cyrl"],
  el: ["Grek"],
  ar: ["Arab"],
  he: ["Hebr"],
  fa: ["Arab"],
  ur: ["Arab"],
  hi: ["Deva"],
  bn: ["Beng"],
  pa: ["Guru"],
  ta: ["Taml"],
  "zh-Hans": ["Hani"],
  "zh-Hant": ["Hani"],
  ja: ["Hani", "Hira", "Kana"],
  ko: ["Hang"],
  th: ["Thai"],
};

/** Where a number is followed by the same word, one or many. */
const WITHOUT_PLURAL: readonly Locale[] = [
  ...(["ga", "hu", "tr", "fa", "ur", "hi", "bn", "pa"] as const),
  ...(["zh-Hans", "zh-Hant", "ja", "ko", "vi", "id", "th"] as const),
];

/** Letters that the writing knows and the language does not: those of its neighbours, and those of the other Chinese. */
const FOREIGN_LETTERS: Partial<Record<Locale, RegExp>> = {
  ar: /[کیگچپژەۀ]/,
  fa: /[كيىة]/,
  ur: /[كيىةه]/,
  uk: /[ыэъё]/i,
  ru: /[іїєґ]/i,
  bg: /[ыэёіїє]/i,
  "zh-Hans": /[驗證碼錄註冊號換請誰為內]/,
  "zh-Hant": /[验证码录注册号换请谁为内]/,
};

describe.each(LOCALES)("the texts in %s", (locale) => {
  const { minutes, warning, ...sentences } = SMS_TEXTS[locale];
  const forms = Object.values(minutes);
  const everyText = [...Object.values(sentences), ...forms, warning];

  it("have for each purpose a text of its own, with one code and one brand", () => {
    expect(Object.keys(sentences).sort()).toEqual([...PURPOSES].sort());
    expect(new Set(Object.values(sentences)).size).toBe(PURPOSES.length);
    for (const sentence of Object.values(sentences)) {
      expect(sentence.match(/\{\w+\}/g)?.sort()).toEqual(["{brand}", "{code}"]);
    }
  });

  it("have nothing to fill in elsewhere but the minutes, and a digit nowhere", () => {
    expect(warning).toMatch(/^[^{}\d]{8,}$|^[^{}\d\p{sc=Latn}]{6,}$/u);
    const isWord = locale === "ar" || locale === "he";
    expect(forms.map((form) => form.match(/\{\w+\}/g))).toEqual(
      forms.map((_, index) => (isWord && index < 2 ? null : ["{minutes}"])),
    );
    for (const text of everyText) expect(text).not.toMatch(/\d/);
  });

  it("are written in the letters of the language, each composed, with marks that every handset has", () => {
    const scripts = SCRIPTS[locale] ?? ["Latn"];
    const letters = scripts.map((script) => `\\p{scx=${script}}`).join("");
    for (const text of everyText) {
      const words = text.replace(/\{\w+\}/g, "");
      expect(words).toMatch(new RegExp(`^(?:(?=[\\p{L}\\p{M}])[${letters}]|[ .,:'。-])+$`, "u"));
      expect(words).not.toMatch(FOREIGN_LETTERS[locale] ?? /^$/);
      expect(words.normalize("NFC")).toBe(words);
      expect(text).not.toMatch(/^ | $| {2}/);
    }
  });

  it("begin with a letter of theirs, or with the code, where they are read from right to left", () => {
    for (const text of RIGHT_TO_LEFT.includes(locale) ? everyText : []) {
      expect(text.replace(/^\{(?:code|minutes)\} /, "")).toMatch(/^[\p{sc=Arab}\p{sc=Hebr}]/u);
    }
    expect(everyText).not.toContain("");
  });

  it("have another word for minutes where the language counts otherwise (CLDR), and only there", () => {
    const rules = new Intl.PluralRules(locale);
    const formOf = (count: number) => {
      const from = ([5, 3, 2] as const).find((key) => key <= count && minutes[key] !== undefined);
      return minutes[from ?? 1];
    };
    for (const count of [2, 3, 4, 5]) {
      const isOtherwise = rules.select(count) !== rules.select(count - 1);
      // Welsh nouns change after two; after three those that begin with m do not.
      const isHeard = !WITHOUT_PLURAL.includes(locale) && !(locale === "cy" && count > 3);
      expect(formOf(count) !== formOf(count - 1)).toBe(isOtherwise && isHeard);
    }
  });
});
