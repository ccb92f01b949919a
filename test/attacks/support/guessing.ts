import { LIMITS } from "../../../functions/policy/limits.ts";
import { type Attacked, type Started, wrongCodes } from "./attacked-system.ts";
import type { Reply } from "./target.ts";

/** What an answer says: the result of a check, or the code of a problem. */
export function resultOf({ body }: Reply): unknown {
  return body["result"] ?? body["code"];
}

export function isWrong(answer: Reply): boolean {
  return resultOf(answer) === "incorrect";
}

/** In seconds; no number where it says none. */
export function retryAfterSeconds({ headers }: Reply): number {
  return Number(headers["retry-after"]);
}

let addresses = 0;

/** An address of this machine that was never used before. Persons have others. */
export function newAddress(): string {
  addresses += 1;
  return `127.99.${addresses >> 8}.${addresses & 255}`;
}

/** Guesses on, each time from another address, until no guess counts any more. Says how many did. */
export async function guessOn(target: Attacked, victim: Started, code: string): Promise<number> {
  let counted = 0;
  for (const guess of wrongCodes(code, LIMITS.checksPerVerification + 2)) {
    const answer = await target.check({ ...victim, from: newAddress() }, guess);
    if (!isWrong(answer)) return counted;
    counted += 1;
  }
  return counted;
}
