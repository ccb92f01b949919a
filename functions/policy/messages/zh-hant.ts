import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code}是您的{brand}登入驗證碼。",
  signup: "{code}是您的{brand}註冊驗證碼。",
  transaction: "{code}是您的{brand}交易驗證碼。",
  "password-reset": "{code}是您的{brand}重設密碼驗證碼。",
  "change-number": "{code}是您的{brand}更改號碼驗證碼。",
  minutes: { 1: "{minutes}分鐘內有效。" },
  warning: "請勿告訴任何人。",
} as const satisfies SmsTexts;

export const greeting = "您好，這裡是{brand}。請按任意鍵收聽您的驗證碼。";

export const script = {
  code: "您的驗證碼是：",
  again: "重複一遍，您的驗證碼是：",
  warning: "請勿告訴任何人。",
  goodbye: "再見。",
} as const satisfies VoiceTexts;
