import type { SmsTexts } from "./texts.ts";

/** A number is followed by the singular. */
export const sms = {
  login: "{code} کد ورود به {brand} است",
  signup: "{code} کد عضویت در {brand} است",
  transaction: "{code} کد تأیید تراکنش در {brand} است",
  "password-reset": "{code} کد تغییر رمز عبور {brand} است",
  "change-number": "{code} کد تغییر شماره در {brand} است",
  minutes: { 1: "تا {minutes} دقیقه معتبر است" },
  warning: "به کسی ندهید",
} as const satisfies SmsTexts;
