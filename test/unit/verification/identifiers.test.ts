import { describe, expect, it } from "vitest";
import { cryptoRandom } from "../../../functions/adapters/node/random.ts";
import {
  epochOf,
  isE164,
  isMac,
  isSealed,
  isTicket,
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

describe("a name", () => {
  it("of a number is E.164 and nothing around it", () => {
    expect(isE164("+447400123456")).toBe(true);
    for (const text of ["447400123456", " +447400123456", "+447400123456;ext=1", "+0447400123456"])
      expect(isE164(text)).toBe(false);
  });

  it("that is a MAC has 43 letters and nothing around them", () => {
    const mac = "A".repeat(43);
    expect(isMac(mac)).toBe(true);
    for (const text of [`${mac}A`, ` ${mac}`, `${mac}=`, mac.slice(1)])
      expect(isMac(text)).toBe(false);
  });

  it("of a verification, a ticket or a seal has nothing around it", () => {
    const names = [
      [isVerificationId, `v7-${"A".repeat(24)}`],
      [isTicket, `tfh3k2.${"A".repeat(43)}`],
      [isSealed, "A-_9"],
    ] as const;
    for (const [is, name] of names) {
      expect(is(name)).toBe(true);
      for (const text of [` ${name}`, `${name} `, `/${name}`, `${name}/`])
        expect(is(text)).toBe(false);
    }
  });
});
