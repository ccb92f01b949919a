/** How an SMS is paid for: in segments of 140 bytes (3GPP TS 23.038 for the alphabet, TS 23.040 §9.2.3.24.1 for the headers of longer ones). */
export const SEGMENTS = {
  "gsm-7": { alone: 160, each: 153 },
  "ucs-2": { alone: 70, each: 67 },
} as const;

/**
 * The basic alphabet of GSM-7. Left out are the ten characters that need an escape and so count double: no message of ours has one, and a test
 * asks Twilio's own calculator about each.
 */
export const GSM_7_ALPHABET =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
