/** The first bits of the digits whose zeros end in 0: Arabic, Persian, Thai, Burmese, Khmer. Unicode 16, general category Nd. */
const ROWS = [0x66, 0x6f, 0xe5, 0x104, 0x17e];

/** The text with each digit as 0 to 9, whatever script it was written in; signs of full width become the plain ones (Unicode NFKC). */
export function latinDigits(text: string): string {
  return text.normalize("NFKC").replace(/[^\0-~]/g, (sign) => {
    const point = sign.charCodeAt(0);
    // From Devanagari to Sinhala each script has a block of 128 signs, with its zero at 66 or E6.
    const isIndic = point > 0x965 && point < 0xdf0;
    const value = isIndic ? (point & 127) - 0x66 : ROWS.includes(point >> 4) ? point & 15 : 10;
    return value >= 0 && value < 10 ? `${value}` : sign;
  });
}
