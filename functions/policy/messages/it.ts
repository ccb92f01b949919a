import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} è il codice per accedere a {brand}.",
  signup: "{code} è il codice per registrarsi su {brand}.",
  transaction: "{code} è il codice per autorizzare un'operazione su {brand}.",
  "password-reset": "{code} è il codice per reimpostare la password di {brand}.",
  "change-number": "{code} è il codice per cambiare numero su {brand}.",
  minutes: { 1: "Vale {minutes} minuto.", 2: "Vale {minutes} minuti." },
  warning: "Non lo comunichi a nessuno, neanche a noi.",
} as const satisfies SmsTexts;

export const greeting =
  "Questa è una chiamata di {brand}. Prema un tasto qualsiasi per ascoltare il codice.";

export const script = {
  code: "Il suo codice è:",
  again: "Ripetiamo, il suo codice è:",
  warning: "Non lo comunichi a nessuno, neanche a noi.",
  goodbye: "Arrivederci.",
} as const satisfies VoiceTexts;
