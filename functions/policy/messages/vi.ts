import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "Mã đăng nhập {brand}: {code}",
  signup: "Mã đăng ký {brand}: {code}",
  transaction: "Mã giao dịch {brand}: {code}",
  "password-reset": "Mã đặt lại mật khẩu {brand}: {code}",
  "change-number": "Mã đổi số điện thoại {brand}: {code}",
  minutes: { 1: "Có hiệu lực trong {minutes} phút" },
  warning: "Không chia sẻ",
} as const satisfies SmsTexts;

export const greeting =
  "Đây là cuộc gọi từ {brand}. Vui lòng nhấn phím bất kỳ để nghe mã của quý khách.";

export const script = {
  code: "Mã của quý khách là:",
  again: "Xin nhắc lại, mã của quý khách là:",
  warning: "Không chia sẻ mã này với ai.",
  goodbye: "Xin cảm ơn.",
} as const satisfies VoiceTexts;
