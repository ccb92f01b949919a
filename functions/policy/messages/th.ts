import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "รหัสเข้าสู่ระบบ {brand}: {code}",
  signup: "รหัสลงทะเบียน {brand}: {code}",
  transaction: "รหัสทำรายการ {brand}: {code}",
  "password-reset": "รหัสตั้งรหัสผ่านใหม่ {brand}: {code}",
  "change-number": "รหัสเปลี่ยนเบอร์ {brand}: {code}",
  minutes: { 1: "ใช้ได้ {minutes} นาที" },
  warning: "ห้ามบอกใคร",
} as const satisfies SmsTexts;

export const greeting = "สายนี้โทรจาก {brand} กรุณากดปุ่มใดก็ได้เพื่อฟังรหัสของคุณ";

export const script = {
  code: "รหัสของคุณคือ",
  again: "ทวนอีกครั้ง รหัสของคุณคือ",
  warning: "ห้ามบอกผู้อื่น",
  goodbye: "ขอบคุณ",
} as const satisfies VoiceTexts;
