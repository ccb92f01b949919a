import { parseAuthTokens } from "../functions/adapters/twilio/callbacks.ts";
import type { TwilioCredentials } from "../functions/adapters/twilio/credentials.ts";
import type { Ask } from "./prompt.ts";
import { CommandFault } from "./terminal.ts";

/**
 * Asks for the auth token with which Twilio signs its callbacks, or for two during a rotation, and checks each at Twilio. Test credentials
 * include their token, and Twilio makes no callbacks for them.
 */
export async function askAuthTokens(
  ask: Ask,
  { mode, accountSid, apiKeySecret }: TwilioCredentials,
  probe: (account: { readonly accountSid: string; readonly authToken: string }) => Promise<void>,
): Promise<readonly string[]> {
  if (mode === "test") return formed([apiKeySecret]);
  const first = await ask({ text: "Auth token of the account, not shown", hidden: true });
  await probe({ accountSid, authToken: formed([first])[0] ?? "" });
  const text = "Auth token that takes over, while you change it (Enter for none), not shown";
  const second = await ask({ text, hidden: true, otherwise: "" });
  // Twilio knows it only once it has been promoted.
  return formed([first, ...(second === "" ? [] : [second])]);
}

function formed(authTokens: readonly string[]): readonly string[] {
  try {
    return parseAuthTokens({ authTokens });
  } catch {
    throw new CommandFault("An auth token is 32 hex digits. Nothing was stored.");
  }
}
