import bidiFactory from "bidi-js";
import fc from "fast-check";
import { SegmentedMessage } from "sms-segments-calculator";
import { describe, expect, it } from "vitest";
import { LOCALES, type Locale, RIGHT_TO_LEFT } from "../../../functions/policy/messages/locales.ts";
import { SMS_TEXTS } from "../../../functions/policy/messages/sms.ts";
import {
  composeSms,
  type SmsRequest,
  takesOriginHost,
} from "../../../functions/verification/message.ts";
import { type Platform, PURPOSES } from "../../../functions/verification/verification.ts";
import {
  codeAmongWords,
  isReadByChromium,
  originBoundCode,
  retrievedCode,
} from "../../support/autofill.ts";
import {
  APP_HASH,
  CODE,
  HOST,
  LONGEST_BRAND,
  messagesOf,
  type SentMessage,
} from "../../support/messages.ts";

const bidi = bidiFactory();

/** What ends a message for each platform. */
const ENDS: Readonly<Record<Platform | "none", readonly string[]>> = {
  web: [`@${HOST} #${CODE}`],
  android: [APP_HASH],
  ios: [],
  none: [],
};

/** What stands before the line by which a device fills the code in. */
function wordsOf({ request: { platform }, sms: { text } }: SentMessage): string {
  return platform === "web" || platform === "android"
    ? text.slice(0, text.lastIndexOf("\n"))
    : text;
}

const counted = new Map<string, SegmentedMessage>();

/** A text as Twilio's own calculator counts it, which takes its time. */
function atTwilio(text: string): SegmentedMessage {
  const known = counted.get(text) ?? new SegmentedMessage(text);
  counted.set(text, known);
  return known;
}

/** Facts of every message of a locale, by name. */
const FACTS: Readonly<Record<string, (message: SentMessage, locale: Locale) => boolean>> = {
  "costs what Twilio's calculator returns, in its encoding": ({ sms }) => {
    const { segmentsCount, encodingName } = atTwilio(sms.text);
    return segmentsCount === sms.segments && encodingName.toLowerCase() === sms.encoding;
  },
  "is not made longer, shorter or other words by Twilio's smart encoding": ({ sms }) => {
    const smart = new SegmentedMessage(sms.text, "auto", true);
    const isSame = smart.graphemes.join("") === sms.text;
    return smart.segmentsCount === sms.segments && (isSame || sms.encoding === "ucs-2");
  },
  "is one SMS where no line ends it, and for an Android app": ({ request, sms }) =>
    request.platform === "web" || sms.segments === 1,
  "has the fullest words that cost no more than the fewest": ({ request, sms }, locale) => {
    const { purpose, brand, platform } = request;
    const texts = SMS_TEXTS[locale];
    const sentence = texts[purpose].replace("{brand}", held(locale, brand)).replace("{code}", CODE);
    const minutes = (
      texts.minutes[5] ??
      texts.minutes[3] ??
      texts.minutes[2] ??
      texts.minutes[1]
    ).replace("{minutes}", "5");
    const end = ENDS[platform ?? "none"];
    const fewest = [sentence, ...end].join("\n");
    const fullest = [[minutes, texts.warning], [texts.warning]]
      .map((more) => [sentence, ...more, ...end].join("\n"))
      .filter((text) => platform !== "android" || text.length <= 140)
      .find((text) => atTwilio(text).segmentsCount === atTwilio(fewest).segmentsCount);
    return sms.text === (fullest ?? fewest);
  },
  "names the code, the brand and nothing that was left to fill in": (message) => {
    const words = wordsOf(message);
    const isNamed = words.split(CODE).length === 2 && words.includes(message.request.brand);
    return isNamed && !/[{}]/.test(message.sms.text);
  },
  "gives its code to the page of its host, by the last line": ({ request, sms }) => {
    const read = originBoundCode(sms.text);
    if (request.platform !== "web") return read === undefined;
    const isOfPage = read?.host === HOST && read.embeddedHost === undefined;
    return isReadByChromium(HOST) && isOfPage && read.code === CODE;
  },
  "gives its code to the Android app of its hash, and has no hash for others": ({
    request,
    sms,
  }) =>
    request.platform === "android"
      ? retrievedCode(sms.text, APP_HASH) === CODE
      : !sms.text.includes(APP_HASH),
  "has one number in its words that could be a code, which is": (message) =>
    codeAmongWords(wordsOf(message)) === CODE,
  "shows its words in the order in which they are read, and brand and code whole": (
    message,
    locale,
  ) =>
    wordsOf(message)
      .split("\n")
      .every((line) => isReadInOrder(line, message.request.brand, RIGHT_TO_LEFT.includes(locale))),
  "shows brand and code whole on a screen that reads all from left to right": (message) => {
    const [first = ""] = wordsOf(message).split("\n");
    const shown = onScreen(first, "ltr");
    return shown.includes(CODE) && shown.includes(message.request.brand);
  },
  "reads in its own direction, line by line, and its last line from left to right": (
    message,
    locale,
  ) => {
    const level = RIGHT_TO_LEFT.includes(locale) ? 1 : 0;
    const words = wordsOf(message).split("\n");
    const ends = message.sms.text.split("\n").slice(words.length);
    return (
      words.every((line) => levelOf(line) === level) && ends.every((line) => levelOf(line) === 0)
    );
  },
  "has no invisible character but the mark at the end of a brand that would come apart, and digits of ASCII only":
    ({ request: { brand }, sms: { text } }, locale) =>
      /^(?:[^\p{C}\p{Zl}\p{Zp}\p{Nd}]|[0-9\n])+$/u.test(text.replace(held(locale, brand), brand)),
};

