import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Код входа в {brand}: {code}",
  signup: "Код регистрации в {brand}: {code}",
  transaction: "Код операции в {brand}: {code}",
  "password-reset": "Код смены пароля {brand}: {code}",
  "change-number": "Код смены номера {brand}: {code}",
  minutes: {
    1: "Действует {minutes} минуту",
    2: "Действует {minutes} минуты",
    5: "Действует {minutes} минут",
  },
  warning: "Никому не сообщайте",
} as const satisfies SmsTexts;

export const greeting = "Вас приветствует {brand}. Нажмите любую клавишу, чтобы услышать свой код.";

export const script = {
  code: "Ваш код:",
  again: "Повторяем, ваш код:",
  warning: "Никому его не сообщайте.",
  goodbye: "До свидания.",
} as const satisfies VoiceTexts;
