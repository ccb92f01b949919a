import * as v from "valibot";
import type { TwilioCredentials } from "../../functions/adapters/twilio/credentials.ts";

/** Why a question could not be asked, for the reader of the list. */
export class CouldNotAsk extends Error {}

/** The hosts of Twilio's API, by what they are for. */
const TWILIO_HOSTS = {
  api: "https://api.twilio.com",
  accounts: "https://accounts.twilio.com",
  messaging: "https://messaging.twilio.com",
  voice: "https://voice.twilio.com",
} as const;

export type TwilioHosts = Readonly<Record<keyof typeof TWILIO_HOSTS, string>>;

/** Reads one resource of Twilio's API and checks its form; `undefined` if there is none. Throws `CouldNotAsk`. */
export type TwilioReader = <Schema extends v.GenericSchema>(
  credentials: Pick<TwilioCredentials, "apiKeySid" | "apiKeySecret">,
  host: keyof TwilioHosts,
  path: string,
  schema: Schema,
) => Promise<v.InferOutput<Schema> | undefined>;

const PATIENCE_MILLISECONDS = 10_000;

export function twilioReader(hosts: TwilioHosts = TWILIO_HOSTS): TwilioReader {
  return async ({ apiKeySid, apiKeySecret }, host, path, schema) => {
    const key = Buffer.from(`${apiKeySid}:${apiKeySecret}`).toString("base64");
    const response = await fetch(`${hosts[host]}${path}`, {
      headers: { authorization: `Basic ${key}` },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    }).catch(() => {
      throw new CouldNotAsk("Twilio cannot be reached");
    });
    if (response.status === 404) return undefined;
    if (response.status === 401 || response.status === 403)
      throw new CouldNotAsk(
        "the key in the secret may not read this at Twilio; the Console shows it",
      );
    if (response.status !== 200) throw new CouldNotAsk(`Twilio answered ${response.status}`);
    const read = v.safeParse(schema, await response.json().catch(() => undefined));
    if (!read.success) throw new CouldNotAsk("Twilio answered in a form that is not known here");
    return read.output;
  };
}
