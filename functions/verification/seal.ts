import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { isSealed, type Sealed, wellFormed } from "./identifiers.ts";
import type { Key, Random } from "./ports.ts";

/** AES-256-GCM with random nonces by NIST SP 800-38D §8.2.2: 96 bits, and far fewer than 2^32 seals under one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals `text` so that it opens only with the same key and the same `context`. */
export function seal(
  key: Key,
  context: string,
  text: string,
  random: Pick<Random, "bytes">,
): Sealed {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", createSecretKey(key), nonce).setAAD(
    Buffer.from(context),
  );
  const body = Buffer.concat([cipher.update(Buffer.from(text)), cipher.final()]);
  const sealed = Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
  return wellFormed(sealed, isSealed, "base64url");
}

/**
 * Opens a seal. Throws for another key or context and for any changed bit: a stored item was moved or changed. The unused bits of the last
 * character count as well, or a seal would have several spellings (RFC 4648 §3.5).
 */
export function unseal(key: Key, context: string, sealed: Sealed): string {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.toString("base64url") !== sealed) throw new Error("a seal has one spelling");
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", createSecretKey(key), nonce, {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
}
