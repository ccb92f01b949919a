import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{brand} pieteikšanās kods: {code}",
  signup: "{brand} reģistrācijas kods: {code}",
  transaction: "{brand} darījuma kods: {code}",
  "password-reset": "{brand} jaunās paroles kods: {code}",
  "change-number": "{brand} jaunā numura kods: {code}",
  minutes: { 1: "Derīgs {minutes} minūti", 2: "Derīgs {minutes} minūtes" },
  warning: "Neizpaudiet",
} as const satisfies SmsTexts;

export const greeting = "Jums zvana {brand}. Nospiediet jebkuru taustiņu, lai dzirdētu savu kodu.";

export const script = {
  code: "Jūsu kods ir:",
  again: "Atkārtojam, jūsu kods ir:",
  warning: "Neizpaudiet to nevienam.",
  goodbye: "Uz redzēšanos.",
} as const satisfies VoiceTexts;
