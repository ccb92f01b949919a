import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** «Clave de un solo uso» and not «código», and «teléfono» and not «número»: with ó or ú a segment would hold 70 characters and not 160. */
export const sms = {
  login: "{code} es su clave de un solo uso para entrar en {brand}.",
  signup: "{code} es su clave de un solo uso para registrarse en {brand}.",
  transaction: "{code} es su clave de un solo uso para autorizar un movimiento en {brand}.",
  "password-reset": "{code} es su clave de un solo uso para cambiar su contraseña de {brand}.",
  "change-number": "{code} es su clave de un solo uso para cambiar su teléfono en {brand}.",
  minutes: { 1: "Caduca en {minutes} minuto.", 2: "Caduca en {minutes} minutos." },
  warning: "No la comparta con nadie.",
} as const satisfies SmsTexts;

export const greeting =
  "Le llama {brand}. Pulse cualquier tecla para escuchar su clave de un solo uso.";

export const script = {
  code: "Su clave es:",
  again: "Repetimos, su clave es:",
  warning: "No la comparta con nadie.",
  goodbye: "Adiós.",
} as const satisfies VoiceTexts;
