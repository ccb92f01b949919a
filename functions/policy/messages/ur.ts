import type { SmsTexts } from "./texts.ts";

/** A number is followed by the same word, one or many. */
export const sms = {
  login: "{code} لاگ ان کوڈ برائے {brand}",
  signup: "{code} رجسٹریشن کوڈ برائے {brand}",
  transaction: "{code} لین دین کا کوڈ برائے {brand}",
  "password-reset": "{code} نئے پاس ورڈ کا کوڈ برائے {brand}",
  "change-number": "{code} نئے نمبر کا کوڈ برائے {brand}",
  minutes: { 1: "{minutes} منٹ تک کارآمد ہے" },
  warning: "کسی کو نہ بتائیں",
} as const satisfies SmsTexts;
