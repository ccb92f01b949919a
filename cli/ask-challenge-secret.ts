import type { ChallengeProvider } from "../functions/verification/challenge.ts";
import type { Ask } from "./prompt.ts";
import { CommandFault } from "./terminal.ts";

const NAMES: Readonly<Record<ChallengeProvider, string>> = {
  turnstile: "Turnstile",
  hcaptcha: "hCaptcha",
  recaptcha: "reCAPTCHA",
};

/** Asks for the secret key of a challenge. Only the first token shows whether it is right. */
export async function askChallengeSecret(ask: Ask, provider: ChallengeProvider): Promise<string> {
  const secret = await ask({ text: `Secret key of ${NAMES[provider]}, not shown`, hidden: true });
  if (!/^[\x21-\x7e]{20,}$/.test(secret))
    throw new CommandFault(
      `A secret key of ${NAMES[provider]} has at least 20 characters and no spaces. Twilio's are stored, this one is not.`,
    );
  return secret;
}
