import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Код за вход в {brand}: {code}",
  signup: "Код за регистрация в {brand}: {code}",
  transaction: "Код за транзакция в {brand}: {code}",
  "password-reset": "Код за нова парола в {brand}: {code}",
  "change-number": "Код за нов номер в {brand}: {code}",
  minutes: { 1: "Валиден {minutes} минута", 2: "Валиден {minutes} минути" },
  warning: "Не го споделяйте",
} as const satisfies SmsTexts;

export const greeting = "Обажда се {brand}. Натиснете произволен клавиш, за да чуете своя код.";

export const script = {
  code: "Вашият код е:",
  again: "Повтаряме, вашият код е:",
  warning: "Не го споделяйте с никого.",
  goodbye: "Довиждане.",
} as const satisfies VoiceTexts;
