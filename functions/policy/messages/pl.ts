import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Kod logowania do {brand}: {code}",
  signup: "Kod rejestracji w {brand}: {code}",
  transaction: "Kod do zatwierdzenia transakcji w {brand}: {code}",
  "password-reset": "Kod do zmiany hasła w {brand}: {code}",
  "change-number": "Kod do zmiany numeru w {brand}: {code}",
  minutes: {
    1: "Wygasa za {minutes} min",
    2: "Wygasa za {minutes} minuty",
    5: "Wygasa za {minutes} minut",
  },
  warning: "Nie podawaj nikomu",
} as const satisfies SmsTexts;

export const greeting = "Tu {brand}. Proszę nacisnąć dowolny klawisz, aby usłyszeć kod.";

export const script = {
  code: "Kod to:",
  again: "Powtarzam, kod to:",
  warning: "Proszę nikomu go nie podawać.",
  goodbye: "Do widzenia.",
} as const satisfies VoiceTexts;
