import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openTable } from "../../functions/adapters/dynamodb/table.ts";
import { sendingDeps } from "../../functions/runtime/sending.ts";
import { isE164 } from "../../functions/verification/identifiers.ts";
import { environments } from "../../infra/environments.ts";
import { STAGES } from "../../infra/stages.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { fictionalNumber } from "../support/deps.ts";
import { NOWHERE } from "../support/nowhere.ts";

const LIVE = {
  mode: "live",
  accountSid: `AC${"0a".repeat(16)}`,
  apiKeySid: `SK${"2c".repeat(16)}`,
  apiKeySecret: "a secret",
  from: "LATCHKEY",
};

/** Secrets Manager and Twilio in one: the first tells the secret, the second takes every message. */
let secret: object = LIVE;
let messages = 0;
const server = serverOf(async (request, response) => {
  const isSecret = request.headers["x-amz-target"] === "secretsmanager.GetSecretValue";
  if (!isSecret) messages += 1;
  const answer = isSecret
    ? { SecretString: JSON.stringify(secret) }
    : { sid: `SM${"4e".repeat(16)}` };
  response.writeHead(isSecret ? 200 : 201, { "content-type": "application/json" });
  response.end(JSON.stringify(answer));
});
let url = "";
beforeAll(async () => {
  url = localUrl(await listen(server));
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url);
  vi.stubEnv("AWS_REGION", "eu-west-2");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
});
afterEach(() => {
  messages = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await close(server);
});

function sent(reach: string) {
  const env = {
    ...environments(STAGES.prod, NOWHERE)["resend-code"],
    TWILIO_BASE_URL: url,
    TWILIO_RECIPIENTS: reach,
  };
  const to = fictionalNumber(1);
  if (!isE164(to)) throw new Error("a number of fiction is E.164");
  const outgoing = { to, country: "GB", lifetimeSeconds: 300, attempt: 1, reportToken: "1-token" };
  const { sender } = sendingDeps(env, openTable("t"))(env);
  return sender.send({ ...outgoing, channel: "sms", text: "Hello" });
}

describe("a function that sends", () => {
  const withList = { ...LIVE, recipients: [fictionalNumber(1)] };

  it("sends where the secret has what the stage needs", async () => {
    secret = LIVE;
    expect((await sent("anyone")).kind).toBe("accepted");
    secret = withList;
    expect((await sent("listed")).kind).toBe("accepted");
    expect(messages).toBe(2);
  });

  it.each([
    ["anyone", withList],
    ["listed", LIVE],
  ])("that may reach %s sends nothing by the secret of the other kind", async (reach, other) => {
    secret = other;
    expect(await sent(reach)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(messages).toBe(0);
  });

  it("does not start without a setting of its recipients", () => {
    expect(() => sent("")).toThrow("TWILIO_RECIPIENTS");
  });
});
