import { setTimeout as delay } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kmsKeys } from "../../../functions/adapters/kms/keys.ts";
import { kmsProofKeys, kmsProofSigner } from "../../../functions/adapters/kms/proofs.ts";
import {
  lambdaNextSteps,
  lambdaOutcomeReporter,
} from "../../../functions/adapters/lambda/invocations.ts";
import { secretReader } from "../../../functions/adapters/secrets/secrets.ts";
import { startAws } from "../../../local/emulators/aws.ts";
import { createKeyStore } from "../../../local/emulators/key-store.ts";
import { createKms, type Operations } from "../../../local/emulators/kms.ts";
import { createSecretsManager } from "../../../local/emulators/secrets-manager.ts";
import { forgetfulJournal } from "../../../local/persistence/journal.ts";
import { idIn } from "../../support/deps.ts";
import { aMac } from "../../support/items.ts";

const keyOf = (id: string, spec: "HMAC_256" | "ECC_NIST_P256") => ({
  id,
  spec,
  arn: `arn:aws:kms:eu-west-2:000000000000:key/${id}`,
});
const NUMBERS = keyOf("Numbers", "HMAC_256");
const CODES = keyOf("Codes", "HMAC_256");
const PROOFS = keyOf("Proofs", "ECC_NIST_P256");
const PREVIOUS = keyOf("Previous", "ECC_NIST_P256");
const SECRET = "arn:aws:secretsmanager:eu-west-2:000000000000:secret:Twilio";

/** What AWS is asked, and what it answers in place of what it would, by operation. */
const asked: { readonly operation: string; readonly input: unknown }[] = [];
const answers: Record<string, readonly unknown[]> = {};
const secret = { text: '{"a":1}' };

/** The emulators of the local system, with answers that no emulator gives. */
function operations(keys: Operations): Operations {
  const all = { ...keys, ...createSecretsManager({ [SECRET]: secret.text }) };
  return Object.fromEntries(
    Object.entries(all).map(([operation, work]) => [
      operation,
      (input: unknown) => {
        asked.push({ operation, input });
        const [next, ...later] = answers[operation] ?? [];
        answers[operation] = later;
        return next ?? work(input);
      },
    ]),
  );
}

let aws: Awaited<ReturnType<typeof startAws>>;
let options: { readonly endpoint: string };
let kms: KMSClient;
const invoked: unknown[] = [];

beforeAll(async () => {
  const keys = createKms([NUMBERS, CODES, PROOFS, PREVIOUS], createKeyStore(forgetfulJournal()));
  aws = await startAws(
    () => operations(keys),
    (name) => async (event) => {
      invoked.push({ name, event });
      return new Promise(() => undefined);
    },
  );
  options = {
    ...{ endpoint: aws.endpoint, region: "eu-west-2", maxAttempts: 1 },
    ...{ credentials: { accessKeyId: "local", secretAccessKey: "local" } },
  };
  kms = new KMSClient(options);
});
afterAll(() => aws.stop());
beforeEach(() => {
  asked.length = 0;
  invoked.length = 0;
  for (const operation of Object.keys(answers)) delete answers[operation];
});

const labelOf = (input: unknown): string => Buffer.from(Object(input).Message, "base64").toString();

describe("a key that KMS derives", () => {
  const keys = () => kmsKeys(kms, { numbersKeyArn: NUMBERS.arn, codesKeyArn: CODES.arn });

  it("is that of its label and epoch, and of the numbers or of the codes", async () => {
    const { index, seal, callback, code } = keys();
    const all = await Promise.all([index(), seal(1), callback(1), code(1), code(2)]);
    expect(asked.map(({ input }) => [Object(input).KeyId, labelOf(input)])).toEqual([
      [NUMBERS.arn, "latchkey/index"],
      [NUMBERS.arn, "latchkey/seal/1"],
      [NUMBERS.arn, "latchkey/callback/1"],
      [CODES.arn, "latchkey/code/1"],
      [CODES.arn, "latchkey/code/2"],
    ]);
    expect(all.map(({ length }) => length)).toEqual([32, 32, 32, 32, 32]);
    expect(new Set(all.map((key) => Buffer.from(key).toString("hex"))).size).toBe(5);
  });

  it("is asked for once in a container, and is the same in every other", async () => {
    const { seal } = keys();
    const first = await seal(1);
    expect(await seal(1)).toBe(first);
    expect(asked).toHaveLength(1);
    expect(await keys().seal(1)).toEqual(first);
  });

  it.each([{}, { Mac: Buffer.alloc(31).toString("base64") }])(
    "is none where KMS answers %j, and is asked for again",
    async (answer) => {
      answers["TrentService.GenerateMac"] = [answer];
      const { index } = keys();
      await expect(index()).rejects.toThrow("KMS gave no key for latchkey/index");
      expect(await index()).toHaveLength(32);
    },
  );

  it("of codes is not for a function that has no business with them", () => {
    const { code } = kmsKeys(kms, { numbersKeyArn: NUMBERS.arn });
    expect(() => code(1)).toThrow("this function has no business with codes");
    expect(asked).toEqual([]);
  });
});

