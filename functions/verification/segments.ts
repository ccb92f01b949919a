import { GSM_7_ALPHABET, SEGMENTS } from "../policy/segments.ts";

export type Encoding = keyof typeof SEGMENTS;

const GSM_7 = new Set(GSM_7_ALPHABET);

/** What the network makes of a text, and how many segments that is. One character outside GSM-7 turns the whole message into UCS-2. */
export function segmentsOf(text: string): {
  readonly encoding: Encoding;
  readonly segments: number;
} {
  const encoding = Array.from(text).every((character) => GSM_7.has(character)) ? "gsm-7" : "ucs-2";
  const { alone, each } = SEGMENTS[encoding];
  return { encoding, segments: text.length <= alone ? 1 : Math.ceil(text.length / each) };
}
