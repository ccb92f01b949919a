import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Código de acesso {brand}: {code}",
  signup: "Código de cadastro {brand}: {code}",
  transaction: "Código de transação {brand}: {code}",
  "password-reset": "Código de nova senha {brand}: {code}",
  "change-number": "Código de novo número {brand}: {code}",
  minutes: { 1: "Válido por {minutes} minuto", 2: "Válido por {minutes} minutos" },
  warning: "Não compartilhe",
} as const satisfies SmsTexts;

export const greeting =
  "Esta é uma ligação de {brand}. Pressione qualquer tecla para ouvir o seu código.";

export const script = {
  code: "O seu código é:",
  again: "Repetindo, o seu código é:",
  warning: "Não compartilhe com ninguém.",
  goodbye: "Até logo.",
} as const satisfies VoiceTexts;
