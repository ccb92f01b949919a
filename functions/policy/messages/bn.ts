import type { SmsTexts, VoiceTexts } from "./texts.ts";

/** A number is followed by the same word, one or many. */
export const sms = {
  login: "{brand} লগইন কোড: {code}",
  signup: "{brand} নিবন্ধন কোড: {code}",
  transaction: "{brand} লেনদেনের কোড: {code}",
  "password-reset": "{brand} পাসওয়ার্ড বদলের কোড: {code}",
  "change-number": "{brand} নম্বর বদলের কোড: {code}",
  minutes: { 1: "{minutes} মিনিট পর্যন্ত বৈধ" },
  warning: "কাউকে জানাবেন না",
} as const satisfies SmsTexts;

export const greeting = "{brand} থেকে কল করা হচ্ছে। আপনার কোড শুনতে যেকোনো বোতাম চাপুন।";

export const script = {
  code: "আপনার কোড হলো:",
  again: "আবার বলছি, আপনার কোড হলো:",
  warning: "এটি কাউকে জানাবেন না।",
  goodbye: "ধন্যবাদ।",
} as const satisfies VoiceTexts;
