import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** One minute and two minutes are words without a number. */
export const sms = {
  login: "קוד כניסה ל-{brand}: {code}",
  signup: "קוד הרשמה ל-{brand}: {code}",
  transaction: "קוד אישור פעולה ב-{brand}: {code}",
  "password-reset": "קוד לאיפוס סיסמה ב-{brand}: {code}",
  "change-number": "קוד להחלפת מספר ב-{brand}: {code}",
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