describe.each(LOCALES)("a message in %s", (locale) => {
  it.each(Object.entries(FACTS))("%s", (_, holds) => {
    const messages = messagesOf(locale);
    expect(messages).toHaveLength(5 * 4 * 6);
    const exceptions = messages.filter((message) => !holds(message, locale));
    expect(exceptions.map(({ sms }) => sms.text)).toEqual([]);
  });

  it("is one SMS for web pages too, with a brand of eight characters", () => {
    const request = { locale, platform: "web", originHost: HOST, lifetimeSeconds: 300 } as const;
    const sent = PURPOSES.map((purpose) =>
      composeSms({ ...request, purpose, brand: "Latchkey", code: CODE }),
    );
    expect(sent.filter(({ segments }) => segments !== 1)).toEqual([]);
  });

  it("states minutes in the form of their number, rounded up", () => {
    const { minutes: forms } = SMS_TEXTS[locale];
    for (const minutes of [1, 2, 3, 4, 5]) {
      const [whole, begun] = [minutes * 60, minutes * 60 - 59].map((lifetimeSeconds) => {
        const request = { locale, purpose: "login", brand: "X", code: CODE } as const;
        return composeSms({ ...request, lifetimeSeconds }).text.split("\n")[1];
      });
      expect(whole).toBe(begun);
      if (forms[1].includes("{minutes}") || minutes > 2)
        expect(whole?.match(/\d+/g)).toEqual([String(minutes)]);
    }
  });
});

/** A brand with the marks that hold it together among letters that are read from right to left. */
function held(locale: Locale, brand: string): string {
  const mark = "\u200e";
  const marked: Readonly<Record<string, string>> = {
    "7-Eleven": `${mark}7-Eleven`,
    "A.B. & Co.": `A.B. & Co.${mark}`,
  };
  return RIGHT_TO_LEFT.includes(locale) ? (marked[brand] ?? brand) : brand;
}

/** A line as it is seen, from the left side of the screen to its right, by the Unicode Bidirectional Algorithm. */
function onScreen(line: string, direction: "auto" | "ltr" = "auto"): string {
  return bidi
    .getReorderedString(line, bidi.getEmbeddingLevels(line, direction))
    .replaceAll("\u200e", "");
}

/** Stands for the brand: one character, of no language. */
const BRAND = "\ue000";

/** Whether each word stands where its reader comes to it: the brand is one word, and the letters of those from right to left are turned. */
function isReadInOrder(line: string, brand: string, isRightToLeft: boolean): boolean {
  const words = line.replaceAll("\u200e", "").replace(brand, BRAND).split(" ");
  const seen = words.map((word) =>
    !isRightToLeft || !/[\p{sc=Arab}\p{sc=Hebr}]/u.test(word)
      ? word
      : Array.from(word).reverse().join(""),
  );
  const inOrder = isRightToLeft ? seen.toReversed() : seen;
  return onScreen(line) === inOrder.join(" ").replace(BRAND, () => brand);
}

function levelOf(line: string): number | undefined {
  return bidi.getEmbeddingLevels(line).paragraphs[0]?.level;
}

