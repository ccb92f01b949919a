import { createECDH, type KeyObject, randomBytes } from "node:crypto";

/** The order of P-256's group. NIST SP 800-186 §3.2.1.3. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const COORDINATE_BYTES = 32;

/**
 * ECDSA over P-256 of a digest that somebody else computed, in DER (FIPS 186-5 §6.4.1). Node always hashes before it signs, so it cannot
 * do this itself. Not in constant time: for throw-away keys on this machine only.
 */
export function signDigest(privateKey: KeyObject, digest: Uint8Array): Buffer {
  const secret = integer(Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url"));
  for (;;) {
    const nonce = randomBytes(COORDINATE_BYTES);
    const k = integer(nonce);
    if (k === 0n || k >= ORDER) continue;
    const curve = createECDH("prime256v1");
    curve.setPrivateKey(nonce);
    const r = integer(curve.getPublicKey().subarray(1, 1 + COORDINATE_BYTES)) % ORDER;
    const s = (inverse(k) * (integer(digest) + r * secret)) % ORDER;
    if (r !== 0n && s !== 0n) return der(0x30, Buffer.concat([derInteger(r), derInteger(s)]));
  }
}

function integer(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** By Fermat: the order is prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = value % ORDER;
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent % 2n === 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return result;
}

/** A leading zero byte keeps a high first bit from meaning a minus. ITU-T X.690 §8.3. */
function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  const isHigh = (bytes[0] ?? 0) >= 0x80;
  return der(0x02, isHigh ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** A P-256 signature is shorter than 128 bytes, so each length is one byte. */
function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag, content.byteLength), content]);
}
