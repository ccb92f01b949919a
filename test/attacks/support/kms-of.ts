import { KMSClient } from "@aws-sdk/client-kms";
import { kmsKeys } from "../../../functions/adapters/kms/keys.ts";
import { kmsProofSigner } from "../../../functions/adapters/kms/proofs.ts";
import { synthesizedAssembly } from "../../../local/assembly.ts";
import type { Target } from "./target.ts";

/** The keys of a running system, as its functions derive them: what no attacker has, to show what an attack would need. */
export async function kmsOf({ lambda: { endpoint } }: Pick<Target, "lambda">) {
  const kms = new KMSClient({
    endpoint,
    region: "eu-west-2",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const template = JSON.stringify((await synthesizedAssembly()).template);
  const arnOf = (name: string): string => {
    const id = new RegExp(`"(Keys${name}[0-9A-F]{8})"`).exec(template)?.[1];
    if (id === undefined) throw new Error(`the template has no key for ${name}`);
    return `arn:aws:kms:eu-west-2:000000000000:key/${id}`;
  };
  return {
    keys: kmsKeys(kms, { numbersKeyArn: arnOf("Numbers"), codesKeyArn: arnOf("Codes") }),
    signer: kmsProofSigner(kms, [arnOf("Proofs")], Date.now),
  };
}
