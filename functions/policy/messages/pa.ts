import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** A number is followed by the same word, one or many. */
export const sms = {
  login: "{brand} ਲਾਗਇਨ ਕੋਡ: {code}",
  signup: "{brand} ਰਜਿਸਟ੍ਰੇਸ਼ਨ ਕੋਡ: {code}",
  transaction: "{brand} ਲੈਣ-ਦੇਣ ਕੋਡ: {code}",
  "password-reset": "{brand} ਪਾਸਵਰਡ ਬਦਲਣ ਦਾ ਕੋਡ: {code}",
  "change-number": "{brand} ਨੰਬਰ ਬਦਲਣ ਦਾ ਕੋਡ: {code}",
  minutes: { 1: "{minutes} ਮਿੰਟ ਤੱਕ ਵੈਧ" },
  warning: "ਕਿਸੇ ਨੂੰ ਨਾ ਦੱਸੋ",
} as const satisfies SmsTexts;

export const greeting = "ਇਹ {brand} ਵੱਲੋਂ ਕਾਲ ਹੈ। ਆਪਣਾ ਕੋਡ ਸੁਣਨ ਲਈ ਕੋਈ ਵੀ ਬਟਨ ਦਬਾਓ।";

export const script = {
  code: "ਤੁਹਾਡਾ ਕੋਡ ਹੈ:",
  again: "ਇੱਕ ਵਾਰ ਫਿਰ, ਤੁਹਾਡਾ ਕੋਡ ਹੈ:",
  warning: "ਇਹ ਕਿਸੇ ਨੂੰ ਨਾ ਦੱਸੋ।",
  goodbye: "ਧੰਨਵਾਦ।",
} as const satisfies VoiceTexts;
