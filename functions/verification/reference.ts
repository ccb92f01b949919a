const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
const BETWEEN_DIGITS = /(?<=\d)[^A-Za-z0-9]+(?=\d)/g;
/** A code has 6 digits at least, and a number 15 at most. Letters around them hide neither. */
const CODE_OR_NUMBER = /(?<![A-Za-z0-9])[A-Za-z]*\d{6,15}[A-Za-z]*(?![A-Za-z0-9])/;
const DIGITS = /(?<!\d)\d{6,15}(?!\d)/g;

/**
 * Whether a caller's reference can hold neither a phone number nor a code: it has no group of 6 to 15 digits by itself or as four fifths of a
 * word, whatever stands between them. UUIDs and other random names pass, where letters and digits alternate.
 */
export function isOpaqueReference(text: string): boolean {
  const bare = text.replace(UUID, "");
  return ![bare, bare.replace(BETWEEN_DIGITS, "")].some(
    (one) => CODE_OR_NUMBER.test(one) || one.split(/[^A-Za-z0-9]+/).some(isMostlyDigits),
  );
}

/** As in `%2B447700900123`, a number that was encoded for an address. */
function isMostlyDigits(word: string): boolean {
  return (word.match(DIGITS) ?? []).some(({ length }) => 5 * length >= 4 * word.length);
}
