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
import { SIGNS_AFTER_SECONDS } from "../../../functions/policy/proof-key-change.ts";
import { startAws } from "../../../local/emulators/aws.ts";
import { createKeyStore } from "../../../local/emulators/key-store.ts";
import { createKms, type Operations } from "../../../local/emulators/kms.ts";
import { createSecretsManager } from "../../../local/emulators/secrets-manager.ts";
import { memoryJournal } from "../../../local/persistence/journal.ts";
import { idIn } from "../../support/deps.ts";
import { aMac } from "../../support/items.ts";

const keyOf = (id: string, spec: "HMAC_256" | "RSA_2048") => ({
  id,
  spec,
  arn: `arn:aws:kms:eu-west-2:000000000000:key/${id}`,
});
const NUMBERS = keyOf("Numbers", "HMAC_256");
const CODES = keyOf("Codes", "HMAC_256");
const PROOFS = keyOf("Proofs", "RSA_2048");
const PREVIOUS = keyOf("Previous", "RSA_2048");
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
  const keys = createKms([NUMBERS, CODES, PROOFS, PREVIOUS], createKeyStore(memoryJournal()));
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

/** JOSE wants the kind of a key to be there; Node leaves it open. */
const withKind = (key: Awaited<ReturnType<ReturnType<typeof kmsProofKeys>>>[number]) => ({
  ...key,
  kty: key.kty ?? "",
});

describe("a proof", () => {
  const CLAIMS = { iss: "https://verify.example.com", phone_number: "+447700900123" };
  const signed = () => kmsProofSigner(kms, [PROOFS.arn], Date.now).sign(CLAIMS);

  it("is a JWT that the published keys verify, under the name of its key", async () => {
    const proof = await signed();
    const keys = await kmsProofKeys(kms, [PREVIOUS.arn, PROOFS.arn])();
    const published = createLocalJWKSet({ keys: [...keys].map(withKind) });
    const { payload, protectedHeader } = await jwtVerify(proof, published);
    expect(payload).toEqual(CLAIMS);
    expect(protectedHeader).toEqual({ alg: "RS256", typ: "JWT", kid: keys[1]?.["kid"] });
  });

  it("is none where KMS gives no signature", async () => {
    answers["TrentService.Sign"] = [{}];
    await expect(signed()).rejects.toThrow("KMS gave no signature");
  });
});

