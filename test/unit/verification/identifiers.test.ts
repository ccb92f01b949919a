import { describe, expect, it } from "vitest";
import { cryptoRandom } from "../../../functions/adapters/random.ts";
import {
  epochOf,
  isVerificationId,
  newVerificationId,
} from "../../../functions/verification/identifiers.ts";

describe("an id", () => {
  it("holds 144 random bits of the generator that it is given, and its epoch", () => {
    const asked: number[] = [];
    const bytes = (count: number) => {
      asked.push(8 * count);
      return new Uint8Array(count).fill(0xff);
    };
    const id = newVerificationId(7, { bytes });
    expect([asked, id, epochOf(id)]).toEqual([[144], `v7-${"_".repeat(24)}`, 7]);
  });

  it("is another each time, by the operating system's generator", () => {
    const ids = Array.from({ length: 1_000 }, () => newVerificationId(1, cryptoRandom));
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every(isVerificationId)).toBe(true);
  });
});
