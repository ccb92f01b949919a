import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
} from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { Deployment } from "./deployment.ts";
import { keepingPolicyOf } from "./retention.ts";
import { rolesThatMay } from "./roles.ts";

const HMAC = { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC } as const;
/** Why RSA: docs/contribute/decisions/proofs-by-rs256.md. */
const RSA = { keySpec: KeySpec.RSA_2048, keyUsage: KeyUsage.SIGN_VERIFY } as const;

/** Each key: its kind, its use, and the operations that only the roles of the functions may do with it. */
export const KEYS = {
  numbersKey: {
    ...HMAC,
    description: "Latchkey: pseudonyms and seals of phone numbers",
    uses: ["kms:GenerateMac", "kms:VerifyMac"],
  },
  codesKey: {
    ...HMAC,
    description: "Latchkey: codes, as they are stored and compared",
    uses: ["kms:GenerateMac", "kms:VerifyMac"],
  },
  proofKeys: { ...RSA, description: "Latchkey: signs proofs", uses: ["kms:Sign"] },
} as const;

/** The account's permissions: to view, to delete, and to change the policy, which raises an alarm. No use, and no grant of use. */
const ADMINISTRATION = [
  "kms:CancelKeyDeletion",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:GetPublicKey",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateKeyDescription",
];

/** The keys that only KMS holds. A loss of the first two loses the verifications in flight; a loss of the third only future signatures. */
export class Keys extends Construct {
  /** Pseudonyms, seals. */
  readonly numbers: Key;
  /** The MAC of a code. Separate from `numbers`, so that showing a status does not use it. */
  readonly codes: Key;
  /** Published, oldest first; one of them signs proofs by RS256. */
  readonly proofs: readonly Key[];

  constructor(scope: Construct, id: string, props: Deployment) {
    super(scope, id);
    this.numbers = this.#key("Numbers", "numbersKey", props);
    this.codes = this.#key("Codes", "codesKey", props);
    this.proofs = (props.stage.proofKeys ?? [1]).map((number) =>
      this.#key(number === 1 ? "Proofs" : `Proofs${number}`, "proofKeys", props),
    );
  }

  #key(id: string, name: keyof typeof KEYS, { name: deploymentName, stage }: Deployment): Key {
    const { uses, ...key } = KEYS[name];
    const users = rolesThatMay(this, deploymentName, { on: name, actions: uses });
    return new Key(this, id, {
      ...key,
      removalPolicy: keepingPolicyOf(stage),
      policy: keyPolicy(uses, users),
    });
  }
}

/**
 * Conditions name the roles, not principals: KMS refuses a policy with principals that do not exist yet, and the roles are made after the keys.
 * The denial applies to administrators and grants too; only a change of this policy lifts it.
 */
function keyPolicy(uses: readonly string[], users: readonly string[]): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: "Administer",
        principals: [new AccountRootPrincipal()],
        actions: ADMINISTRATION,
        resources: ["*"],
      }),
      new PolicyStatement({
        sid: "UseByFunctions",
        principals: [new AccountRootPrincipal()],
        actions: [...uses],
        resources: ["*"],
        conditions: { ArnEquals: { "aws:PrincipalArn": users } },
      }),
      new PolicyStatement({
        sid: "UseByNobodyElse",
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [...uses, "kms:CreateGrant"],
        resources: ["*"],
        conditions: { ArnNotEquals: { "aws:PrincipalArn": users } },
      }),
    ],
  });
}
