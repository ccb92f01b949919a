import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cryptoRandom } from "../../../functions/adapters/node/random.ts";
import { drawCode, guessOf, mac } from "../../../functions/verification/code.ts";
import { newVerificationId } from "../../../functions/verification/identifiers.ts";

const key = Buffer.alloc(32, 1);
const script = (...integers: number[]) => ({ integer: () => integers.shift() ?? 0 });

describe("a code", () => {
  it("keeps its leading zeros", () => {
    expect(drawCode(script(42_917), 6)).toBe("042917");
    expect(drawCode(script(7), 6)).toBe("000007");
  });

  it("is drawn over all codes with its digits", () => {
    const bounds: number[] = [];
    const random = { integer: (below: number) => bounds.push(below) };
    drawCode(random, 6);
    drawCode(random, 8);
    expect(bounds).toEqual([1_000_000, 100_000_000]);
  });

  it("is drawn again where it is trivial, and kept where it only looks regular", () => {
    for (const trivial of [111_111, 0, 999_999, 123_456, 12_345, 456_789, 987_654, 543_210])
      expect(drawCode(script(trivial, 271_828), 6), String(trivial)).toBe("271828");
    for (const regular of [123_457, 112_233, 246_802, 890_123])
      expect(drawCode(script(regular, 0), 6)).toBe(String(regular));
  });

  it("has twenty trivial values among a million", () => {
    const drawn = new Set<string>();
    for (let value = 0; value < 1_000_000; value++) drawn.add(drawCode(script(value, 271_828), 6));
    expect(drawn.size).toBe(1_000_000 - 20);
  });
});

describe("a guess", () => {
  const id = newVerificationId(1, cryptoRandom);

  it("is the same for the same code of the same verification only", () => {
    expect(guessOf(key, id, "271828")).toBe(guessOf(key, id, "271828"));
    expect(guessOf(key, id, "271828")).not.toBe(guessOf(key, id, "271829"));
    expect(guessOf(key, id, "271828")).not.toBe(
      guessOf(key, newVerificationId(1, cryptoRandom), "271828"),
    );
    expect(guessOf(key, id, "271828")).not.toBe(guessOf(Buffer.alloc(32, 2), id, "271828"));
  });

  it("cannot be found without the key by trying every code", () => {
    const stored = guessOf(Buffer.alloc(32, randomInt(3, 200)), id, "271828");
    const tried = Array.from({ length: 10_000 }, (_, code) =>
      guessOf(key, id, String(270_000 + code)),
    );
    expect(tried).not.toContain(stored);
  });
});

describe("a MAC", () => {
  it("distinguishes lists whose parts join to the same text", () => {
    expect(mac(key, ["use", "ab", "c"])).not.toBe(mac(key, ["use", "a", "bc"]));
    expect(mac(key, ["use", "a"])).not.toBe(mac(key, ["use", "a", ""]));
  });
});
