import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Přihlašovací kód {brand}: {code}",
  signup: "Registrační kód {brand}: {code}",
  transaction: "Kód transakce {brand}: {code}",
  "password-reset": "Kód pro nové heslo {brand}: {code}",
  "change-number": "Kód pro nové číslo {brand}: {code}",
  minutes: { 1: "Platí {minutes} minutu", 2: "Platí {minutes} minuty", 5: "Platí {minutes} minut" },
  warning: "Nesdílejte",
} as const satisfies SmsTexts;

export const greeting = "Dobrý den, tady {brand}. Stisknutím libovolné klávesy uslyšíte svůj kód.";

export const script = {
  code: "Váš kód je:",
  again: "Opakujeme, váš kód je:",
  warning: "S nikým ho nesdílejte.",
  goodbye: "Na shledanou.",
} as const satisfies VoiceTexts;
