/** `npm run secrets -- <stage>`: asks for Twilio's credentials without showing them, checks them at Twilio, and stores them. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SECRET_MINUTES } from "../functions/adapters/secrets/secrets.ts";
import { twilioModeOf, twilioRecipientsOf } from "../infra/environments.ts";
import { challengeOf } from "../infra/sending-terms.ts";
import { STAGES, type Stage } from "../infra/stages.ts";
import {
  askAuthTokens,
  askChallengeSecret,
  askCredentials,
  storeCredentials,
  storedWords,
} from "./ask-credentials.ts";
import { outputsOf } from "./deployed.ts";
import { prompter } from "./prompt.ts";
import { stageNamed } from "./stage-argument.ts";
import { bold, runCommand, tell, yes } from "./terminal.ts";
import { probe, probeToken } from "./twilio-probe.ts";

await runCommand(async () => {
  const { name, place } = stageNamed("secrets", process.argv.slice(2));
  const mode = twilioModeOf(STAGES[name]);
  const stage: Stage = STAGES[name];
  const challenge = challengeOf(stage);
  const recipients = twilioRecipientsOf(stage);
  const secrets = new SecretsManagerClient({});
  // Before the first question, so that the operator looks up no secret for a stage that does not exist.
  const deployed = await outputsOf(new CloudFormationClient({}), place);
  const [arn, authArn] = [deployed("TwilioSecret"), deployed("TwilioAuthSecret")];
  tell(
    `\n  Twilio's ${bold(mode)} credentials of ${bold(name)}. They go to Secrets Manager and nowhere else.\n`,
  );
  const { stdin: input, stdout: output } = process;
  const { ask, close } = prompter({ input, output, terminal: input.isTTY === true });
  try {
    const { credentials, isUnsure } = await askCredentials(ask, { mode, recipients }, probe);
    const authTokens = await askAuthTokens(ask, credentials, probeToken);
    await storeCredentials(secrets, arn, credentials);
    await storeCredentials(secrets, authArn, { authTokens });
    tell(storedWords(mode, isUnsure));
    if (challenge !== undefined) {
      const secret = await askChallengeSecret(ask, challenge.provider);
      await storeCredentials(secrets, deployed("ChallengeSecret"), { secret });
      tell(`${yes()} Stored. Functions use it within ${SECRET_MINUTES} minutes.`);
    }
    return 0;
  } finally {
    close();
  }
});
