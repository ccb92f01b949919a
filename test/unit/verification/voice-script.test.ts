import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOCALES, type Locale } from "../../../functions/policy/messages/locales.ts";
import { SPOKEN_INSTEAD } from "../../../functions/policy/messages/voices.ts";
import { voiceGreeting, voiceScript } from "../../../functions/verification/voice-script.ts";
import { whatsAppLanguage } from "../../../functions/verification/whatsapp-language.ts";

/** The types of Twilio's client, which list its voices and languages. */
const TWILIO = readFileSync(
  join(import.meta.dirname, "../../../node_modules/twilio/lib/twiml/VoiceResponse.d.ts"),
  "utf8",
);
const WITHOUT_VOICE: readonly string[] = Object.keys(SPOKEN_INSTEAD);

function unionOf(name: string): readonly string[] {
  const union = new RegExp(`type ${name} = ([^;]+);`).exec(TWILIO)?.[1] ?? "";
  return Array.from(union.matchAll(/"([^"]+)"/g), ([, member = ""]) => member);
}

const VOICES = unionOf("SayVoice");
const LANGUAGES = unionOf("SayLanguage");

describe.each(LOCALES)("a call in %s", (locale) => {
  const greeting = voiceGreeting(locale, { brand: "Acme & Söhne $&" });
  const script = voiceScript(locale);

  it("has a voice that Twilio has, of the language", () => {
    expect(VOICES).toContain(greeting.voice);
    if (greeting.voice.startsWith("Google."))
      expect(greeting.voice).toBe(`Google.${greeting.language}-Standard-A`);
    else expect(LANGUAGES).toContain(greeting.language);
    expect(script).toMatchObject({ language: greeting.language, voice: greeting.voice });
  });

  it("names the caller, and requests a key press, and no number", () => {
    expect(greeting.greeting.split("Acme & Söhne $&")).toHaveLength(2);
    expect(greeting.greeting.length).toBeGreaterThan(30);
    expect(greeting.greeting).not.toMatch(/[{}\d<>]/);
  });

  it("has four sentences around the digits, without a number or a place to fill in", () => {
    const { code, again, warning, goodbye } = script;
    const said = [code, again, warning, goodbye];
    expect(new Set(said).size).toBe(4);
    for (const text of said) expect(text).toMatch(/^[^{}\d<>&]{2,}$/);
  });
});

describe("a language without a voice", () => {
  it.each(WITHOUT_VOICE)("has none at Twilio: %s", (locale) => {
    const own = (name: string) => new RegExp(`^(?:Google\\.)?${locale}-`).test(name);
    expect([...VOICES, ...LANGUAGES].filter(own)).toEqual([]);
  });

  it("is spoken in another that has one", () => {
    expect(voiceGreeting("ur", { brand: "Acme" }).language).toBe("hi-IN");
    expect(voiceScript("ga")).toEqual(voiceScript("en-GB"));
    expect(voiceScript("en-GB").code).toBe("Your code is:");
  });
});

/** Meta, Cloud API, "Supported languages" of templates, May 2026, without the regions that we have no texts for. */
const META =
  "ar bn bg zh_CN zh_HK zh_TW cs da nl en en_GB en_US et fi fr de el he hi hu id ga it ja ko lv lt nb fa pl pt_BR pt_PT pa ro ru sk es sv ta th tr uk ur vi".split(
    " ",
  );

describe("a WhatsApp template", () => {
  it.each(LOCALES)("has the language %s by a name of Meta's", (locale) => {
    expect(META).toContain(whatsAppLanguage(locale));
  });

  it("has the same language as the locale, but in Welsh, which Meta has not", () => {
    const languageOf = (name: string) => name.split(/[-_]/, 1)[0];
    const others = LOCALES.filter(
      (locale) => languageOf(whatsAppLanguage(locale)) !== languageOf(locale),
    );
    expect(others).toEqual(["cy"]);
    expect(whatsAppLanguage("cy")).toBe("en_GB");
    const chinese: readonly Locale[] = ["zh-Hans", "zh-Hant"];
    expect(chinese.map(whatsAppLanguage)).toEqual(["zh_CN", "zh_TW"]);
    expect(whatsAppLanguage("pt-PT")).toBe("pt_PT");
  });
});
