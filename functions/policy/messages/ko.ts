import type { SmsTexts, VoiceTexts } from "./texts.ts";

export const sms = {
  login: "{brand} 로그인 인증번호: {code}",
  signup: "{brand} 가입 인증번호: {code}",
  transaction: "{brand} 거래 인증번호: {code}",
  "password-reset": "{brand} 비밀번호 재설정 인증번호: {code}",
  "change-number": "{brand} 번호 변경 인증번호: {code}",
  minutes: { 1: "{minutes}분간 유효합니다." },
  warning: "타인에게 알려 주지 마세요.",
} as const satisfies SmsTexts;

export const greeting =
  "안녕하세요, {brand}입니다. 인증번호를 들으시려면 아무 버튼이나 눌러 주세요.";

export const script = {
  code: "인증번호는 다음과 같습니다.",
  again: "다시 한번 알려 드립니다. 인증번호는 다음과 같습니다.",
  warning: "타인에게 알려 주지 마세요.",
  goodbye: "감사합니다.",
} as const satisfies VoiceTexts;