describe("a proof", () => {
  const CLAIMS = { iss: "https://verify.example.com", phone_number: "+447700900123" };
  const signed = () => kmsProofSigner(kms, PROOFS.arn).sign(CLAIMS);
  const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString("base64");

  it("is a JWT that the published keys verify, under the name of its key", async () => {
    const proof = await signed();
    const keys = await kmsProofKeys(kms, [PREVIOUS.arn, PROOFS.arn])();
    const { payload } = await jwtVerify(
      proof,
      createLocalJWKSet({ keys: [...keys].map(withKind) }),
    );
    expect(payload).toEqual(CLAIMS);
    expect(decodeProtectedHeader(proof)).toEqual({
      alg: "ES256",
      typ: "JWT",
      kid: keys[1]?.["kid"],
    });
  });

  /** JOSE wants the kind of a key to be there; Node leaves it open. */
  const withKind = (key: Awaited<ReturnType<ReturnType<typeof kmsProofKeys>>>[number]) => ({
    ...key,
    kty: key.kty ?? "",
  });

  it.each([
    ["of 32 bytes", [2, 32, ...Array(32).fill(9)], Array(32).fill(9)],
    ["with a zero before its sign bit", [2, 33, 0, ...Array(32).fill(255)], Array(32).fill(255)],
    ["of fewer bytes", [2, 2, 3, 4], [...Array(30).fill(0), 3, 4]],
    ["of one byte", [2, 1, 5], [...Array(31).fill(0), 5]],
  ])("has both numbers of its signature at 32 bytes each, one %s", async (_, der, bytes) => {
    for (const [r, s] of [
      [der, [2, 1, 7]],
      [[2, 1, 7], der],
    ] as const) {
      answers["TrentService.Sign"] = [
        { Signature: base64([0x30, r.length + s.length, ...r, ...s]) },
      ];
      const [, , signature = ""] = (await signed()).split(".");
      const seven = [...Array(31).fill(0), 7];
      const halves = r === der ? [...bytes, ...seven] : [...seven, ...bytes];
      expect([...Buffer.from(signature, "base64url")]).toEqual(halves);
    }
  });

  it.each([
    ["nothing", {}, "KMS gave no signature"],
    ["no DER", { Signature: base64([0x30, 4, 3, 1, 7, 2, 1, 7]) }, "no ECDSA signature"],
    ["half of it", { Signature: base64([0x30, 6, 2, 1, 7]) }, "no ECDSA signature"],
    [
      "a second half without its length",
      { Signature: base64([0x30, 4, 2, 1, 7, 2]) },
      "no ECDSA signature",
    ],
    ["less than half", { Signature: base64([0x30, 6, 2]) }, "no ECDSA signature"],
  ])("is none where KMS answers %s", async (_, answer, words) => {
    answers["TrentService.Sign"] = [answer];
    await expect(signed()).rejects.toThrow(words);
  });
});

describe("the published keys", () => {
  it("are the public halves, each under a name that tells nothing of the account", async () => {
    const [proofs, previous] = await kmsProofKeys(kms, [PROOFS.arn, PREVIOUS.arn])();
    for (const key of [proofs, previous])
      expect(key).toEqual({
        kty: "EC",
        crv: "P-256",
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.stringMatching(/^[\w-]{16}$/),
        alg: "ES256",
        use: "sig",
      });
    expect(proofs?.["kid"]).not.toBe(previous?.["kid"]);
    expect(asked.map(({ input }) => input)).toEqual([
      { KeyId: PROOFS.arn },
      { KeyId: PREVIOUS.arn },
    ]);
  });

  it("are read once in a container, and again where KMS gave none", async () => {
    answers["TrentService.GetPublicKey"] = [{}];
    const keys = kmsProofKeys(kms, [PROOFS.arn]);
    await expect(keys()).rejects.toThrow("KMS gave no public key");
    expect(await keys()).toBe(await keys());
    expect(asked).toHaveLength(2);
  });
});

describe("a function that is handed work", () => {
  const lambda = () => new LambdaClient(options);
  const unwaited = (work: Promise<unknown>) =>
    Promise.race([work.then(() => "handed over"), delay(2_000, "waited for")]);

  it("gets an outcome, and is not waited for", async () => {
    const outcome = {
      end: "approved",
      provider: "twilio",
      messageId: "SM1",
      country: "GB",
      channel: "sms",
    } as const;
    expect(await unwaited(lambdaOutcomeReporter(lambda(), "Report").report(outcome))).toBe(
      "handed over",
    );
    await expect.poll(() => invoked).toEqual([{ name: "Report", event: outcome }]);
  });

  it("gets the next step of a plan, and is not waited for", async () => {
    const step = { id: idIn(`v1-${"A".repeat(24)}`), code: aMac("code") };
    expect(await unwaited(lambdaNextSteps(lambda(), "Step").take(step))).toBe("handed over");
    await expect.poll(() => invoked).toEqual([{ name: "Step", event: step }]);
  });
});

describe("a secret", () => {
  const read = () =>
    secretReader(new SecretsManagerClient(options), SECRET, (json) => ({ parsed: json }))();

  it("is its JSON as it was parsed, read each time", async () => {
    expect(await read()).toEqual({ parsed: { a: 1 } });
    secret.text = '{"a":2}';
    expect(await read()).toEqual({ parsed: { a: 2 } });
    expect(asked.map(({ input }) => input)).toEqual([{ SecretId: SECRET }, { SecretId: SECRET }]);
  });

  it("that holds no JSON is a fault, which does not say what it holds", async () => {
    secret.text = "hunter2 {";
    await expect(read()).rejects.toThrow(/^the secret holds no JSON$/);
  });

  it("that has no text is a fault", async () => {
    answers["secretsmanager.GetSecretValue"] = [{ ARN: SECRET }];
    await expect(read()).rejects.toThrow("the secret has no value");
  });
});
