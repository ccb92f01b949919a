import type { SmsTexts } from "./texts.ts";

/** A number is followed by the singular. */
export const sms = {
  login: "Cód logála isteach {brand}: {code}",
  signup: "Cód clárúcháin {brand}: {code}",
  transaction: "Cód idirbhirt {brand}: {code}",
  "password-reset": "Cód pasfhocail nua {brand}: {code}",
  "change-number": "Cód uimhreach nua {brand}: {code}",
  minutes: { 1: "Bailí ar feadh {minutes} nóiméad" },
  warning: "Ná roinn é",
} as const satisfies SmsTexts;