describe("a message", () => {
  const REQUEST = {
    purpose: "login",
    locale: "en-GB",
    brand: "Acme",
    code: CODE,
    lifetimeSeconds: 300,
  } as const satisfies SmsRequest;

  it("in English reads like this", () => {
    expect(composeSms({ ...REQUEST, platform: "web", originHost: HOST })).toEqual({
      text: `271828 is your Acme sign-in code.\nIt works for 5 minutes.\nNever share it, not even with us.\n@app.example.com #271828`,
      encoding: "gsm-7",
      segments: 1,
    });
  });

  it("leaves the minutes out first, then the warning, and has both again where a second SMS is paid for anyway", () => {
    const lines = (locale: Locale, brand: string) =>
      composeSms({ ...REQUEST, locale, brand, platform: "web", originHost: HOST });
    expect(lines("el", "X").text).toBe(
      "Κωδικός σύνδεσης X: 271828\nΜην τον δίνετε\n@app.example.com #271828",
    );
    expect(lines("el", "Latchkey").text).toBe(
      "Κωδικός σύνδεσης Latchkey: 271828\n@app.example.com #271828",
    );
    expect(lines("lv", LONGEST_BRAND)).toEqual({
      text: `${LONGEST_BRAND} pieteikšanās kods: 271828\nDerīgs 5 minūtes\nNeizpaudiet\n@app.example.com #271828`,
      encoding: "ucs-2",
      segments: 2,
    });
  });

  it("takes a brand as it is, whatever it holds", () => {
    expect(composeSms({ ...REQUEST, brand: "{code}$&" }).text).toContain("your {code}$& sign-in");
  });

  it.each([
    ["a web page of no origin", { platform: "web" }],
    [
      "a web page of an address that browsers do not read there",
      { platform: "web", originHost: "[::1]" },
    ],
    ["an Android app of no hash", { platform: "android", originHost: HOST }],
    ["iOS", { platform: "ios", originHost: HOST, androidAppHash: APP_HASH }],
    ["no platform", { originHost: HOST, androidAppHash: APP_HASH }],
  ] as const)("ends with no line for %s", (_, device) => {
    expect(composeSms({ ...REQUEST, ...device })).toEqual(composeSms(REQUEST));
  });

  it("costs what Twilio's calculator returns, for every host, and never more than two SMS", () => {
    const hosts = fc.stringMatching(/^[a-z0-9]{1,60}(\.[a-z0-9-]{1,60}){0,3}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...LOCALES),
        fc.constantFrom(...PURPOSES),
        hosts,
        fc.constantFrom("X", "Latchkey", LONGEST_BRAND),
        (locale, purpose, originHost, brand) => {
          const web = { ...REQUEST, locale, purpose, brand, platform: "web", originHost } as const;
          const { text, segments } = composeSms(web);
          expect(atTwilio(text).segmentsCount).toBe(segments);
          const line = `\n@${originHost} #${CODE}`;
          const sentence = text.split("\n")[0] ?? "";
          expect(text.endsWith(line)).toBe(atTwilio(`${sentence}${line}`).segmentsCount <= 2);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("a host", () => {
  const english = { brand: "Acme", locales: ["en-GB"] } as const;
  /** The longest message is the one to change a number; with a code of eight digits and the line's own five characters it leaves this much of two segments. */
  const room =
    2 * 153 - "12345678 is your code to change your Acme phone number.\n@ #12345678".length;

  it("is taken up to the last character that two SMS hold, with the longest code", () => {
    expect(takesOriginHost("h".repeat(room), english)).toBe(true);
    expect(takesOriginHost("h".repeat(room + 1), english)).toBe(false);
  });

  it("must fit into each language of the stage", () => {
    const host = "h".repeat(room);
    expect(takesOriginHost(host, { brand: "Acme", locales: ["en-GB", "el"] })).toBe(false);
    expect(takesOriginHost(HOST, { brand: LONGEST_BRAND, locales: LOCALES })).toBe(true);
  });

  it("that browsers do not read in a message is never too long for it", () => {
    expect(takesOriginHost(`[${"1:".repeat(200)}]`, english)).toBe(true);
  });
});

describe("minutes in Polish", () => {
  it.each([
    [60, "1 min"],
    [120, "2 minuty"],
    [180, "3 minuty"],
    [240, "4 minuty"],
    [300, "5 minut"],
  ])("of %i seconds are %s", (lifetimeSeconds, minutes) => {
    const request = { locale: "pl", purpose: "login", brand: "X", code: CODE } as const;
    expect(composeSms({ ...request, lifetimeSeconds }).text.split("\n")[1]).toBe(
      `Wygasa za ${minutes}`,
    );
  });
});
