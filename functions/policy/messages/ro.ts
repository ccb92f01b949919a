import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} este codul dvs. de autentificare la {brand}.",
  signup: "{code} este codul dvs. pentru crearea contului la {brand}.",
  transaction: "Cod tranzacție {brand}: {code}",
  "password-reset": "{code} este codul dvs. pentru resetarea parolei la {brand}.",
  "change-number": "Cod număr nou {brand}: {code}",
  minutes: { 1: "Este valabil {minutes} minut.", 2: "Este valabil {minutes} minute." },
  warning: "A nu se divulga.",
} as const satisfies SmsTexts;

export const greeting = "Aici {brand}. Apăsați orice tastă pentru a auzi codul dumneavoastră.";

export const script = {
  code: "Codul dumneavoastră este:",
  again: "Repetăm, codul dumneavoastră este:",
  warning: "Nu îl comunicați nimănui.",
  goodbye: "La revedere.",
} as const satisfies VoiceTexts;
