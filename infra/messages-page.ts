/**
 * Writes docs/reference/messages.md, which shows every message in every language: `node infra/messages-page.ts`. A test fails if the page differs
 * from the texts.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOCALES, type Locale, RIGHT_TO_LEFT } from "../functions/policy/messages/locales.ts";
import { SMS_TEXTS } from "../functions/policy/messages/sms.ts";
import { composeSms, type Sms, type SmsRequest } from "../functions/verification/message.ts";
import { PURPOSES, type Purpose } from "../functions/verification/verification.ts";
import { voiceGreeting, voiceScript } from "../functions/verification/voice-script.ts";
import { whatsAppLanguage } from "../functions/verification/whatsapp-language.ts";

const TARGET = join(import.meta.dirname, "../docs/reference/messages.md");
const LONGEST_BRAND = "Abcdefghij Klmnopqrs";
const BRAND = "Latchkey";
const CODE = "271828";
const FIVE_MINUTES = 300;

const ENDINGS: Readonly<Record<string, Ending>> = {
  "none, iOS": {},
  "of a web page": { platform: "web", originHost: "app.example.com" },
  "of an Android app": { platform: "android", androidAppHash: "FA+9qCX9VSu" },
};

const NAMES = new Intl.DisplayNames("en", { type: "language" });

/** The whole page. */
export function messagesPage(): string {
  return `# The messages

This page lists every text in every language. Reading time: reference. Next: [limits](limits.md).

\`infra/messages-page.ts\` generates it from [functions/policy/messages](../../functions/policy/messages). To improve a text, change its row there. [Add a language](../../CONTRIBUTING.md#add-a-language) has the steps for another one.

A message has up to four parts: the code with its purpose, the minutes, a warning, and a last line by which the device fills in the code. The last line is \`@host #code\` for web pages (WICG, origin-bound one-time codes) and the hash of the app for Android (SMS Retriever). iOS needs none.

A message is one SMS where that is possible: 160 characters of GSM-7, or 70 if one letter is not in GSM-7. The minutes are left out first, then the warning. If the rest is still longer, it is two SMS with all parts.

## Messages of two SMS

With a brand of ${LONGEST_BRAND.length} characters, the longest that a stage may have:

| last line | languages whose text takes two SMS |
|---|---|
${Object.entries(ENDINGS)
  .map(([name, ending]) => `| ${name} | ${longTexts(ending)} |`)
  .join("\n")}

## Texts by language

The first columns are the texts of an SMS by purpose.

${rows(["language", ...PURPOSES, "minutes", "warning", "WhatsApp", "voice", "call"], (locale) => [...PURPOSES.map((purpose) => smsText(locale, purpose)), minutes(locale), SMS_TEXTS[locale].warning, whatsAppLanguage(locale), ...callOf(locale)])}
`;
}

type Ending = Pick<SmsRequest, "platform" | "originHost" | "androidAppHash">;

/** The languages with the purposes whose text takes more than one SMS. */
function longTexts(ending: Ending): string {
  const languages = LOCALES.flatMap((locale) => {
    const long = PURPOSES.filter(
      (purpose) => messageOf(locale, purpose, { brand: LONGEST_BRAND, ...ending }).segments > 1,
    );
    return long.length === 0 ? [] : [`${NAMES.of(locale)} (${long.join(", ")})`];
  });
  return languages.length === 0 ? "none" : languages.join("; ");
}

function messageOf(
  locale: Locale,
  purpose: Purpose,
  ending: Ending & { readonly brand: string },
): Sms {
  return composeSms({ purpose, locale, code: CODE, lifetimeSeconds: FIVE_MINUTES, ...ending });
}

/** A table with a row for each language. */
function rows(
  [first = "", ...names]: readonly string[],
  cells: (locale: Locale) => readonly string[],
): string {
  const lines = LOCALES.map((locale) => {
    const texts = cells(locale).map((text) => cell(locale, text));
    return `| ${NAMES.of(locale)} (${locale}) | ${texts.join(" | ")} |`;
  });
  return [
    `| ${[first, ...names].join(" | ")} |`,
    `|---|${"---|".repeat(names.length)}`,
    ...lines,
  ].join("\n");
}

function smsText(locale: Locale, purpose: Purpose): string {
  return messageOf(locale, purpose, { brand: BRAND }).text;
}

function callOf(locale: Locale): readonly string[] {
  const { language, voice, greeting } = voiceGreeting(locale, { brand: BRAND });
  const { code, again, warning, goodbye } = voiceScript(locale);
  const digits = Array.from(CODE).join(", ");
  const call = [greeting, `${code} ${digits}`, `${again} ${digits}`, warning, goodbye];
  return [`${language}, ${voice}`, call.join(" ")];
}

/** One to five minutes, each form once. */
function minutes(locale: Locale): string {
  const lines = [1, 2, 3, 4, 5].map((count) => {
    const lifetimeSeconds = count * 60;
    const request = { purpose: "login", locale, brand: "A", code: CODE, lifetimeSeconds } as const;
    return composeSms(request).text.split("\n")[1] ?? "";
  });
  return [...new Set(lines)].join("\n");
}

function cell(locale: Locale, text: string): string {
  const lines = text.replaceAll("\n", "<br>");
  return RIGHT_TO_LEFT.includes(locale) ? `<div dir="rtl">${lines}</div>` : lines;
}

if (import.meta.main) writeFileSync(TARGET, messagesPage());
