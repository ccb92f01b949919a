import twilio from "twilio";
import RequestClient from "twilio/lib/base/RequestClient.js";
import type { Emulator } from "../../../local/twilio/emulator.ts";

/** Twilio's SDK as it is, its own HTTP client included, led to an emulator. */
class ToTwin extends RequestClient {
  readonly #emulator: () => Emulator;

  constructor(emulator: () => Emulator) {
    super();
    this.#emulator = emulator;
  }

  override request<Data>(options: RequestClient.RequestOptions<Data>) {
    const uri = options.uri.replace("https://api.twilio.com", this.#emulator().baseUrl);
    return super.request({ ...options, uri });
  }
}

type Login = { readonly user: string; readonly password: string; readonly accountSid: string };

export function clientOf(
  emulator: () => Emulator,
  { user, password, accountSid }: Login,
): twilio.Twilio {
  return twilio(user, password, { accountSid, httpClient: new ToTwin(emulator) });
}

/** The client of whoever has an API key. */
export function liveClient(emulator: () => Emulator): twilio.Twilio {
  const { accountSid, apiKeySid, apiKeySecret } = emulator().account;
  return clientOf(emulator, { user: apiKeySid, password: apiKeySecret, accountSid });
}

/** The client of whoever has the test credentials, or nearly. */
export function testClient(emulator: () => Emulator, token?: string): twilio.Twilio {
  const { testAccountSid, testAuthToken } = emulator().account;
  return clientOf(emulator, {
    user: testAccountSid,
    password: token ?? testAuthToken,
    accountSid: testAccountSid,
  });
}
