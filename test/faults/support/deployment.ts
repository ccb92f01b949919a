import { text } from "node:stream/consumers";
import { vi } from "vitest";
import { environments } from "../../../infra/environments.ts";
import { STAGES } from "../../../infra/stages.ts";
import { startAws } from "../../../local/emulators/aws.ts";
import { createKeyStore } from "../../../local/emulators/key-store.ts";
import { createKms } from "../../../local/emulators/kms.ts";
import { createSecretsManager } from "../../../local/emulators/secrets-manager.ts";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";
import { memoryJournal } from "../../../local/persistence/journal.ts";
import { runEngine } from "../../support/engine-tables.ts";
import { startBadNetwork } from "./bad-network.ts";

const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-2:000000000000:${name}`;
const NUMBERS = { id: "numbers", arn: arn("kms", "key/numbers"), spec: "HMAC_256" } as const;
const CODES = { id: "codes", arn: arn("kms", "key/codes"), spec: "HMAC_256" } as const;
const PROOFS = { id: "proofs", arn: arn("kms", "key/proofs"), spec: "RSA_2048" } as const;
const SECRET_ARN = arn("secretsmanager", "secret:Twilio");
const ACCOUNT = `AC${"0a".repeat(16)}`;
const SECRET = {
  mode: "test",
  accountSid: ACCOUNT,
  apiKeySid: ACCOUNT,
  apiKeySecret: "the-secret-of-the-account",
  from: "+15005550006",
};

/** Everything around the functions, each behind a network that can break. Nothing of the functions is replaced: not their SDKs, not their retries. */
export async function startDeployment() {
  const engine = await runEngine();
  const table = await engine.freshTable();
  const operations = {
    ...createKms([NUMBERS, CODES, PROOFS], createKeyStore(memoryJournal())),
    ...createSecretsManager({ [SECRET_ARN]: JSON.stringify(SECRET) }),
  };
  const stands = await startAws(
    () => operations,
    () => async () => ({ kind: "answered", payload: {} }),
  );
  const texts: string[] = [];
  const provider = await startProvider(texts);
  const [dynamodb, aws, twilio] = await Promise.all([
    startBadNetwork(engine.endpoint),
    startBadNetwork(stands.endpoint),
    startBadNetwork(provider.url),
  ]);
  const all = environments(STAGES.staging, {
    tableName: table.name,
    numbersKeyArn: NUMBERS.arn,
    codesKeyArn: CODES.arn,
    proofKeyArns: [PROOFS.arn],
    proofIssuer: "https://verify.test",
    callbackPass: "a-1",
    twilioSecretArn: SECRET_ARN,
    twilioAuthSecretArn: SECRET_ARN,
    outcomeFunctionName: "report",
    nextStepFunctionName: "step",
    challengeSecretArn: undefined,
  });
  const AWS = {
    AWS_REGION: "eu-west-2",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
  };
  const networks = [dynamodb, aws, twilio];
  return {
    dynamodb,
    /** KMS, Secrets Manager and Lambda. */
    aws,
    twilio,
    networks,
    table,
    /** The texts that Twilio was asked to send. */
    texts,
    environmentOf: (name: keyof typeof all): Readonly<Record<string, string>> => ({
      ...all[name],
      ...AWS,
      TWILIO_BASE_URL: twilio.url,
    }),
    async stop() {
      await Promise.all(networks.map((network) => network.stop()));
      await Promise.all([provider.stop(), stands.stop(), engine.stop()]);
      vi.unstubAllEnvs();
    },
  };
}

/** Takes every message, and everything else that is asked of Twilio. */
async function startProvider(texts: string[]) {
  const server = serverOf(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    if (form.get("To") !== null) texts.push(form.get("Body") ?? "");
    const sid = `SM${String(texts.length).padStart(32, "0")}`;
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ sid }));
  });
  return { url: localUrl(await listen(server)), stop: () => close(server) };
}
