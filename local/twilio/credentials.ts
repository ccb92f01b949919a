import { randomBytes, timingSafeEqual } from "node:crypto";

/** An account that exists for one run, in the shape of Twilio's. */
export type TwilioAccount = {
  readonly accountSid: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  /** The only number that Twilio's test credentials may send from. https://www.twilio.com/docs/iam/test-credentials */
  readonly from: typeof OWNED_NUMBER;
};

export const OWNED_NUMBER = "+15005550006";

export function newAccount(): TwilioAccount {
  return {
    accountSid: `AC${newHex()}`,
    apiKeySid: `SK${newHex()}`,
    apiKeySecret: newHex(),
    from: OWNED_NUMBER,
  };
}

/** 32 hex digits, as in every identifier of Twilio. */
export function newHex(): string {
  return randomBytes(16).toString("hex");
}

/** Whether the Basic credentials of a request are the account's API key, and the path is the account's. */
export function isAuthorized(
  { accountSid, apiKeySid, apiKeySecret }: TwilioAccount,
  authorization: string | undefined,
  pathAccountSid: string | undefined,
): boolean {
  const expected = Buffer.from(
    `Basic ${Buffer.from(`${apiKeySid}:${apiKeySecret}`).toString("base64")}`,
  );
  const given = Buffer.from(authorization ?? "");
  const isKey = given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
  return isKey && pathAccountSid === accountSid;
}
