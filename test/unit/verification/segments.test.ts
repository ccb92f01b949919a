import { SegmentedMessage } from "sms-segments-calculator";
import { describe, expect, it } from "vitest";
import { GSM_7_ALPHABET } from "../../../functions/policy/segments.ts";
import { segmentsOf } from "../../../functions/verification/segments.ts";

/** The characters of the basic plane that Twilio's calculator puts into one unit of GSM-7. */
function basicAlphabet(): string {
  const characters = Array.from({ length: 0xffff }, (_, unit) => String.fromCharCode(unit));
  return characters
    .filter((character) => {
      const { encodingName, numberOfCharacters } = new SegmentedMessage(character);
      return encodingName === "GSM-7" && numberOfCharacters === 1;
    })
    .sort()
    .join("");
}

describe("the segments of a text", () => {
  it("are counted by the alphabet that Twilio counts by", () => {
    expect([...GSM_7_ALPHABET].sort().join("")).toBe(basicAlphabet());
  });

  it.each([
    ["a", [1, 160, 161, 306, 307, 459, 460]],
    ["á", [1, 70, 71, 134, 135, 201, 202]],
    ["字", [1, 70, 71, 134, 135, 201, 202]],
  ] as const)(
    "of %s alone are as many as Twilio counts, up to the last that fits",
    (character, lengths) => {
      for (const length of lengths) {
        const text = character.repeat(length);
        const { segmentsCount, encodingName } = new SegmentedMessage(text);
        expect(segmentsOf(text)).toEqual({
          encoding: encodingName.toLowerCase(),
          segments: segmentsCount,
        });
      }
    },
  );

  it("are fewer as soon as one letter is none of GSM-7", () => {
    expect(segmentsOf("a".repeat(100)).segments).toBe(1);
    expect(segmentsOf(`${"a".repeat(99)}ó`).segments).toBe(2);
  });

  it("are not undercounted where a character needs an escape", () => {
    for (const character of "^{}\\[~]|€\f") {
      const text = character.repeat(80);
      expect(segmentsOf(text).segments).toBeGreaterThanOrEqual(
        new SegmentedMessage(text).segmentsCount,
      );
    }
  });
});
