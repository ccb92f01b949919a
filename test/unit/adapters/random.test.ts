import { expect, it } from "vitest";
import { cryptoRandom } from "../../../functions/adapters/node/random.ts";

it("draws every whole number below the one that is asked for, and no other", () => {
  const drawn = Array.from({ length: 1_000 }, () => cryptoRandom.integer(10));
  expect([...new Set(drawn)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it("draws as many bytes as are asked for, others each time", () => {
  const drawn = Array.from({ length: 100 }, () =>
    Buffer.from(cryptoRandom.bytes(18)).toString("hex"),
  );
  expect(new Set(drawn.map(({ length }) => length))).toEqual(new Set([36]));
  expect(new Set(drawn).size).toBe(100);
});
