import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Код входу в {brand}: {code}",
  signup: "Код реєстрації в {brand}: {code}",
  transaction: "Код операції в {brand}: {code}",
  "password-reset": "Код зміни пароля {brand}: {code}",
  "change-number": "Код зміни номера {brand}: {code}",
  minutes: { 1: "Діє {minutes} хвилину", 2: "Діє {minutes} хвилини", 5: "Діє {minutes} хвилин" },
  warning: "Нікому не кажіть",
} as const satisfies SmsTexts;

export const greeting = "Вас вітає {brand}. Натисніть будь-яку клавішу, щоб почути свій код.";

export const script = {
  code: "Ваш код:",
  again: "Повторюємо, ваш код:",
  warning: "Нікому його не повідомляйте.",
  goodbye: "До побачення.",
} as const satisfies VoiceTexts;
