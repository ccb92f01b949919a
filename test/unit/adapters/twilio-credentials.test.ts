import { describe, expect, it } from "vitest";
import { parseTwilioCredentials } from "../../../functions/adapters/twilio-credentials.ts";

const ACCOUNT = {
  accountSid: `AC${"0a".repeat(16)}`,
  apiKeySid: `SK${"2C".repeat(16)}`,
  apiKeySecret: "a secret",
};
const WITH_NUMBER = { ...ACCOUNT, from: "+447700900000" };
const WITH_SERVICE = { ...ACCOUNT, messagingServiceSid: `MG${"3d".repeat(16)}` };

describe("Twilio's credentials", () => {
  it.each([
    ["a number", WITH_NUMBER],
    ["a sender id", { ...ACCOUNT, from: "LATCHKEY" }],
    ["a messaging service", WITH_SERVICE],
  ])("are an API key and %s", (_, credentials) => {
    expect(parseTwilioCredentials(credentials)).toEqual(credentials);
  });

  it.each([
    ["without a sender", ACCOUNT],
    ["with two senders", { ...WITH_NUMBER, ...WITH_SERVICE }],
    ["with an empty sender", { ...ACCOUNT, from: "" }],
    ["with an auth token for a key", { ...WITH_NUMBER, apiKeySid: ACCOUNT.accountSid }],
    ["with another account sid", { ...WITH_NUMBER, accountSid: "AC1" }],
    ["with another service sid", { ...ACCOUNT, messagingServiceSid: ACCOUNT.accountSid }],
    ["without a secret", { ...WITH_NUMBER, apiKeySecret: "" }],
    ["with a misspelt field", { ...WITH_NUMBER, messagingServiceSID: "" }],
    ["as generated at deploy", "xK3;9fj)2mQ.x0Yb"],
    ["missing", undefined],
  ])("%s are refused", (_, secret) => {
    expect(() => parseTwilioCredentials(secret)).toThrow(/^the Twilio secret must hold /);
  });

  it("are not quoted when they are refused", () => {
    const secret = { ...ACCOUNT, apiKeySecret: "hunter2", from: 7 };
    expect(() => parseTwilioCredentials(secret)).toThrow(/^the Twilio secret(?!.*hunter2)/);
  });
});
