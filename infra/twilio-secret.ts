import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { keepingPolicyOf } from "./retention.ts";
import type { Stage } from "./stage.ts";

/**
 * The secret in which an operator stores Twilio's API key, after the first deployment and never through CloudFormation. Until then it holds
 * random text that is no JSON, so nothing is sent. The generator of that text must not change: CloudFormation would overwrite the key.
 */
export function twilioSecret(scope: Construct, id: string, stage: Stage): Secret {
  const description =
    "Latchkey: the credentials of Twilio as JSON with their mode, put in by npm run secrets";
  return put(scope, id, { stage, description });
}

/** The secret of the auth token with which Twilio signs its callbacks. Separate from the credentials: no function that sends may read it. */
export function twilioAuthSecret(scope: Construct, id: string, stage: Stage): Secret {
  const description =
    "Latchkey: the auth token of Twilio, or two while it changes, put in by npm run secrets";
  return put(scope, id, { stage, description });
}

function put(
  scope: Construct,
  id: string,
  { stage, description }: { readonly stage: Stage; readonly description: string },
): Secret {
  return new Secret(scope, id, {
    description,
    generateSecretString: {},
    removalPolicy: keepingPolicyOf(stage),
  });
}
