import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Prihlasovací kód {brand}: {code}",
  signup: "Registračný kód {brand}: {code}",
  transaction: "Kód transakcie {brand}: {code}",
  "password-reset": "Kód pre nové heslo {brand}: {code}",
  "change-number": "Kód pre nové číslo {brand}: {code}",
  minutes: { 1: "Platí {minutes} minútu", 2: "Platí {minutes} minúty", 5: "Platí {minutes} minút" },
  warning: "Nezdieľajte",
} as const satisfies SmsTexts;

export const greeting =
  "Dobrý deň, tu je {brand}. Stlačením ľubovoľného klávesu si vypočujete svoj kód.";

export const script = {
  code: "Váš kód je:",
  again: "Opakujeme, váš kód je:",
  warning: "S nikým ho nezdieľajte.",
  goodbye: "Dovidenia.",
} as const satisfies VoiceTexts;
