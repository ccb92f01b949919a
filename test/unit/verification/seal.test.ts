import { describe, expect, it } from "vitest";
import { cryptoRandom } from "../../../functions/adapters/node/random.ts";
import { isSealed } from "../../../functions/verification/identifiers.ts";
import { seal, unseal } from "../../../functions/verification/seal.ts";

const key = Buffer.alloc(32, 1);

function changed(sealed: string, at: number): ReturnType<typeof seal> {
  const bytes = Buffer.from(sealed, "base64url");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const text = bytes.toString("base64url");
  if (!isSealed(text)) throw new Error("no seal");
  return text;
}

describe("a seal", () => {
  it("opens with its key and its context", () => {
    expect(unseal(key, "id|login", seal(key, "id|login", "+447700900123", cryptoRandom))).toBe(
      "+447700900123",
    );
  });

  it("stays shut for another key and another context", () => {
    const sealed = seal(key, "id|login", "+447700900123", cryptoRandom);
    expect(() => unseal(Buffer.alloc(32, 2), "id|login", sealed)).toThrow("authenticate");
    expect(() => unseal(key, "id|signup", sealed)).toThrow("authenticate");
  });

  it.each([0, 12, 28, 40])("stays shut when a bit of byte %i is another", (at) => {
    const sealed = seal(key, "id|login", "+447700900123", cryptoRandom);
    expect(() => unseal(key, "id|login", changed(sealed, at))).toThrow("authenticate");
  });

  it.each(["one", "ones", "two's"])(
    "has one spelling, whatever its last letter holds: %s",
    (text) => {
      const sealed = seal(key, "id|login", text, cryptoRandom);
      const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const spellings = [...letters].map((letter) => sealed.slice(0, -1) + letter).filter(isSealed);
      const opening = spellings.filter((spelling) => {
        try {
          return unseal(key, "id|login", spelling) === text;
        } catch {
          return false;
        }
      });
      expect([spellings.length, opening]).toEqual([64, [sealed]]);
    },
  );

  it("stays shut when its tag is cut short, which would be guessed by trying", () => {
    const whole = Buffer.from(seal(key, "c", "", cryptoRandom), "base64url");
    expect(whole).toHaveLength(28);
    const text = whole.subarray(0, 16).toString("base64url");
    if (!isSealed(text)) throw new Error("no seal");
    expect(() => unseal(key, "c", text)).toThrow("tag length");
  });

  it("is another each time, so that equal numbers do not look equal", () => {
    expect(seal(key, "c", "text", cryptoRandom)).not.toBe(seal(key, "c", "text", cryptoRandom));
  });
});
