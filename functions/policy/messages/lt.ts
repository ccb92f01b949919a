import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{brand} prisijungimo kodas: {code}",
  signup: "{brand} registracijos kodas: {code}",
  transaction: "{brand} operacijos patvirtinimo kodas: {code}",
  "password-reset": "{brand} slaptažodžio keitimo kodas: {code}",
  "change-number": "{brand} numerio keitimo kodas: {code}",
  minutes: { 1: "Galioja {minutes} min.", 2: "Galioja {minutes} minutes" },
  warning: "Niekam jo neatskleiskite",
} as const satisfies SmsTexts;

export const greeting =
  "Jums skambina {brand}. Paspauskite bet kurį klavišą, kad išgirstumėte savo kodą.";

export const script = {
  code: "Jūsų kodas:",
  again: "Kartojame, jūsų kodas:",
  warning: "Niekam jo neatskleiskite.",
  goodbye: "Viso gero.",
} as const satisfies VoiceTexts;
