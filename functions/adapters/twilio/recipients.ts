import type { FaultLog, MessageSender } from "../../verification/ports.ts";
import type { TwilioCredentials } from "./credentials.ts";

export type RecipientOptions = {
  /** Read for each message: few are sent where there is a list, and a number that was taken off it must not wait for a new container. */
  readonly credentials: () => Promise<Pick<TwilioCredentials, "recipients">>;
  readonly logFault: FaultLog;
};

/**
 * Sends only to the numbers that are listed beside the credentials, whatever the policy allows: for live credentials in a stage of developers. If
 * the list cannot be read nothing is sent.
 */
export function onlyTo(
  { credentials, logFault }: RecipientOptions,
  sender: MessageSender,
): MessageSender {
  return {
    send: async (message) => {
      try {
        const { recipients } = await credentials();
        if (recipients?.includes(message.to) !== true)
          return { kind: "refused", why: "phone-not-allowed", reason: "not-a-recipient" };
      } catch (fault) {
        logFault("message-refused", fault);
        return { kind: "refused", why: "provider-unavailable" };
      }
      return sender.send(message);
    },
  };
}
