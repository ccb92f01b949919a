import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** A number is followed by the singular. */
export const sms = {
  login: "{brand} giriş kodu: {code}",
  signup: "{brand} kayıt kodu: {code}",
  transaction: "{brand} işlem kodu: {code}",
  "password-reset": "{brand} şifre yenileme kodu: {code}",
  "change-number": "{brand} yeni numara kodu: {code}",
  minutes: { 1: "{minutes} dakika geçerlidir" },
  warning: "Kimseye vermeyin",
} as const satisfies SmsTexts;

export const greeting =
  "{brand} tarafından aranıyorsunuz. Kodunuzu duymak için herhangi bir tuşa basın.";

export const script = {
  code: "Kodunuz:",
  again: "Tekrar ediyoruz, kodunuz:",
  warning: "Kimseyle paylaşmayın.",
  goodbye: "Hoşça kalın.",
} as const satisfies VoiceTexts;
