import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { keepingPolicyOf } from "./retention.ts";
import { challengeOf } from "./sending-terms.ts";
import type { Stage } from "./stage.ts";

/**
 * Where an operator puts the secret half of the challenge, as JSON `{"secret": "…"}`, after the first deploy and never through CloudFormation.
 * Until then it holds a random text that is no JSON, so no token can be verified. Nothing where the stage has no challenge.
 */
export function challengeSecret(scope: Construct, id: string, stage: Stage): Secret | undefined {
  if (challengeOf(stage) === undefined) return undefined;
  return new Secret(scope, id, {
    description: "Latchkey: the secret of the challenge that starts must pass, as JSON",
    generateSecretString: {},
    removalPolicy: keepingPolicyOf(stage),
  });
}
