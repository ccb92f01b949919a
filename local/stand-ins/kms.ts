import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import * as v from "valibot";
import type { KeyPlan } from "../template/keys.ts";
import { AwsFault } from "./aws-fault.ts";
import { signDigest } from "./ecdsa.ts";

/** Operations by the name that `X-Amz-Target` gives them. */
export type Operations = Readonly<Record<string, (input: unknown) => unknown>>;

type Material =
  | { readonly spec: "HMAC_256"; readonly secret: Buffer }
  | {
      readonly spec: "ECC_NIST_P256";
      readonly privateKey: KeyObject;
      readonly publicKey: KeyObject;
    };
type LocalKey = { readonly arn: string; readonly material: Material };

/** KMS takes messages of 1 to 4,096 bytes; longer ones are signed by their digest. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
const LONGEST_MESSAGE_BYTES = 4_096;
const SHA256_BYTES = 32;

const BYTES = v.pipe(
  v.string(),
  v.base64(),
  v.transform((text) => Buffer.from(text, "base64")),
  v.check(
    (bytes) => bytes.byteLength > 0 && bytes.byteLength <= LONGEST_MESSAGE_BYTES,
    "1 to 4096 bytes",
  ),
);
const GENERATE_MAC = v.object({
  KeyId: v.string(),
  MacAlgorithm: v.literal("HMAC_SHA_256"),
  Message: BYTES,
});
const SIGN = v.object({
  KeyId: v.string(),
  SigningAlgorithm: v.literal("ECDSA_SHA_256"),
  Message: BYTES,
  MessageType: v.optional(v.picklist(["RAW", "DIGEST"]), "RAW"),
});
const GET_PUBLIC_KEY = v.object({ KeyId: v.string() });

/** A stand-in for KMS with the keys of the template. Their material is new with every start and never leaves this process. */
export function createKms(keys: readonly KeyPlan[]): Operations {
  const store = new Map(
    keys.map(({ id, arn, spec }) => [id, { arn, material: newMaterial(spec) }]),
  );
  const find = (keyId: string): LocalKey => {
    const key = store.get(keyId.slice(keyId.lastIndexOf("/") + 1));
    if (key === undefined || (keyId.startsWith("arn:") && keyId !== key.arn)) {
      throw new AwsFault("NotFoundException", `Key '${keyId}' does not exist`);
    }
    return key;
  };
  return {
    "TrentService.GenerateMac": (input) => generateMac(find, accepted(GENERATE_MAC, input)),
    "TrentService.Sign": (input) => signed(find, accepted(SIGN, input)),
    "TrentService.GetPublicKey": (input) => publicKey(find, accepted(GET_PUBLIC_KEY, input)),
  };
}

type Find = (keyId: string) => LocalKey;

function newMaterial(spec: KeyPlan["spec"]): Material {
  if (spec === "HMAC_256") return { spec, secret: randomBytes(SHA256_BYTES) };
  return { spec, ...generateKeyPairSync("ec", { namedCurve: "P-256" }) };
}

function generateMac(
  find: Find,
  { KeyId, MacAlgorithm, Message }: v.InferOutput<typeof GENERATE_MAC>,
): unknown {
  const { arn, material } = find(KeyId);
  if (material.spec !== "HMAC_256") throw wrongUsage(arn);
  const mac = createHmac("sha256", material.secret).update(Message).digest("base64");
  return { KeyId: arn, Mac: mac, MacAlgorithm };
}

function signed(
  find: Find,
  { KeyId, SigningAlgorithm, Message, MessageType }: v.InferOutput<typeof SIGN>,
): unknown {
  const { arn, material } = find(KeyId);
  if (material.spec !== "ECC_NIST_P256") throw wrongUsage(arn);
  if (MessageType === "DIGEST" && Message.byteLength !== SHA256_BYTES) {
    throw new AwsFault(
      "ValidationException",
      "Digest is invalid length for algorithm ECDSA_SHA_256.",
    );
  }
  const { privateKey } = material;
  const signature =
    MessageType === "DIGEST"
      ? signDigest(privateKey, Message)
      : sign("sha256", Message, privateKey);
  return { KeyId: arn, Signature: signature.toString("base64"), SigningAlgorithm };
}

function publicKey(find: Find, { KeyId }: v.InferOutput<typeof GET_PUBLIC_KEY>): unknown {
  const { arn, material } = find(KeyId);
  if (material.spec !== "ECC_NIST_P256") throw wrongUsage(arn);
  return {
    KeyId: arn,
    KeySpec: material.spec,
    KeyUsage: "SIGN_VERIFY",
    PublicKey: material.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    SigningAlgorithms: ["ECDSA_SHA_256"],
  };
}

function wrongUsage(arn: string): AwsFault {
  return new AwsFault(
    "InvalidKeyUsageException",
    `${arn} key usage is not valid for this operation.`,
  );
}

function accepted<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  throw new AwsFault("ValidationException", v.summarize(parsed.issues));
}
