import { type Locale, RIGHT_TO_LEFT } from "../policy/messages/locales.ts";
import { SMS_TEXTS } from "../policy/messages/sms.ts";
import type { MinuteForms } from "../policy/messages/texts.ts";
import { type Encoding, segmentsOf } from "./segments.ts";
import { type Platform, PURPOSES, type Purpose } from "./verification.ts";

export type SmsRequest = {
  readonly purpose: Purpose;
  readonly locale: Locale;
  readonly platform?: Platform | undefined;
  readonly brand: string;
  readonly code: string;
  readonly lifetimeSeconds: number;
  /** The host of the request's origin, once it is on the allow-list. Only `web` uses it. */
  readonly originHost?: string | undefined;
  /** The eleven characters of the app's hash. Only `android` uses it. */
  readonly androidAppHash?: string | undefined;
};

export type Sms = {
  readonly text: string;
  readonly encoding: Encoding;
  /** The number of billed segments. */
  readonly segments: 1 | 2;
};

/**
 * The text of an SMS, and its segments. The purpose, the code, the brand and the autofill line are always in it. The lifetime, and then the
 * warning, are left out if they would cost another segment. An autofill line that would need a third segment is left out too; synthesis refuses
 * such an origin.
 */
export function composeSms(request: SmsRequest): Sms {
  const { purpose, locale, brand, code, lifetimeSeconds } = request;
  const texts = SMS_TEXTS[locale];
  const sentence = filled(texts[purpose], { brand: keptTogether(brand, locale), code });
  const minutes = minutesLeft(texts.minutes, lifetimeSeconds);
  const line = autofillLine(request, sentence);
  const least = textOf([sentence, line]);
  const fullest = [
    textOf([sentence, minutes, texts.warning, line]),
    textOf([sentence, texts.warning, line]),
  ].find((text) => costsNoMore(text, least, request));
  const text = fullest ?? least;
  const { encoding, segments } = segmentsOf(text);
  return { text, encoding, segments: segments === 1 ? 1 : 2 };
}

/**
 * Whether a host fits into the autofill line of every message: each of these locales and purposes, with the longest code. A host that browsers do
 * not read there gets no line, and so is never too long.
 */
export function takesOriginHost(
  originHost: string,
  { brand, locales }: { readonly brand: string; readonly locales: readonly Locale[] },
): boolean {
  if (!HOST.test(originHost)) return true;
  const code = "0".repeat(LONGEST_CODE_DIGITS);
  const request = { platform: "web", brand, code, lifetimeSeconds: 300, originHost } as const;
  return locales.every((locale) =>
    PURPOSES.every((purpose) =>
      composeSms({ ...request, locale, purpose }).text.endsWith(`\n@${originHost} #${code}`),
    ),
  );
}

/** The most digits of a code, by the bounds of the limits. */
const LONGEST_CODE_DIGITS = 8;

/** Hosts that browsers read here: no port, and no IPv6 address. */
const HOST = /^[a-z0-9.-]+$/;

/**
 * The last line. For web pages the one of origin-bound one-time codes (WICG, sms-one-time-codes §2.1), which a browser gives to pages of that
 * host only; for Android apps the hash by which SMS Retriever finds the app. iOS finds a code by the words around it.
 */
function autofillLine(
  { platform, originHost, androidAppHash, code }: SmsRequest,
  sentence: string,
): string | undefined {
  if (platform === "android") return androidAppHash;
  if (platform !== "web" || originHost === undefined || !HOST.test(originHost)) return undefined;
  const line = `@${originHost} #${code}`;
  return segmentsOf(textOf([sentence, line])).segments <= 2 ? line : undefined;
}

/** SMS Retriever reads messages of up to 140 bytes. One segment is no longer, but 160 characters of GSM-7 are, where an app counts one byte each. */
const RETRIEVER_CHARACTERS = 140;

function costsNoMore(text: string, least: string, { platform }: SmsRequest): boolean {
  const isRead = platform !== "android" || text.length <= RETRIEVER_CHARACTERS;
  return isRead && segmentsOf(text).segments <= segmentsOf(least).segments;
}

const LEFT_TO_RIGHT_MARK = "\u200e";

/**
 * In right-to-left text, a digit or punctuation at an end of a brand would move to its other side: 7-Eleven would appear as Eleven-7. An invisible mark keeps it there. Ends that are letters need none, and neither does the code, which is never beside the brand. Isolates would
 * cost two characters in every message, and old phones show them as boxes.
 */
function keptTogether(brand: string, locale: Locale): string {
  if (!RIGHT_TO_LEFT.includes(locale)) return brand;
  const before = /^[a-z]/i.test(brand) ? "" : LEFT_TO_RIGHT_MARK;
  const after = /[a-z0-9]$/i.test(brand) ? "" : LEFT_TO_RIGHT_MARK;
  return `${before}${brand}${after}`;
}

/** One line each: a new line is a new paragraph, so no line's direction depends on another's. */
function textOf(lines: readonly (string | undefined)[]): string {
  return lines.filter((line) => line !== undefined).join("\n");
}

/** Minutes are rounded up: five minutes less a second are called five. */
function minutesLeft(forms: MinuteForms, lifetimeSeconds: number): string {
  const minutes = Math.max(1, Math.ceil(lifetimeSeconds / 60));
  const form = FORMS.filter((from) => from <= minutes && forms[from] !== undefined)[0] ?? 1;
  return filled(forms[form] ?? forms[1], { minutes: String(minutes) });
}

/** Largest first. */
const FORMS = [5, 3, 2] as const satisfies readonly (keyof MinuteForms)[];

/** Fills in the words in one pass: a filled-in word is never read as a placeholder. */
function filled(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, word: string) => words[word] ?? place);
}
