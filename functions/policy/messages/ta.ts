import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{brand} உள்நுழைவு குறியீடு: {code}",
  signup: "{brand} பதிவு குறியீடு: {code}",
  transaction: "{brand} பரிவர்த்தனை குறியீடு: {code}",
  "password-reset": "{brand} கடவுச்சொல் மாற்றக் குறியீடு: {code}",
  "change-number": "{brand} எண் மாற்றக் குறியீடு: {code}",
  minutes: { 1: "{minutes} நிமிடம் செல்லும்", 2: "{minutes} நிமிடங்கள் செல்லும்" },
  warning: "பகிர வேண்டாம்",
} as const satisfies SmsTexts;

export const greeting = "இது {brand} அழைப்பு. உங்கள் குறியீட்டைக் கேட்க ஏதேனும் ஒரு விசையை அழுத்தவும்.";

export const script = {
  code: "உங்கள் குறியீடு:",
  again: "மீண்டும், உங்கள் குறியீடு:",
  warning: "யாரிடமும் பகிர வேண்டாம்.",
  goodbye: "நன்றி.",
} as const satisfies VoiceTexts;
