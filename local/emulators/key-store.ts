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
export type Material =
  | { readonly spec: "HMAC_256"; readonly secret: Buffer }
  | {
      readonly spec: "ECC_NIST_P256";
      readonly privateKey: KeyObject;
      readonly publicKey: KeyObject;
    };

/** Finds the material of a key by its id; makes it where there is none of this kind yet. */
export type KeyStore = (plan: Pick<KeyPlan, "id" | "spec">) => Material;

const HMAC_BYTES = 32;

const RECORD = v.object({
  id: v.string(),
  spec: v.picklist(["HMAC_256", "ECC_NIST_P256"]),
  /** The secret, or PKCS #8 in DER; in base64. */
  bytes: v.pipe(v.string(), v.base64()),
});
type KeyRecord = v.InferOutput<typeof RECORD>;

/** Keys live as long as their journal: with every start new ones, unless it is kept. */
export function createKeyStore(journal: Journal): KeyStore {
  const kept = new Map(
    journal.records.map((record) => {
      const key = v.parse(RECORD, record);
      return [key.id, materialOf(key)];
    }),
  );
  return ({ id, spec }) => {
    const known = kept.get(id);
    if (known?.spec === spec) return known;
    const record = newRecord(id, spec);
    journal.append(record);
    const material = materialOf(record);
    kept.set(id, material);
    return material;
  };
}

function newRecord(id: string, spec: KeyPlan["spec"]): KeyRecord {
  if (spec === "HMAC_256") return { id, spec, bytes: randomBytes(HMAC_BYTES).toString("base64") };
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    id,
    spec,
    bytes: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
  };
}

function materialOf({ spec, bytes }: KeyRecord): Material {
  const secret = Buffer.from(bytes, "base64");
  if (spec === "HMAC_256") return { spec, secret };
  const privateKey = createPrivateKey({ key: secret, format: "der", type: "pkcs8" });
  return { spec, privateKey, publicKey: createPublicKey(privateKey) };
}
