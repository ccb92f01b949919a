import { createHash, createPublicKey, type JsonWebKey } from "node:crypto";
import {
  DescribeKeyCommand,
  GetPublicKeyCommand,
  type KMSClient,
  SignCommand,
} from "@aws-sdk/client-kms";
import { SIGNS_AFTER_SECONDS } from "../../policy/proof-key-change.ts";
import type { Clock, ProofSigner } from "../../verification/ports.ts";
import { once } from "../aws/once.ts";

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3): KMS's signature and the JOSE form have the same bytes. */
const ALGORITHM = "RS256";
const KMS_ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256";

/**
 * Signs proofs by KMS: the private key cannot be exported, and each use is in CloudTrail. The newest published key that was created at least
 * `SIGNS_AFTER_SECONDS` ago signs. A single key signs at once.
 */
export function kmsProofSigner(
  kms: KMSClient,
  keyArns: readonly string[],
  clock: Clock,
): ProofSigner {
  const [oldest = "", ...newer] = keyArns;
  const newestFirst = newer
    .map((arn) => ({ arn, createdAt: once(() => createdAt(kms, arn)) }))
    .toReversed();

  async function signingKey(): Promise<string> {
    for (const { arn, createdAt } of newestFirst)
      if ((await createdAt()) + SIGNS_AFTER_SECONDS * 1_000 <= clock()) return arn;
    return oldest;
  }

  return {
    async sign(claims) {
      const keyArn = await signingKey();
      const header = { alg: ALGORITHM, typ: "JWT", kid: keyIdOf(keyArn) };
      const input = `${encoded(header)}.${encoded(claims)}`;
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyArn,
          SigningAlgorithm: KMS_ALGORITHM,
          MessageType: "RAW",
          Message: Buffer.from(input),
        }),
      );
      if (Signature === undefined) throw new Error("KMS gave no signature");
      return `${input}.${Buffer.from(Signature).toString("base64url")}`;
    },
  };
}

async function createdAt(kms: KMSClient, keyArn: string): Promise<number> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
  if (KeyMetadata?.CreationDate === undefined) throw new Error("KMS gave no date of creation");
  return KeyMetadata.CreationDate.getTime();
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

/** A name for a key that its signer and its publisher both compute without asking KMS, and that reveals nothing of the account. */
function keyIdOf(keyArn: string): string {
  return createHash("sha256").update(keyArn).digest("base64url").slice(0, 16);
}

function encoded(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
