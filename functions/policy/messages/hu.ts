import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** A number is followed by the singular. */
export const sms = {
  login: "{brand} belépési kód: {code}",
  signup: "{brand} regisztrációs kód: {code}",
  transaction: "{brand} tranzakciós kód: {code}",
  "password-reset": "{brand} jelszómódosító kód: {code}",
  "change-number": "{brand} számmódosító kód: {code}",
  minutes: { 1: "{minutes} percig érvényes" },
  warning: "Ne adja tovább",
} as const satisfies SmsTexts;

export const greeting =
  "Ez a hívás innen érkezik: {brand}. A kód meghallgatásához nyomjon meg egy tetszőleges gombot.";

export const script = {
  code: "Az Ön kódja:",
  again: "Még egyszer, az Ön kódja:",
  warning: "Ne adja meg senkinek.",
  goodbye: "Viszonthallásra.",
} as const satisfies VoiceTexts;
