import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** A number is followed by the same word, one or many. Calls in Urdu speak this too, so its words are those that both languages share. */
export const sms = {
  login: "{brand} लॉगिन कोड: {code}",
  signup: "{brand} पंजीकरण कोड: {code}",
  transaction: "{brand} लेनदेन कोड: {code}",
  "password-reset": "{brand} पासवर्ड बदलने का कोड: {code}",
  "change-number": "{brand} नंबर बदलने का कोड: {code}",
  minutes: { 1: "{minutes} मिनट तक मान्य" },
  warning: "किसी को न बताएँ",
} as const satisfies SmsTexts;

export const greeting = "यह {brand} की कॉल है। अपना कोड सुनने के लिए कोई भी बटन दबाएँ।";

export const script = {
  code: "आपका कोड है:",
  again: "एक बार फिर, आपका कोड है:",
  warning: "इसे किसी को न बताएँ।",
  goodbye: "शुक्रिया।",
} as const satisfies VoiceTexts;
