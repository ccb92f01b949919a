import type { SmsTexts } from "./texts.ts";

/** A number is followed by the singular. */
export const sms = {
  login: "کد ورود به {brand}: {code}",
  signup: "کد عضویت در {brand}: {code}",
  transaction: "کد تأیید تراکنش در {brand}: {code}",
  "password-reset": "کد تغییر رمز عبور {brand}: {code}",
  "change-number": "کد تغییر شماره در {brand}: {code}",
  minutes: { 1: "تا {minutes} دقیقه معتبر است" },
  warning: "به کسی ندهید",
} as const satisfies SmsTexts;
