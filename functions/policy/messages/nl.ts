import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} is uw inlogcode voor {brand}.",
  signup: "{code} is uw registratiecode voor {brand}.",
  transaction: "{code} is uw code om een transactie bij {brand} goed te keuren.",
  "password-reset": "{code} is uw code om uw wachtwoord bij {brand} te wijzigen.",
  "change-number": "{code} is uw code om uw nummer bij {brand} te wijzigen.",
  minutes: { 1: "De code is {minutes} minuut geldig.", 2: "De code is {minutes} minuten geldig." },
  warning: "Deel de code met niemand.",
} as const satisfies SmsTexts;

export const greeting =
  "U spreekt met {brand}. Druk op een willekeurige toets om uw code te horen.";

export const script = {
  code: "Uw code is:",
  again: "Nogmaals, uw code is:",
  warning: "Deel de code met niemand.",
  goodbye: "Tot ziens.",
} as const satisfies VoiceTexts;
