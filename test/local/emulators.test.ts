import { createPublicKey, verify } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  GenerateMacCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
} from "@aws-sdk/client-kms";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startAws } from "../../local/emulators/aws.ts";
import { createKeyStore } from "../../local/emulators/key-store.ts";
import { createKms } from "../../local/emulators/kms.ts";
import { createSecretsManager } from "../../local/emulators/secrets-manager.ts";
import type { Outcome } from "../../local/functions/thread.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";

const MAC_KEY = {
  id: "Numbers",
  arn: "arn:aws:kms:eu-west-2:000000000000:key/Numbers",
  spec: "HMAC_256",
} as const;
const SIGN_KEY = {
  id: "Proofs",
  arn: "arn:aws:kms:eu-west-2:000000000000:key/Proofs",
  spec: "RSA_2048",
} as const;
const SECRET = "arn:aws:secretsmanager:eu-west-2:000000000000:secret:Twilio";
const SETTLE = "Settle";

const events: unknown[] = [];
const outcomes: Outcome[] = [];
const ANSWERED: Outcome = { kind: "answered", payload: { fine: true } };
const FAILED: Outcome = { kind: "failed", errorType: "Error", errorMessage: "no" };

const operations = {
  ...createKms([MAC_KEY, SIGN_KEY], createKeyStore(memoryJournal())),
  ...createSecretsManager({ [SECRET]: '{"a":1}' }),
};
const aws = await startAws(
  () => operations,
  (name) => {
    if (name !== SETTLE) return undefined;
    return async (event) => {
      events.push(event);
      return outcomes.shift() ?? ANSWERED;
    };
  },
);
afterAll(aws.stop);
const options = {
  endpoint: aws.endpoint,
  region: "eu-west-2",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  maxAttempts: 1,
};
const kms = new KMSClient(options);
const secrets = new SecretsManagerClient(options);
const lambda = new LambdaClient(options);
beforeEach(() => {
  events.length = 0;
  outcomes.length = 0;
});

function mac(KeyId: string, message: string): Promise<Uint8Array | undefined> {
  const command = new GenerateMacCommand({
    KeyId,
    MacAlgorithm: "HMAC_SHA_256",
    Message: Buffer.from(message),
  });
  return kms.send(command).then(({ Mac }) => Mac);
}

function signCommand(MessageType: "RAW" | "DIGEST", Message: Buffer): SignCommand {
  return new SignCommand({
    KeyId: SIGN_KEY.arn,
    SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256",
    MessageType,
    Message,
  });
}

describe("KMS", () => {
  it("makes a key anew that an older version kept as another kind", () => {
    const kept: unknown[] = [];
    const journal = {
      records: [{ id: "Proofs", spec: "ECC_NIST_P256", bytes: "AA==" }],
      append: (record: unknown) => void kept.push(record),
    };
    const made = createKeyStore(journal, () => 1_500)(SIGN_KEY);
    expect(made).toMatchObject({ spec: "RSA_2048", createdAtSeconds: 1 });
    expect(kept).toEqual([expect.objectContaining({ id: "Proofs", createdAtSeconds: 1 })]);
  });

  it("has new keys with every start, where nothing keeps them", async () => {
    const newKms = () => createKms([MAC_KEY], createKeyStore(memoryJournal()));
    const [one, other] = [newKms(), newKms()].map((operations) =>
      operations["TrentService.GenerateMac"]?.({
        KeyId: MAC_KEY.arn,
        MacAlgorithm: "HMAC_SHA_256",
        Message: "YQ==",
      }),
    );
    expect(one).not.toEqual(other);
  });

  it("signs a message so that its public key verifies it, and no other", async () => {
    const message = Buffer.from("header.payload");
    const { PublicKey, KeySpec } = await kms.send(new GetPublicKeyCommand({ KeyId: SIGN_KEY.arn }));
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: "der", type: "spki" });
    const { Signature = Buffer.of() } = await kms.send(signCommand("RAW", message));
    expect(KeySpec).toBe("RSA_2048");
    expect(verify("sha256", message, key, Signature)).toBe(true);
    expect(verify("sha256", Buffer.from("header.other"), key, Signature)).toBe(false);
  });
});

describe("Lambda", () => {
  const Payload = Buffer.from('{"messageId":"SM1"}');

  it("tries an event that failed twice more, and then no more", async () => {
    outcomes.push(FAILED, FAILED, FAILED, FAILED);
    await lambda.send(
      new InvokeCommand({ FunctionName: SETTLE, InvocationType: "Event", Payload }),
    );
    await expect.poll(() => events).toHaveLength(3);
    await delay(500);
    expect(events).toHaveLength(3);
  });

  it("answers a request with what the function answered, or with its failure", async () => {
    const fine = await lambda.send(new InvokeCommand({ FunctionName: SETTLE, Payload }));
    expect(JSON.parse(Buffer.from(fine.Payload ?? []).toString())).toEqual({ fine: true });
    outcomes.push(FAILED);
    const failed = await lambda.send(new InvokeCommand({ FunctionName: SETTLE, Payload }));
    expect(failed.FunctionError).toBe("Unhandled");
  });
});

const FOREIGN_ARN = MAC_KEY.arn.replace("000000000000", "111111111111");
it.each([
  ["ValidationException", "for a digest", () => kms.send(signCommand("DIGEST", Buffer.alloc(32)))],
  ["ValidationException", "for over 4,096 bytes", () => mac(MAC_KEY.arn, "a".repeat(4_097))],
  ["NotFoundException", "for another key", () => mac("Other", "a")],
  [
    `NotFoundException: Key '${FOREIGN_ARN}' does not exist`,
    "for the same key of another account",
    () => mac(FOREIGN_ARN, "a"),
  ],
  ["InvalidKeyUsageException", "for a MAC of a key that signs", () => mac(SIGN_KEY.arn, "a")],
  [
    "InvalidKeyUsageException",
    "for the public half of a MAC key",
    () => kms.send(new GetPublicKeyCommand({ KeyId: MAC_KEY.arn })),
  ],
  [
    "ResourceNotFoundException",
    "for another secret",
    () => secrets.send(new GetSecretValueCommand({ SecretId: "constructor" })),
  ],
  [
    "UnknownOperationException",
    "for another operation",
    async () => {
      const headers = { "x-amz-target": "constructor" };
      return (await fetch(aws.endpoint, { method: "POST", headers, body: "{}" })).text();
    },
  ],
  [
    "ResourceNotFoundException",
    "for another function",
    () => lambda.send(new InvokeCommand({ FunctionName: "Other" })),
  ],
])("there is a %s %s", async (fault, _, asking) => {
  await expect(asking().catch(String)).resolves.toMatch(fault);
});
