import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import * as v from "valibot";
import type { Journal } from "../persistence/journal.ts";
import type { KeyPlan } from "../template/keys.ts";

/** What a key is made of. */
export type Material = { readonly createdAtSeconds: number } & (
  | { readonly spec: "HMAC_256"; readonly secret: Buffer }
  | { readonly spec: "RSA_2048"; readonly privateKey: KeyObject; readonly publicKey: KeyObject }
);

/** Finds the material of a key by its id; makes it where there is none of this kind yet. */
export type KeyStore = (plan: Pick<KeyPlan, "id" | "spec">) => Material;

const HMAC_BYTES = 32;

const RECORD = v.object({
  id: v.string(),
  spec: v.picklist(["HMAC_256", "RSA_2048"]),
  /** The secret, or PKCS #8 in DER; in base64. */
  bytes: v.pipe(v.string(), v.base64()),
  createdAtSeconds: v.optional(v.number(), 0),
});
type KeyRecord = v.InferOutput<typeof RECORD>;

/** Keys are stored in the journal: without a persistent one, each start makes new keys. */
export function createKeyStore(journal: Journal, clock: () => number = Date.now): KeyStore {
  const kept = new Map(
    journal.records.flatMap((record) => {
      const key = v.safeParse(RECORD, record);
      // A kind of key that an older version made. A new one takes its place.
      return key.success ? [[key.output.id, materialOf(key.output)] as const] : [];
    }),
  );
  return ({ id, spec }) => {
    const known = kept.get(id);
    if (known?.spec === spec) return known;
    const record = newRecord(id, spec, Math.floor(clock() / 1_000));
    journal.append(record);
    const material = materialOf(record);
    kept.set(id, material);
    return material;
  };
}

function newRecord(id: string, spec: KeyPlan["spec"], createdAtSeconds: number): KeyRecord {
  return { id, spec, bytes: newBytes(spec).toString("base64"), createdAtSeconds };
}

function newBytes(spec: KeyPlan["spec"]): Buffer {
  if (spec === "HMAC_256") return randomBytes(HMAC_BYTES);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return privateKey.export({ format: "der", type: "pkcs8" });
}

function materialOf({ spec, bytes, createdAtSeconds }: KeyRecord): Material {
  const secret = Buffer.from(bytes, "base64");
  if (spec === "HMAC_256") return { spec, secret, createdAtSeconds };
  const privateKey = createPrivateKey({ key: secret, format: "der", type: "pkcs8" });
  return { spec, privateKey, publicKey: createPublicKey(privateKey), createdAtSeconds };
}
