import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { keepingPolicyOf } from "./retention.ts";
import { challengeOf } from "./sending-terms.ts";
import type { Stage } from "./stage.ts";

/**
 * The secret in which an operator stores the secret key of the challenge, as JSON `{"secret": "…"}`, after the first deployment and never through
 * CloudFormation. Until then it holds random text that is no JSON, so no token is verified. `undefined` if the stage has no challenge.
 */
export function challengeSecret(scope: Construct, id: string, stage: Stage): Secret | undefined {
  if (challengeOf(stage) === undefined) return undefined;
  return new Secret(scope, id, {
    description: "Latchkey: the secret of the challenge that starts must pass, as JSON",
    generateSecretString: {},
    removalPolicy: keepingPolicyOf(stage),
  });
}
