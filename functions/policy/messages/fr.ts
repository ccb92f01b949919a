import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} est votre code de connexion {brand}.",
  signup: "{code} est votre code d'inscription {brand}.",
  transaction: "{code} est votre code {brand} pour valider une opération.",
  "password-reset": "{code} est votre code pour réinitialiser votre mot de passe {brand}.",
  "change-number": "{code} est votre code {brand} pour changer de numéro.",
  minutes: { 1: "Il est valable {minutes} minute.", 2: "Il est valable {minutes} minutes." },
  warning: "Ne le communiquez à personne.",
} as const satisfies SmsTexts;

export const greeting = "Bonjour, ici {brand}. Appuyez sur une touche pour entendre votre code.";

export const script = {
  code: "Votre code est :",
  again: "Je répète, votre code est :",
  warning: "Ne le communiquez à personne.",
  goodbye: "Au revoir.",
} as const satisfies VoiceTexts;