describe("a change of the proof key", () => {
  const HOUR_MILLISECONDS = 3_600_000;
  const CREATED = Date.parse("2026-12-01T10:00:00Z");
  /** How long an HTTP API may still use keys that it got out of a cache of ours: two hours, after ten minutes. Not from the constants, which this holds. */
  const STALE_MILLISECONDS = 7_200_000 + 600_000;
  /** How long a deployment may take that makes a key first and publishes it last. */
  const DEPLOYMENT_MILLISECONDS = 1_800_000;

  /** A key and its signer in a deployment that was just given a second key, as one container runs on. */
  function changing() {
    const time = { now: CREATED };
    answers["TrentService.DescribeKey"] = [{ KeyMetadata: { CreationDate: CREATED / 1_000 } }];
    const signer = kmsProofSigner(kms, [PREVIOUS.arn, PROOFS.arn], () => time.now);
    return { time, sign: () => signer.sign({ jti: "a" }) };
  }
  const published = async (...arns: readonly string[]) =>
    createLocalJWKSet({ keys: (await kmsProofKeys(kms, arns)()).map(withKind) });
  const isTaken = (proof: string, keys: Awaited<ReturnType<typeof published>>) =>
    jwtVerify(proof, keys).then(
      () => true,
      () => false,
    );

  it("leaves no verifier without the key of a proof, not even one that read the keys just before the new one was published", async () => {
    const { time, sign } = changing();
    const [before, during, after] = await Promise.all([
      published(PREVIOUS.arn),
      published(PREVIOUS.arn, PROOFS.arn),
      published(PROOFS.arn),
    ]);
    // The last moment at which the old keys are served, then a minute at a time for four hours.
    const readAt = CREATED + DEPLOYMENT_MILLISECONDS;
    const taken: { readonly now: number; readonly by: readonly boolean[] }[] = [];
    for (let now = CREATED; now <= CREATED + 4 * HOUR_MILLISECONDS; now += 60_000) {
      time.now = now;
      const proof = await sign();
      const by = await Promise.all([before, during, after].map((keys) => isTaken(proof, keys)));
      taken.push({ now, by });
    }
    const byStale = taken.filter(({ now }) => now < readAt + STALE_MILLISECONDS);
    expect(byStale.map(({ by: [stale] }) => stale)).not.toContain(false);
    expect(taken.map(({ by: [, fresh] }) => fresh)).not.toContain(false);
    expect(taken.at(0)?.by).toEqual([true, true, false]);
    expect(taken.at(-1)?.by).toEqual([false, true, true]);
  });

  it("happens in a container that runs on, by the clock, with one question to KMS", async () => {
    const { time, sign } = changing();
    const names: unknown[] = [];
    for (const seconds of [0, SIGNS_AFTER_SECONDS - 1, SIGNS_AFTER_SECONDS]) {
      time.now = CREATED + seconds * 1_000;
      names.push(decodeProtectedHeader(await sign()).kid);
    }
    expect(names[0]).toBe(names[1]);
    expect(names[1]).not.toBe(names[2]);
    expect(asked.filter(({ operation }) => operation.endsWith("DescribeKey"))).toEqual([
      { operation: "TrentService.DescribeKey", input: { KeyId: PROOFS.arn } },
    ]);
  });

  it("asks nothing of KMS where there is one key, which signs at once", async () => {
    await kmsProofSigner(kms, [PROOFS.arn], () => 0).sign({});
    expect(asked.map(({ operation }) => operation)).toEqual(["TrentService.Sign"]);
  });

  it("is a fault where KMS does not return when the key was made", async () => {
    const { sign } = changing();
    answers["TrentService.DescribeKey"] = [{ KeyMetadata: {} }];
    await expect(sign()).rejects.toThrow("KMS gave no date of creation");
  });

  it("goes by the date that the emulator gives, too", async () => {
    const signer = (clock: number) =>
      kmsProofSigner(kms, [PREVIOUS.arn, PROOFS.arn], () => clock).sign({});
    const [now, later] = await Promise.all([signer(Date.now()), signer(Date.now() + 1e8)]);
    expect(decodeProtectedHeader(now ?? "")).not.toEqual(decodeProtectedHeader(later ?? ""));
  });
});

describe("the published keys", () => {
  it("are the public halves, each under a name that reveals nothing of the account", async () => {
    const [proofs, previous] = await kmsProofKeys(kms, [PROOFS.arn, PREVIOUS.arn])();
    for (const key of [proofs, previous])
      expect(key).toEqual({
        kty: "RSA",
        n: expect.stringMatching(/^[\w-]{342}$/),
        e: "AQAB",
        kid: expect.stringMatching(/^[\w-]{16}$/),
        alg: "RS256",
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

  /** No function that was invoked ends here: an adapter that waited for one would not end either. */
  it("gets an outcome, and is not waited for", async () => {
    const message = { provider: "twilio", messageId: "SM1", country: "GB" } as const;
    const outcome = { end: "approved", ...message, channel: "sms" } as const;
    await lambdaOutcomeReporter(lambda(), "Report").report(outcome);
    await expect.poll(() => invoked).toEqual([{ name: "Report", event: outcome }]);
  });

  it("gets the next step of a plan, and is not waited for", async () => {
    const step = { id: idIn(`v1-${"A".repeat(24)}`), code: aMac("code") };
    await lambdaNextSteps(lambda(), "Step").take(step);
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

  it("that holds no JSON is a fault, which does not repeat its content", async () => {
    secret.text = "hunter2 {";
    await expect(read()).rejects.toThrow(/^the secret holds no JSON$/);
  });

  it("that has no text is a fault", async () => {
    answers["secretsmanager.GetSecretValue"] = [{ ARN: SECRET }];
    await expect(read()).rejects.toThrow("the secret has no value");
  });
});
