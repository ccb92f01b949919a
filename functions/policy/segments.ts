/** The billing units of an SMS: segments of 140 bytes (3GPP TS 23.038 for the alphabet, TS 23.040 §9.2.3.24.1 for the headers of longer ones). */
export const SEGMENTS = {
  "gsm-7": { alone: 160, each: 153 },
  "ucs-2": { alone: 70, each: 67 },
} as const;

/**
 * The basic alphabet of GSM-7. It lacks the ten characters that need an escape and count double: no message has one, and a test compares each
 * with Twilio's own calculator.
 */
export const GSM_7_ALPHABET =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
