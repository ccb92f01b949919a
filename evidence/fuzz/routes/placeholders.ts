import fc from "fast-check";

/**
 * Stands in a request for what only a running system has: `<<id 3>>` becomes the id of a live verification. So a request is plain data, which can
 * be shrunk, printed and sent again.
 */
export type Lookup = (name: string, index: number) => string | undefined;

export const liveOf = (name: "id" | "code" | "report" | "call"): fc.Arbitrary<string> =>
  fc.nat({ max: 19 }).map((index) => `<<${name} ${index}>>`);

export const SIGNED = "<<signed 0>>";
export const SIGNED_V4 = "<<signedv4 0>>";

export function filled(text: string, lookup: Lookup): string {
  return text.replace(
    /<<(\w+) (\d+)>>/g,
    (whole, name: string, index: string) => lookup(name, Number(index)) ?? whole,
  );
}

/** What no answer may repeat. */
export const CANARY = "zqxcanary";

/** Bytes as a text of Latin-1, one letter a byte. */
export const bytesOfText = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** Texts that parsers, paths and logs stumble over. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...["", " ", "null", "undefined", "__proto__", "constructor", "../../etc/passwd", "%00"],
    ...["\u0000", "\r\nx: y", "\u202e", "\ud800", "\udfff", "\ufeff", "\u{1f600}", "'\"><x>"],
    ...["0", "-1", "1e999", "NaN", "true", "{{7*7}}", "' OR 1=1 --", "$context.path"],
    ...[CANARY, `v1-${"A".repeat(24)}`, "A".repeat(300), "é".repeat(40), "\\u0000", "%ff"],
  ),
  fc.string({ maxLength: 20 }).map((text) => CANARY + text),
  fc.string({ unit: "binary", maxLength: 30 }),
);
