import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} är din inloggningskod till {brand}.",
  signup: "{code} är din kod för att registrera dig hos {brand}.",
  transaction: "{code} är din kod för att godkänna en transaktion hos {brand}.",
  "password-reset": "{code} är din kod för att återställa ditt lösenord hos {brand}.",
  "change-number": "{code} är din kod för att byta nummer hos {brand}.",
  minutes: { 1: "Den gäller i {minutes} minut.", 2: "Den gäller i {minutes} minuter." },
  warning: "Dela den aldrig med någon.",
} as const satisfies SmsTexts;

export const greeting = "Hej, det här är {brand}. Tryck på valfri knapp för att höra din kod.";

export const script = {
  code: "Din kod är:",
  again: "En gång till, din kod är:",
  warning: "Dela den aldrig med någon.",
  goodbye: "Hej då.",
} as const satisfies VoiceTexts;
