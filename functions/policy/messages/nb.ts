import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} er innloggingskoden din for {brand}.",
  signup: "{code} er koden din for å registrere deg hos {brand}.",
  transaction: "{code} er koden din for å godkjenne en transaksjon hos {brand}.",
  "password-reset": "{code} er koden din for å tilbakestille passordet hos {brand}.",
  "change-number": "{code} er koden din for å bytte nummer hos {brand}.",
  minutes: { 1: "Den gjelder i {minutes} minutt.", 2: "Den gjelder i {minutes} minutter." },
  warning: "Del den aldri med noen.",
} as const satisfies SmsTexts;

export const greeting =
  "Dette er {brand}. Trykk på en hvilken som helst tast for å høre koden din.";

export const script = {
  code: "Koden din er:",
  again: "En gang til, koden din er:",
  warning: "Del den aldri med noen.",
  goodbye: "Ha det bra.",
} as const satisfies VoiceTexts;
