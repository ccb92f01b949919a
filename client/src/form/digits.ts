/**
 * The zeros of the digits that people of our locales type or copy: Latin full width, Arabic, Persian and Urdu, Devanagari, Bengali, Gurmukhi,
 * Tamil, Thai. Each is followed by its other nine. Unicode 16, general category Nd.
 */
const ZEROS = [0xff10, 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0be6, 0x0e50];

/** The text with each digit as 0 to 9, whatever script it was written in. */
export function latinDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0) ?? 0;
    const zero = ZEROS.find((first) => point >= first && point <= first + 9);
    return zero === undefined ? digit : String(point - zero);
  });
}

/** A code as people paste it (`123 456`, `123-456`, `١٢٣٤٥٦`, a whole message) cut down to its digits, no more of them than a code has. */
export function codeDigits(text: string, length: number): string {
  return latinDigits(text)
    .replace(/[^0-9]/g, "")
    .slice(0, length);
}
