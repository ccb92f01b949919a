import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} ist Ihr Anmeldecode für {brand}.",
  signup: "{code} ist Ihr Registrierungscode für {brand}.",
  transaction: "{code} ist Ihr Code zur Freigabe einer Transaktion bei {brand}.",
  "password-reset": "{code} ist Ihr Code zum Zurücksetzen Ihres Passworts bei {brand}.",
  "change-number": "{code} ist Ihr Code zum Ändern Ihrer Nummer bei {brand}.",
  minutes: { 1: "Er gilt {minutes} Minute.", 2: "Er gilt {minutes} Minuten." },
  warning: "Geben Sie ihn nie weiter, auch nicht an uns.",
} as const satisfies SmsTexts;

export const greeting =
  "Guten Tag, hier ist {brand}. Drücken Sie eine beliebige Taste, um Ihren Code zu hören.";

export const script = {
  code: "Ihr Code lautet:",
  again: "Noch einmal, Ihr Code lautet:",
  warning: "Geben Sie ihn nie weiter, auch nicht an uns.",
  goodbye: "Auf Wiederhören.",
} as const satisfies VoiceTexts;
