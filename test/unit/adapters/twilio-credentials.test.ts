import { describe, expect, it } from "vitest";
import {
  parseTwilioCredentials,
  twilioCredentialsFor,
} from "../../../functions/adapters/twilio/credentials.ts";

const ACCOUNT = {
  mode: "live",
  accountSid: `AC${"0a".repeat(16)}`,
  apiKeySid: `SK${"2C".repeat(16)}`,
  apiKeySecret: "a secret",
};
const WITH_NUMBER = { ...ACCOUNT, from: "+447700900000" };
/** Twilio's test credentials have no keys: its sid and its auth token stand for both. */
const TEST = { ...WITH_NUMBER, mode: "test", apiKeySid: ACCOUNT.accountSid };
const WITH_SERVICE = { ...ACCOUNT, messagingServiceSid: `MG${"3d".repeat(16)}` };

describe("Twilio's credentials", () => {
  it.each([
    ["a number", WITH_NUMBER],
    ["a sender id", { ...ACCOUNT, from: "LATCHKEY" }],
    ["a messaging service", WITH_SERVICE],
    ["a number, with a list of recipients", { ...WITH_NUMBER, recipients: ["+447700900123"] }],
    ["a number, in test by the sid and the auth token", TEST],
  ])("are an API key and %s", (_, credentials) => {
    expect(parseTwilioCredentials(credentials)).toEqual(credentials);
  });

  it.each([
    ["without a sender", ACCOUNT],
    ["with two senders", { ...WITH_NUMBER, ...WITH_SERVICE }],
    ["with an empty sender", { ...ACCOUNT, from: "" }],
    ["with an auth token for a key", { ...WITH_NUMBER, apiKeySid: ACCOUNT.accountSid }],
    [
      "in test with the auth token of another account",
      { ...TEST, apiKeySid: `AC${"1".repeat(32)}` },
    ],
    ["with an empty list of recipients", { ...WITH_NUMBER, recipients: [] }],
    ["with a recipient who has no number", { ...WITH_NUMBER, recipients: ["07700 900123"] }],
    ["with a crowd", { ...WITH_NUMBER, recipients: Array(51).fill("+447700900123") }],
    ["without a mode", { ...WITH_NUMBER, mode: undefined }],
    ["with a mode that is none", { ...WITH_NUMBER, mode: "demo" }],
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

describe("the mode of a stage", () => {
  it.each([
    ["test", TEST, undefined],
    ["live", WITH_NUMBER, undefined],
    ["test", WITH_NUMBER, "the Twilio secret is live, and this stage is test"],
    ["live", TEST, "the Twilio secret is test, and this stage is live"],
  ])("%s takes credentials of that mode and no other: %#", (TWILIO_MODE, secret, words) => {
    const read = () => twilioCredentialsFor({ TWILIO_MODE })(secret);
    if (words === undefined) expect(read()).toEqual(secret);
    else expect(read).toThrow(words);
  });

  it("is test or live, or nothing starts", () => {
    expect(() => twilioCredentialsFor({ TWILIO_MODE: "" })).toThrow("TWILIO_MODE is test or live");
  });
});
