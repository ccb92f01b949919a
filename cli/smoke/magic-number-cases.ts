/** Twilio's documented answer to test credentials for one number. */
export type MagicNumberCase = {
  readonly resource: "message" | "call";
  readonly side: "from" | "to";
  readonly number: string;
  /** The documented error, or that it is accepted. */
  readonly expected: number | "accepted";
  /** The meaning of the number. */
  readonly words: string;
};

/** Every row of Twilio's tables, and one fictitious number for the rows "any other". https://www.twilio.com/docs/iam/test-credentials */
export const MAGIC_NUMBER_CASES: readonly MagicNumberCase[] = [
  ...cases("message", "from", [
    ["+15005550001", 21_212, "an invalid number"],
    ["+15005550007", 21_606, "a number that is not ours"],
    ["+15005550008", 21_611, "a full queue"],
    ["+15005550006", "accepted", "a number that may send"],
    ["+15005550000", 21_606, "any other number"],
    ["+447700900001", 21_606, "any other number"],
  ]),
  ...cases("message", "to", [
    ["+15005550001", 21_211, "an invalid number"],
    ["+15005550002", 21_612, "a number without a route"],
    ["+15005550003", 21_408, "a country without permission"],
    ["+15005550004", 21_610, "a number that has opted out"],
    ["+15005550009", 21_614, "a number that takes no SMS"],
    ["+447700900123", "accepted", "any other number"],
    ["123", 21_211, "no number at all"],
  ]),
  ...cases("call", "from", [
    ["+15005550001", 21_212, "an invalid number"],
    ["+15005550006", "accepted", "a number that may call"],
    ["+15005550000", 21_210, "any other number"],
  ]),
  ...cases("call", "to", [
    ["+15005550001", 21_217, "an invalid number"],
    ["+15005550002", 21_214, "a number without a route"],
    ["+15005550003", 21_215, "a country without permission"],
    ["+15005550004", 21_216, "a number that is blocked"],
    ["+447700900123", "accepted", "any other number"],
  ]),
];

type Row = readonly [string, number | "accepted", string];

function cases(
  resource: MagicNumberCase["resource"],
  side: MagicNumberCase["side"],
  rows: readonly Row[],
): readonly MagicNumberCase[] {
  return rows.map(([number, expected, words]) => ({ resource, side, number, expected, words }));
}
