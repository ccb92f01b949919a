/** `npm run smoke -- <stage>`: sends Twilio's magic numbers to Twilio with test credentials and compares each answer with the documented one. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { TwilioCredentials } from "../functions/adapters/twilio/credentials.ts";
import { askCredentials } from "./ask-credentials.ts";
import { outputsOf } from "./deployed.ts";
import { prompter } from "./prompt.ts";
import { type SmokeArguments, smokeArguments } from "./smoke/arguments.ts";
import {
  type SmokeResult,
  smokeLine,
  smokeSummary,
  smokeTest,
  storedCredentials,
} from "./smoke/smoke-test.ts";
import { bold, runCommand, tell } from "./terminal.ts";
import { probe, twilioUrl } from "./twilio-probe.ts";

await runCommand(async () => {
  const options = smokeArguments(process.argv.slice(2));
  const baseUrl = twilioUrl();
  const credentials = await credentialsOf(options);
  tell(
    `\n  Asking ${bold(baseUrl)} with test credentials. No message is sent, and nothing is paid.\n`,
  );
  const results: SmokeResult[] = [];
  for await (const result of smokeTest({ credentials, baseUrl })) {
    results.push(result);
    tell(smokeLine(result));
  }
  tell(`\n${smokeSummary(results)}`);
  return results.every(({ isAsDocumented }) => isAsDocumented) ? 0 : 1;
});

/** The credentials of the stage's secret, or typed ones, which are not stored. */
async function credentialsOf({ place, asks }: SmokeArguments): Promise<TwilioCredentials> {
  if (!asks) {
    const output = await outputsOf(new CloudFormationClient({}), place);
    return storedCredentials(new SecretsManagerClient({}), output("TwilioSecret"));
  }
  const { stdin: input, stdout: output } = process;
  const { ask, close } = prompter({ input, output, terminal: input.isTTY === true });
  try {
    const wanted = { mode: "test", recipients: "anyone" } as const;
    const { credentials } = await askCredentials(ask, wanted, probe);
    return credentials;
  } finally {
    close();
  }
}
