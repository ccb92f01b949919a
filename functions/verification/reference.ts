const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
const BETWEEN_DIGITS = /(?<=\d)[^A-Za-z0-9]+(?=\d)/g;
/** A code has 6 digits at least, and a number 15 at most. Letters around them hide neither. */
const CODE_OR_NUMBER = /(?<![A-Za-z0-9])[A-Za-z]*\d{6,15}[A-Za-z]*(?![A-Za-z0-9])/;

/**
 * Whether a caller's reference can hold neither a phone number nor a code: it has no group of 6 to 15 digits by itself, whatever stands between
 * them. UUIDs and other random names pass, where letters and digits alternate.
 */
export function isOpaqueReference(text: string): boolean {
  return !CODE_OR_NUMBER.test(text.replace(UUID, "").replace(BETWEEN_DIGITS, ""));
}
