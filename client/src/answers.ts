import type { Verification } from "./api.ts";

/** The version of the JSON that a session stores. A change of its shape increments it. */
export const STATE_VERSION = 2;

/**
 * Whether a response has the fields that a client needs; a newer deployment may add others. Throws or returns false for anything else: callers
 * treat both as no answer.
 */
export function isVerification(body: Verification): boolean {
  const { id, status, channel, to, channels, codeLength, delivery, expiresAt, resendAt } = body;
  const times = codeLength * Date.parse(expiresAt) * Date.parse(resendAt);
  const words: readonly string[] = channels;
  const isWorded = areWords(words.concat(id, status, channel, to, delivery));
  return isWorded && times > 0 && codeLength >>> 0 === codeLength;
}

/** Throws or returns false for anything but texts that are not empty. */
export function areWords(words: readonly string[]): boolean {
  return words.every((word) => word.trim());
}
