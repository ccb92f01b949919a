import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Código de acesso {brand}: {code}",
  signup: "Código de registo {brand}: {code}",
  transaction: "Código de operação {brand}: {code}",
  "password-reset": "Código de nova palavra-passe {brand}: {code}",
  "change-number": "Código de novo número {brand}: {code}",
  minutes: { 1: "Válido por {minutes} minuto", 2: "Válido por {minutes} minutos" },
  warning: "Não o partilhe",
} as const satisfies SmsTexts;

export const greeting =
  "Esta é uma chamada de {brand}. Prima qualquer tecla para ouvir o seu código.";

export const script = {
  code: "O seu código é:",
  again: "Repetimos, o seu código é:",
  warning: "Não o partilhe com ninguém.",
  goodbye: "Até breve.",
} as const satisfies VoiceTexts;
