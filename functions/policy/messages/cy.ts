import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** A number is followed by the singular, and two softens it: 1 munud, 2 funud, 3 munud. */
export const sms = {
  login: "{code} yw eich cod mewngofnodi {brand}.",
  signup: "{code} yw eich cod cofrestru {brand}.",
  transaction: "{code} yw eich cod {brand} i gymeradwyo trafodiad.",
  "password-reset": "{code} yw eich cod i ailosod eich cyfrinair {brand}.",
  "change-number": "{code} yw eich cod i newid eich rhif {brand}.",
  minutes: {
    1: "Mae'n ddilys am {minutes} munud.",
    2: "Mae'n ddilys am {minutes} funud.",
    3: "Mae'n ddilys am {minutes} munud.",
  },
  warning: "Cadwch y cod yn gyfrinach rhag pawb.",
} as const satisfies SmsTexts;

export const greeting = "{brand} sy'n galw. Pwyswch unrhyw fysell i glywed eich cod.";

export const script = {
  code: "Eich cod yw:",
  again: "Unwaith eto, eich cod yw:",
  warning: "Cadwch y cod yn gyfrinach rhag pawb.",
  goodbye: "Hwyl fawr.",
} as const satisfies VoiceTexts;
