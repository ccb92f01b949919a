import type { Verification } from "./api.ts";

/** Of what a session keeps as JSON. A change of its shape counts up. */
export const STATE_VERSION = 2;

/**
 * Whether an answer has what a client relies on; a newer deployment may add to it. Throws, or says no, for anything else: the callers take
 * both for no answer.
 */
export function isVerification(body: Verification): boolean {
  const { id, status, channel, to, channels, codeLength, expiresAt, resendAt } = body;
  const times = codeLength * Date.parse(expiresAt) * Date.parse(resendAt);
  return [id.trim(), status, channel, to, channels.length, times].every(Boolean);
}
