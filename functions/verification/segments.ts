import { GSM_7_ALPHABET, SEGMENTS } from "../policy/segments.ts";

export type Encoding = keyof typeof SEGMENTS;

const GSM_7 = new Set(GSM_7_ALPHABET);

/** The encoding of a text, and its number of segments. One character outside GSM-7 turns the whole message into UCS-2. */
export function segmentsOf(text: string): {
  readonly encoding: Encoding;
  readonly segments: number;
} {
  const encoding = Array.from(text).every((character) => GSM_7.has(character)) ? "gsm-7" : "ucs-2";
  const { alone, each } = SEGMENTS[encoding];
  return { encoding, segments: text.length <= alone ? 1 : filledBy(text, each) };
}

/** One visible character with its marks. */
const CHARACTER = /[\s\S][\p{M}\u200c\u200d]*/gu;

/** No character is split from its marks: one that does not fit begins the next segment. */
function filledBy(text: string, each: number): number {
  let segments = 1;
  let used = 0;
  for (const [character] of text.matchAll(CHARACTER)) {
    if (used + character.length > each) {
      segments += 1;
      used = 0;
    }
    used += character.length;
  }
  return segments;
}
