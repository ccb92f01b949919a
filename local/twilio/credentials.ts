import { randomBytes, timingSafeEqual } from "node:crypto";
import * as v from "valibot";

/** The only number that Twilio's test credentials may send from. https://www.twilio.com/docs/iam/test-credentials */
export const OWNED_NUMBER = "+15005550006";

export const ACCOUNT = v.object({
  accountSid: v.string(),
  /** Signs status callbacks. */
  authToken: v.string(),
  apiKeySid: v.string(),
  apiKeySecret: v.string(),
  /** Test credentials: requests are validated and nothing is sent. */
  testAccountSid: v.string(),
  testAuthToken: v.string(),
  from: v.literal(OWNED_NUMBER),
});

/** An account in the shape of Twilio's that no customer has. */
export type TwilioAccount = v.InferOutput<typeof ACCOUNT>;

export function newAccount(): TwilioAccount {
  return {
    accountSid: `AC${newHex()}`,
    authToken: newHex(),
    apiKeySid: `SK${newHex()}`,
    apiKeySecret: newHex(),
    testAccountSid: `AC${newHex()}`,
    testAuthToken: newHex(),
    from: OWNED_NUMBER,
  };
}

/** 32 hex digits, as in every identifier of Twilio. */
export function newHex(): string {
  return randomBytes(16).toString("hex");
}

/** `live` sends; `test` only validates. */
export type Mode = "live" | "test";

/** The mode of a request by its Basic credentials, which must be those of the account that its path names; `undefined` for all others. */
export function modeOf(
  account: TwilioAccount,
  authorization: string | undefined,
  pathAccountSid: string | undefined,
): Mode | undefined {
  const { accountSid, authToken, apiKeySid, apiKeySecret, testAccountSid, testAuthToken } = account;
  const pairs = [
    { mode: "live", sid: accountSid, user: apiKeySid, password: apiKeySecret },
    { mode: "live", sid: accountSid, user: accountSid, password: authToken },
    { mode: "test", sid: testAccountSid, user: testAccountSid, password: testAuthToken },
  ] as const;
  return pairs.find(
    ({ sid, user, password }) =>
      isSame(authorization ?? "", basic(user, password)) && (pathAccountSid ?? sid) === sid,
  )?.mode;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
