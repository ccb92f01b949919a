import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{code} adalah kode masuk {brand} Anda.",
  signup: "{code} adalah kode pendaftaran {brand} Anda.",
  transaction: "{code} adalah kode {brand} Anda untuk menyetujui transaksi.",
  "password-reset": "{code} adalah kode untuk mengatur ulang kata sandi {brand} Anda.",
  "change-number": "{code} adalah kode untuk mengganti nomor {brand} Anda.",
  minutes: { 1: "Berlaku {minutes} menit." },
  warning: "Jangan berikan kepada siapa pun.",
} as const satisfies SmsTexts;

export const greeting =
  "Ini panggilan dari {brand}. Tekan tombol apa saja untuk mendengar kode Anda.";

export const script = {
  code: "Kode Anda adalah:",
  again: "Sekali lagi, kode Anda adalah:",
  warning: "Jangan berikan kepada siapa pun.",
  goodbye: "Terima kasih.",
} as const satisfies VoiceTexts;
