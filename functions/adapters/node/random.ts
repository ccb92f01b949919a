import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../../verification/ports.ts";

/** The operating system's generator. `randomInt` rejects instead of folding, so every integer is equally likely. */
export const cryptoRandom: Random = {
  integer: (below) => randomInt(below),
  bytes: (count) => randomBytes(count),
};
