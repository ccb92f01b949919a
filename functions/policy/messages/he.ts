import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** One minute and two minutes are words without a number. */
export const sms = {
  login: "{code} הוא קוד הכניסה ל-{brand}",
  signup: "{code} הוא קוד ההרשמה ל-{brand}",
  transaction: "{code} הוא קוד אישור הפעולה ב-{brand}",
  "password-reset": "{code} הוא קוד איפוס הסיסמה ב-{brand}",
  "change-number": "{code} הוא קוד החלפת המספר ב-{brand}",
  minutes: { 1: "בתוקף לדקה אחת", 2: "בתוקף לשתי דקות", 3: "בתוקף ל-{minutes} דקות" },
  warning: "אין לשתף עם איש",
} as const satisfies SmsTexts;

export const greeting = "שלום, כאן {brand}. יש להקיש על מקש כלשהו כדי לשמוע את הקוד.";

export const script = {
  code: "הקוד הוא:",
  again: "שוב, הקוד הוא:",
  warning: "אין לשתף אותו עם איש.",
  goodbye: "להתראות.",
} as const satisfies VoiceTexts;
