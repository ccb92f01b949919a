import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Κωδικός σύνδεσης {brand}: {code}",
  signup: "Κωδικός εγγραφής {brand}: {code}",
  transaction: "Κωδικός συναλλαγής {brand}: {code}",
  "password-reset": "Κωδικός επαναφοράς {brand}: {code}",
  "change-number": "Κωδικός νέου αριθμού {brand}: {code}",
  minutes: { 1: "Ισχύει {minutes} λεπτό", 2: "Ισχύει {minutes} λεπτά" },
  warning: "Μην τον δίνετε",
} as const satisfies SmsTexts;

export const greeting =
  "Κλήση από {brand}. Πατήστε οποιοδήποτε πλήκτρο για να ακούσετε τον κωδικό σας.";

export const script = {
  code: "Ο κωδικός σας είναι:",
  again: "Επαναλαμβάνουμε, ο κωδικός σας είναι:",
  warning: "Μην τον δώσετε σε κανέναν.",
  goodbye: "Αντίο σας.",
} as const satisfies VoiceTexts;
