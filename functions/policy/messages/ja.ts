import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code}は{brand}のログイン認証コードです。",
  signup: "{code}は{brand}の登録認証コードです。",
  transaction: "{code}は{brand}の取引認証コードです。",
  "password-reset": "{code}は{brand}のパスワード再設定コードです。",
  "change-number": "{code}は{brand}の電話番号変更コードです。",
  minutes: { 1: "有効期限は{minutes}分です。" },
  warning: "誰にも教えないでください。",
} as const satisfies SmsTexts;

export const greeting =
  "こちらは{brand}です。認証コードをお聞きになるには、いずれかのキーを押してください。";

export const script = {
  code: "認証コードは次のとおりです。",
  again: "繰り返します。認証コードは次のとおりです。",
  warning: "誰にも教えないでください。",
  goodbye: "失礼いたします。",
} as const satisfies VoiceTexts;
