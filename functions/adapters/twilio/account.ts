import Twilio from "twilio/lib/rest/Twilio.js";
import { once } from "../aws/once.ts";
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
 * The account, opened at the first send and kept until Twilio refuses its credentials, so that a rotation needs no new functions. Without
 * credentials there is none, and nothing was sent.
 */
export function accountOf({ credentials, ...transport }: TwilioOptions) {
  const opened = () =>
    once(async (): Promise<Account> => {
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
    });
  let current = opened();
  return {
    open: () => current(),
    forget: () => {
      current = opened();
    },
  };
}
