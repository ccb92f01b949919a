import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { removalPolicyOf } from "./retention.ts";
import type { Stage } from "./stages.ts";

/** The keys that nothing but KMS ever holds. Losing the first two loses what is in flight; losing the third, only signatures to come. */
export class Keys extends Construct {
  /** Pseudonyms, seals. */
  readonly numbers: Key;
  /** What a code is compared as. Apart from `numbers`, so that showing a status takes no part in it. */
  readonly codes: Key;
  /** Signs proofs, ES256. */
  readonly proofs: Key;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    const hmac = { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC };
    const p256 = { keySpec: KeySpec.ECC_NIST_P256, keyUsage: KeyUsage.SIGN_VERIFY };
    const removalPolicy = removalPolicyOf(stage);
    this.numbers = new Key(this, "Numbers", {
      ...hmac,
      removalPolicy,
      description: "Latchkey: pseudonyms and seals of phone numbers",
    });
    this.codes = new Key(this, "Codes", {
      ...hmac,
      removalPolicy,
      description: "Latchkey: codes, as they are stored and compared",
    });
    this.proofs = new Key(this, "Proofs", {
      ...p256,
      removalPolicy,
      description: "Latchkey: signs proofs",
    });
  }
}
