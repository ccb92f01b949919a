import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Kirjautumiskoodi palveluun {brand}: {code}",
  signup: "Rekisteröitymiskoodi palveluun {brand}: {code}",
  transaction: "Tapahtuman vahvistuskoodi palvelussa {brand}: {code}",
  "password-reset": "Salasanan vaihtokoodi palveluun {brand}: {code}",
  "change-number": "Numeron vaihtokoodi palveluun {brand}: {code}",
  minutes: { 1: "Voimassa {minutes} minuutin", 2: "Voimassa {minutes} minuuttia" },
  warning: "Älä kerro sitä kenellekään",
} as const satisfies SmsTexts;

export const greeting = "Täällä on {brand}. Paina mitä tahansa näppäintä kuullaksesi koodisi.";

export const script = {
  code: "Koodisi on:",
  again: "Toistamme, koodisi on:",
  warning: "Älä kerro sitä kenellekään.",
  goodbye: "Kuulemiin.",
} as const satisfies VoiceTexts;
