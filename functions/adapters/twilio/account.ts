import Twilio from "twilio/lib/rest/Twilio.js";
import { once } from "../aws/once.ts";
import { SECRET_MINUTES } from "../secrets/secrets.ts";
import type { TwilioCredentials } from "./credentials.ts";
import { NotSent, type TransportOptions, TwilioTransport } from "./transport.ts";

export type TwilioOptions = TransportOptions & {
  readonly credentials: () => Promise<TwilioCredentials>;
};

type Account = {
  readonly client: Twilio;
  readonly sender: { readonly from: string } | { readonly messagingServiceSid: string };
};

/**
 * The account, opened at the first send and kept for some minutes, or until Twilio refuses its credentials: neither another key nor another sender
 * needs new functions. Without credentials there is none, and nothing was sent.
 */
export function accountOf({ credentials, ...transport }: TwilioOptions) {
  async function open(): Promise<Account> {
    const {
      mode: _,
      accountSid,
      apiKeySid,
      apiKeySecret,
      ...sender
    } = await credentials().catch((fault: unknown) => {
      throw new NotSent(String(fault));
    });
    const httpClient = new TwilioTransport(transport);
    return { client: new Twilio(apiKeySid, apiKeySecret, { accountSid, httpClient }), sender };
  }
  const opened = () => once(open, SECRET_MINUTES);
  let current = opened();
  return {
    open: () => current(),
    forget: () => {
      current = opened();
    },
  };
}
