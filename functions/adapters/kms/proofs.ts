import { createHash, createPublicKey, type JsonWebKey } from "node:crypto";
import { GetPublicKeyCommand, type KMSClient, SignCommand } from "@aws-sdk/client-kms";
import type { ProofSigner } from "../../verification/ports.ts";
import { once } from "../aws/once.ts";

/** ES256: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). */
const ALGORITHM = "ES256";
const COORDINATE_BYTES = 32;

/** Signs proofs by KMS: the private key cannot be exported, and each use is in CloudTrail. */
export function kmsProofSigner(kms: KMSClient, keyArn: string): ProofSigner {
  const header = encoded({ alg: ALGORITHM, typ: "JWT", kid: keyIdOf(keyArn) });
  return {
    async sign(claims) {
      const input = `${header}.${encoded(claims)}`;
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyArn,
          SigningAlgorithm: "ECDSA_SHA_256",
          MessageType: "RAW",
          Message: Buffer.from(input),
        }),
      );
      if (Signature === undefined) throw new Error("KMS gave no signature");
      return `${input}.${joseSignature(Buffer.from(Signature)).toString("base64url")}`;
    },
  };
}

/** The proof keys as JWKs (RFC 7517), read once per container: a KMS key never changes. */
export function kmsProofKeys(
  kms: KMSClient,
  keyArns: readonly string[],
): () => Promise<readonly JsonWebKey[]> {
  return once(() => Promise.all(keyArns.map((keyArn) => proofKey(kms, keyArn))));
}

/** Under the `kid` that its proofs name. */
async function proofKey(kms: KMSClient, keyArn: string): Promise<JsonWebKey> {
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: keyArn }));
  if (PublicKey === undefined) throw new Error("KMS gave no public key");
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  return { ...key.export({ format: "jwk" }), kid: keyIdOf(keyArn), alg: ALGORITHM, use: "sig" };
}

/** A name for a key that both its signer and its publisher know without asking KMS, and that tells nothing of the account. */
function keyIdOf(keyArn: string): string {
  return createHash("sha256").update(keyArn).digest("base64url").slice(0, 16);
}

function encoded(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** KMS signs in DER, `SEQUENCE { INTEGER r, INTEGER s }`; JOSE wants r and s at 32 bytes each (RFC 7518 §3.4). */
function joseSignature(der: Buffer): Buffer {
  const r = derInteger(der, 2);
  const s = derInteger(der, r.end);
  return Buffer.concat([r.bytes, s.bytes]);
}

function derInteger(der: Buffer, start: number): { readonly bytes: Buffer; readonly end: number } {
  const length = der[start + 1];
  if (der[start] !== 0x02 || length === undefined) throw new Error("KMS gave no ECDSA signature");
  const end = start + 2 + length;
  const digits = der.subarray(start + 2, end);
  const padded = Buffer.concat([Buffer.alloc(COORDINATE_BYTES), digits]);
  return { bytes: padded.subarray(-COORDINATE_BYTES), end };
}
