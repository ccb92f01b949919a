import { createHmac, createSecretKey } from "node:crypto";
import { isMac, type Mac, type VerificationId, wellFormed } from "./identifiers.ts";
import type { Key, Random } from "./ports.ts";

/**
 * A code drawn uniformly from those with `digits` digits, leading zeros kept. The trivial ones, which are tried first, are drawn again.
 * Uniform by rejection, never by modulo: NIST SP 800-63B-4 §3.1.3.2, OWASP ASVS 5.0 §6.5.3.
 */
export function drawCode(random: Pick<Random, "integer">, digits: number): string {
  for (;;) {
    const code = String(random.integer(10 ** digits)).padStart(digits, "0");
    if (!isTrivial(code)) return code;
  }
}

/** One digit repeated, or a straight run up or down: 20 of the 10^6 codes with six digits, so a guess has a chance of one in 999,980. */
function isTrivial(code: string): boolean {
  const steps = new Set(
    [...code].slice(1).map((digit, index) => Number(digit) - Number(code[index])),
  );
  // Six digits that differ by two or more each do not fit between 0 and 9.
  return steps.size === 1;
}

/** The MAC of a code, bound to its verification: the same code of another one has another MAC. */
export function guessOf(key: Key, id: VerificationId, code: string): Mac {
  return mac(key, ["code", id, code]);
}

/**
 * HMAC-SHA-256 over the use and the parts, so that a MAC of one use is never one of another. Each part follows its length, so that no two lists
 * of parts are encoded alike.
 */
export function mac(key: Key, parts: readonly [use: string, ...parts: readonly string[]]): Mac {
  // For raw bytes, Node needs seven times the rest to find out that they are no key object.
  const hmac = createHmac("sha256", createSecretKey(key));
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`);
  return wellFormed(hmac.digest("base64url"), isMac, "an HMAC-SHA-256 of 43 letters");
}
