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

/** Each key: its kind, its use, and the actions that only the roles of the functions may do with it. */
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

/** What the account may do. To look, to end, and to change the policy, which raises an alarm; no use, and no grant of use to anybody. */
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

/** The keys that only KMS holds. Loss of the first two ends the verifications in progress; loss of the third ends only future signatures. */
export class Keys extends Construct {
  /** Pseudonyms, seals. */
  readonly numbers: Key;
  /** What a code is compared as. Apart from `numbers`, so that showing a status takes no part in it. */
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
 * Roles are named in conditions and not as principals: KMS refuses a policy whose principals do not exist yet, and these are made after
 * the keys. The denial holds for administrators and grants too; only a change of this policy lifts it.
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
