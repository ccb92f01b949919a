import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} is your {brand} sign-in code.",
  signup: "{code} is your code to join {brand}.",
  transaction: "{code} is your {brand} code to approve a transaction.",
  "password-reset": "{code} is your code to reset your {brand} password.",
  "change-number": "{code} is your code to change your {brand} phone number.",
  minutes: { 1: "It works for {minutes} minute.", 2: "It works for {minutes} minutes." },
  warning: "Never share it, not even with us.",
} as const satisfies SmsTexts;

export const greeting = "This is {brand}. Press any key to hear your code.";

export const script = {
  code: "Your code is:",
  again: "Once more, your code is:",
  warning: "Never share it, not even with us.",
  goodbye: "Goodbye.",
} as const satisfies VoiceTexts;
