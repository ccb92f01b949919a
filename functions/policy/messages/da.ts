import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} er din login-kode til {brand}.",
  signup: "{code} er din kode til at oprette dig hos {brand}.",
  transaction: "{code} er din kode til at godkende en transaktion hos {brand}.",
  "password-reset": "{code} er din kode til at nulstille din adgangskode hos {brand}.",
  "change-number": "{code} er din kode til at skifte nummer hos {brand}.",
  minutes: { 1: "Den gælder i {minutes} minut.", 2: "Den gælder i {minutes} minutter." },
  warning: "Del den aldrig med nogen.",
} as const satisfies SmsTexts;

export const greeting = "Det er {brand}. Tryk på en vilkårlig tast for at høre din kode.";

export const script = {
  code: "Din kode er:",
  again: "En gang til, din kode er:",
  warning: "Del den aldrig med nogen.",
  goodbye: "Farvel.",
} as const satisfies VoiceTexts;
