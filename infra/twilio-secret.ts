import { CfnOutput } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { removalPolicyOf } from "./retention.ts";
import type { Stage } from "./stages.ts";

/**
 * Where an operator puts Twilio's API key, after the first deploy and never through CloudFormation. Until then it holds a random text
 * that is no JSON, so nothing is sent. What generates that text must not change: CloudFormation would write over the key.
 */
export function twilioSecret(scope: Construct, id: string, stage: Stage): Secret {
  const secret = new Secret(scope, id, {
    description:
      "Latchkey: the credentials of Twilio as JSON with their mode, put in by npm run secrets",
    generateSecretString: {},
    removalPolicy: removalPolicyOf(stage),
  });
  new CfnOutput(scope, `${id}Arn`, {
    description: "Where the credentials of Twilio are put",
    value: secret.secretArn,
  });
  return secret;
}
