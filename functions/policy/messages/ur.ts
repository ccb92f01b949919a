import type { SmsTexts } from "./texts.ts";

/** A number is followed by the same word, one or many. */
export const sms = {
  login: "لاگ ان کوڈ {brand}: {code}",
  signup: "رجسٹریشن کوڈ {brand}: {code}",
  transaction: "لین دین کا کوڈ {brand}: {code}",
  "password-reset": "نئے پاس ورڈ کا کوڈ {brand}: {code}",
  "change-number": "نئے نمبر کا کوڈ {brand}: {code}",
  minutes: { 1: "{minutes} منٹ تک کارآمد ہے" },
  warning: "کسی کو نہ بتائیں",
} as const satisfies SmsTexts;
