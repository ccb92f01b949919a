import { GenerateMacCommand, type KMSClient } from "@aws-sdk/client-kms";
import type { Key, Keys } from "../../verification/ports.ts";
import { once } from "../aws/once.ts";

type KeyArns = { readonly numbersKeyArn: string; readonly codesKeyArn?: string };

/**
 * Keys derived from KMS: one GenerateMac over a fixed label for each, at its first use in a container, then 32 bytes in memory. The KMS keys
 * never leave KMS, no secret is stored, and later requests need no KMS call (NIST SP 800-108r1 §4 describes the derivation).
 */
export function kmsKeys(kms: KMSClient, { numbersKeyArn, codesKeyArn }: KeyArns): Keys {
  const derived = new Map<string, () => Promise<Key>>();

  function key(keyArn: string, label: string): Promise<Key> {
    const read = derived.get(label) ?? once(() => derive(kms, keyArn, label));
    derived.set(label, read);
    return read();
  }

  return {
    index: () => key(numbersKeyArn, "latchkey/index"),
    seal: (epoch) => key(numbersKeyArn, `latchkey/seal/${epoch}`),
    callback: (epoch) => key(numbersKeyArn, `latchkey/callback/${epoch}`),
    code: (epoch) => {
      if (codesKeyArn === undefined) throw new Error("this function has no business with codes");
      return key(codesKeyArn, `latchkey/code/${epoch}`);
    },
  };
}

async function derive(kms: KMSClient, keyArn: string, label: string): Promise<Key> {
  const { Mac } = await kms.send(
    new GenerateMacCommand({
      KeyId: keyArn,
      MacAlgorithm: "HMAC_SHA_256",
      Message: Buffer.from(label),
    }),
  );
  if (Mac?.length !== 32) throw new Error(`KMS gave no key for ${label}`);
  return Mac;
}
