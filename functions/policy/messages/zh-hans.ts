import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code}是您的{brand}登录验证码。",
  signup: "{code}是您的{brand}注册验证码。",
  transaction: "{code}是您的{brand}交易验证码。",
  "password-reset": "{code}是您的{brand}重置密码验证码。",
  "change-number": "{code}是您的{brand}更换号码验证码。",
  minutes: { 1: "{minutes}分钟内有效。" },
  warning: "请勿告诉任何人。",
} as const satisfies SmsTexts;

export const greeting = "您好，这里是{brand}。请按任意键收听您的验证码。";

export const script = {
  code: "您的验证码是：",
  again: "重复一遍，您的验证码是：",
  warning: "请勿告诉任何人。",
  goodbye: "再见。",
} as const satisfies VoiceTexts;
