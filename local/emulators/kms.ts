import { createHmac, sign } from "node:crypto";
import * as v from "valibot";
import type { KeyPlan } from "../template/keys.ts";
import type { KeyStore, Material } from "./key-store.ts";

/** An error as AWS's JSON protocols word it: `__type` and `message`, status 400. */
export class AwsFault extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Operations by the name that `X-Amz-Target` gives them. */
export type Operations = Readonly<Record<string, (input: unknown) => unknown>>;

type LocalKey = { readonly arn: string; readonly material: Material };

/** KMS takes messages of 1 to 4,096 bytes. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
const LONGEST_MESSAGE_BYTES = 4_096;

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
  SigningAlgorithm: v.literal("RSASSA_PKCS1_V1_5_SHA_256"),
  Message: BYTES,
  // KMS signs digests too; no function needs that.
  MessageType: v.optional(v.literal("RAW")),
});
const OF_ONE_KEY = v.object({ KeyId: v.string() });

/** An emulator for KMS with the keys of the template. */
export function createKms(keys: readonly KeyPlan[], store: KeyStore): Operations {
  const known = new Map(keys.map((plan) => [plan.id, { arn: plan.arn, material: store(plan) }]));
  const find = (keyId: string): LocalKey => {
    const key = known.get(keyId.slice(keyId.lastIndexOf("/") + 1));
    if (key === undefined || (keyId.startsWith("arn:") && keyId !== key.arn)) {
      throw new AwsFault("NotFoundException", `Key '${keyId}' does not exist`);
    }
    return key;
  };
  return {
    "TrentService.GenerateMac": (input) => generateMac(find, accepted(GENERATE_MAC, input)),
    "TrentService.Sign": (input) => signed(find, accepted(SIGN, input)),
    "TrentService.GetPublicKey": (input) => publicKey(find, accepted(OF_ONE_KEY, input)),
    "TrentService.DescribeKey": (input) => described(find, accepted(OF_ONE_KEY, input)),
  };
}

type Find = (keyId: string) => LocalKey;

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
  { KeyId, SigningAlgorithm, Message }: v.InferOutput<typeof SIGN>,
): unknown {
  const { arn, material } = find(KeyId);
  if (material.spec !== "RSA_2048") throw wrongUsage(arn);
  const signature = sign("sha256", Message, material.privateKey).toString("base64");
  return { KeyId: arn, Signature: signature, SigningAlgorithm };
}

function publicKey(find: Find, { KeyId }: v.InferOutput<typeof OF_ONE_KEY>): unknown {
  const { arn, material } = find(KeyId);
  if (material.spec !== "RSA_2048") throw wrongUsage(arn);
  return {
    KeyId: arn,
    KeySpec: material.spec,
    KeyUsage: "SIGN_VERIFY",
    PublicKey: material.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    SigningAlgorithms: ["RSASSA_PKCS1_V1_5_SHA_256"],
  };
}

/** The creation time of a key, for the signer: a JSON number of Unix seconds, as AWS sends it. */
function described(find: Find, { KeyId }: v.InferOutput<typeof OF_ONE_KEY>): unknown {
  const { arn, material } = find(KeyId);
  return {
    KeyMetadata: { KeyId: arn, KeySpec: material.spec, CreationDate: material.createdAtSeconds },
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
