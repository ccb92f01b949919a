import twilio from "twilio";
import RequestClient from "twilio/lib/base/RequestClient.js";
import type { Twin } from "../../../local/twilio/twin.ts";

/** Twilio's SDK as it is, its own HTTP client included, led to a twin. */
class ToTwin extends RequestClient {
  readonly #twin: () => Twin;

  constructor(twin: () => Twin) {
    super();
    this.#twin = twin;
  }

  override request<Data>(options: RequestClient.RequestOptions<Data>) {
    const uri = options.uri.replace("https://api.twilio.com", this.#twin().baseUrl);
    return super.request({ ...options, uri });
  }
}

type Login = { readonly user: string; readonly password: string; readonly accountSid: string };

export function clientOf(twin: () => Twin, { user, password, accountSid }: Login): twilio.Twilio {
  return twilio(user, password, { accountSid, httpClient: new ToTwin(twin) });
}

/** The client of whoever has an API key. */
export function liveClient(twin: () => Twin): twilio.Twilio {
  const { accountSid, apiKeySid, apiKeySecret } = twin().account;
  return clientOf(twin, { user: apiKeySid, password: apiKeySecret, accountSid });
}

/** The client of whoever has the test credentials, or nearly. */
export function testClient(twin: () => Twin, token?: string): twilio.Twilio {
  const { testAccountSid, testAuthToken } = twin().account;
  return clientOf(twin, {
    user: testAccountSid,
    password: token ?? testAuthToken,
    accountSid: testAccountSid,
  });
}
