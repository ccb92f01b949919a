import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** One minute and two minutes are words without a number. */
export const sms = {
  login: "{code} هو رمز الدخول إلى {brand}",
  signup: "{code} هو رمز التسجيل في {brand}",
  transaction: "{code} هو رمز العملية في {brand}",
  "password-reset": "{code} هو رمز تغيير كلمة المرور في {brand}",
  "change-number": "{code} هو رمز تغيير الرقم في {brand}",
  minutes: { 1: "صالح لمدة دقيقة واحدة", 2: "صالح لمدة دقيقتين", 3: "صالح لمدة {minutes} دقائق" },
  warning: "لا تشاركه",
} as const satisfies SmsTexts;

export const greeting = "هذه مكالمة من {brand}. يرجى الضغط على أي زر لسماع الرمز.";

export const script = {
  code: "الرمز هو:",
  again: "مرة أخرى، الرمز هو:",
  warning: "يرجى عدم مشاركته مع أحد.",
  goodbye: "مع السلامة.",
} as const satisfies VoiceTexts;
