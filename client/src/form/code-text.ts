import { latinDigits } from "../digits.ts";

/**
 * The code in what was typed, pasted or read. No more digits than a code has, however grouped, are the code. In a text, such as the whole message
 * with a brand that has digits itself, it is what stands in the line for autofill (`@host #123456`; a field has one line, so that it may begin
 * anywhere), else behind a colon, else the first run of as many digits as a code has: each message begins with its code or has it behind a colon.
 * Else it is neighbouring groups of that many together, else the longest run.
 */
export function codeIn(text: string, length: number): string {
  const plain = latinDigits(text).replace(/[\p{Cf}\p{Pd}]/gu, (sign) => (sign === "-" ? sign : ""));
  const groups: readonly string[] = plain.match(/\d+/g) ?? [];
  const all = groups.join("");
  if (all.length <= length) return all;
  const named = [/@[^\s@]+ #(\d+)/g, /: ?(\d+)/g].flatMap((place) =>
    [...plain.matchAll(place)].map(([, digits = ""]) => digits),
  );
  const [longest = ""] = /\p{L}/u.test(plain)
    ? groups.toSorted((one, other) => other.length - one.length)
    : [all];
  const candidates = [...named, ...groups, ...joined(plain)];
  return (candidates.find((digits) => digits.length === length) ?? longest).slice(0, length);
}

/** Groups that one space or hyphen parts, as codes are written: `123 456`. */
function joined(text: string): readonly string[] {
  const chains: readonly string[] = text.match(/\d+(?:[ -]\d+)+/g) ?? [];
  const wholes = chains.map((chain) => chain.replace(/\D/g, ""));
  const pieces = chains.flatMap((chain) => {
    const parts = chain.split(/[ -]/);
    return parts
      .flatMap((_, from) => parts.slice(from).map((__, end) => parts.slice(from, from + end + 1)))
      .map((each) => each.join(""))
      .toReversed();
  });
  return [...wholes, ...pieces];
}
