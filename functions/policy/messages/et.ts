import type { SmsTexts } from "./texts.ts";

export const sms = {
  login: "{brand} sisselogimiskood: {code}",
  signup: "{brand} registreerimiskood: {code}",
  transaction: "{brand} tehingu kinnituskood: {code}",
  "password-reset": "{brand} parooli lähtestamise kood: {code}",
  "change-number": "{brand} numbri muutmise kood: {code}",
  minutes: { 1: "Kehtib {minutes} minuti", 2: "Kehtib {minutes} minutit" },
  warning: "Ärge jagage seda kellegagi",
} as const satisfies SmsTexts;
