import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ENV, type FunctionName } from "../../functions/runtime/environment.ts";
import { REWRITES } from "../../infra/bundle-plugins.ts";
import { BUNDLING, bundleFunctions } from "../../infra/bundles.ts";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { scopeTermsOf, spendTermsOf } from "../../infra/sending-terms.ts";
import { STAGES } from "../../infra/stages.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { aFolder } from "../support/folder.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const folder = aFolder();
const bundles = await bundleFunctions(join(folder, "first"));
const fileOf = (name: FunctionName) => join(bundles[name].directory, "main.cjs");

/** More bytes are more milliseconds of every cold start. Sending brings phone metadata and Twilio. */
const BUDGET_BYTES: Readonly<Record<FunctionName, number>> = {
  "start-verification": 473_000,
  "resend-code": 316_000,
  "check-code": 249_000,
  "show-verification": 197_000,
  "cancel-verification": 187_000,
  "publish-proof-keys": 152_000,
  "answer-preflight": 16_000,
  "take-next-step": 303_000,
  "receive-delivery": 231_000,
  "speak-code": 214_000,
  "report-outcome": 175_000,
  "serve-keyed": 513_000,
  "serve-twilio-verify": 514_000,
  operate: 206_000,
};

/** What costs more than all of our own code, and what no function calls. */
const BANNED = [
  /\/node_modules\/(axios|dayjs|qs|jsonwebtoken|https-proxy-agent|xmlbuilder|undici|zod|mnemonist)\//,
  /\/credential-provider-(?!env\/|node\/dist-es\/index\.js$)/,
  /\/nested-clients\//,
  /\/(EventStreamSerde|AdaptiveRetryStrategy|DefaultRateLimiter|Sha256Js|HeaderFormatter|getInstanceMetadataRegion|s3|loadSharedConfigFiles)\.js$/,
  /\/twilio\/lib\/rest\/(?!Twilio\.js|Api\.js|ApiBase\.js|api\/V2010\.js)/,
  /\/twilio\/lib\/(index|jwt|twiml|webhooks|base\/RequestClient)/,
  /\/libphonenumber-js\/metadata\.m(in|ax)/,
];

const A_CHALLENGE = {
  provider: "turnstile",
  siteKey: "1x00000000000000000000AA",
  action: "latchkey_start",
  when: "always",
  whenUnreachable: "refuse",
  hosts: ["app.example"],
} as const;

const READ_MODULES = `
  const { handler } = require(process.argv[1]);
  console.log(JSON.stringify([typeof handler, process.moduleLoadList]));
`;

/** Loads a bundle in a process of its own, as Lambda would, and says what that loaded. */
async function load(name: FunctionName) {
  const variables = ENV[name].map((key) => [key, `the ${key}`]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--eval", READ_MODULES, join(bundles[name].directory, "index.cjs")],
    {
      env: {
        ...Object.fromEntries(variables),
        KEY_EPOCH: "1",
        PHONE_COUNTRIES: "GB",
        UNALLOCATED_BLOCKS: "refuse",
        DEFAULT_COUNTRY: "",
        TWILIO_MODE: "test",
        SMS_SENDERS: "FR=Acme",
        WHATSAPP_TEMPLATES: `en_GB=HX${"0".repeat(32)}`,
        VOICE_COUNTRIES: "GB",
        CHANNEL_PLAN: "whatsapp,sms",
        CHANNEL_PLAN_STEPS: "offered",
        SCOPE_TERMS: JSON.stringify(scopeTermsOf(STAGES.dev)),
        SPEND_TERMS: JSON.stringify(spendTermsOf(STAGES.dev)),
        LIMITS: "{}",
        APP: "",
        CHALLENGE: JSON.stringify(A_CHALLENGE),
        LOCALES: "en-GB,cy",
        TWILIO_RECIPIENTS: "anyone",
        AWS_REGION: "eu-west-2",
      },
    },
  );
  const [handler, modules] = v.parse(
    v.tuple([v.string(), v.array(v.string())]),
    JSON.parse(stdout),
  );
  return { handler, modules };
}

describe.each(FUNCTION_NAMES)("the bundle of %s", (name) => {
  it("is one file within its budget", () => {
    expect(readdirSync(bundles[name].directory)).toEqual(["index.cjs", "main.cjs"]);
    expect(bundles[name].bytes).toBe(readFileSync(fileOf(name)).byteLength);
    expect(bundles[name].bytes).toBeLessThanOrEqual(BUDGET_BYTES[name]);
  });

  it("holds nothing that it does not need", () => {
    const inputs = bundles[name].inputs.map((input) => `/${input}`);
    expect(inputs.length).toBeGreaterThan(3);
    expect(inputs.filter((input) => BANNED.some((banned) => banned.test(input)))).toEqual([]);
  });

  it("loads a handler, nothing of undici, and of Node what its code calls", async () => {
    const { handler, modules } = await load(name);
    expect(handler).toBe("function");
    expect(
      modules.filter((module) => /undici|readline|webcrypto| fs\/promises$/.test(module)),
    ).toEqual([]);
    const zips = /^(?:serve-|operate)/.test(name);
    expect(modules.includes("NativeModule zlib")).toBe(zips);
  });

  it("names no place on the machine that made it", () => {
    expect(readFileSync(fileOf(name), "utf8")).not.toContain(PROJECT);
  });
});

describe("the bundles", () => {
  it("that neither send nor report outcomes hold nothing of Twilio", () => {
    const others = FUNCTION_NAMES.filter(
      (name) => !/^(start|resend|report|take|serve)-/.test(name),
    );
    expect(others).toHaveLength(8);
    for (const name of others)
      expect(bundles[name].inputs.join()).not.toMatch(/node_modules\/twilio/);
  });

  it("hold each file of a package that is rewritten", () => {
    const inputs = FUNCTION_NAMES.flatMap((name) => bundles[name].inputs);
    const unmatched = REWRITES.filter(({ files }) => !inputs.some((input) => files.test(input)));
    expect(unmatched).toEqual([]);
  });

  it("hold phone metadata only where a number is judged", () => {
    const judging = FUNCTION_NAMES.filter((name) =>
      bundles[name].inputs.join().includes("libphonenumber"),
    );
    expect(judging).toEqual(["start-verification", "serve-keyed", "serve-twilio-verify"]);
  });

  it("trace nothing of a request: Lambda's own trace of a function has its name and its times", () => {
    for (const name of FUNCTION_NAMES)
      expect(bundles[name].inputs.join()).not.toMatch(/xray|opentelemetry/i);
  });

  it("are the same bytes every time, wherever they are written", async () => {
    const again = await bundleFunctions(join(folder, "elsewhere/again"));
    for (const name of FUNCTION_NAMES) {
      const file = join(again[name].directory, "main.cjs");
      expect(readFileSync(file).equals(readFileSync(fileOf(name)))).toBe(true);
    }
  });

  it("know of each country's numbers what the library knows", async () => {
    const { metadata } = await loaded(
      'export { default as metadata } from "libphonenumber-js/metadata.mobile.json";',
      v.object({ metadata: v.looseObject({ countries: v.record(v.string(), v.unknown()) }) }),
    );
    const file = join(PROJECT, "node_modules/libphonenumber-js/metadata.mobile.json");
    expect(metadata).toEqual(JSON.parse(readFileSync(file, "utf8")));
    expect(Object.keys(metadata.countries).length).toBeGreaterThan(200);
  });

  it("name errors of AWS as AWS does, and know a refused write", async () => {
    const { faultsAt } = await loaded(REFUSED_BY_AWS, v.object({ faultsAt: v.function() }));
    const server = serverOf(async ({ headers: { "x-amz-target": target = "" } }, response) => {
      const isTable = target.includes("DynamoDB");
      const __type = isTable ? "aws#ConditionalCheckFailedException" : "KMSInvalidStateException";
      response.writeHead(400).end(JSON.stringify({ __type, message: "no" }));
    });
    expect(await faultsAt(localUrl(await listen(server)))).toEqual([
      ["ConditionalCheckFailedException", "no", true],
      ["KMSInvalidStateException", "no", false],
    ]);
    await close(server);
  });
});

const REFUSED_BY_AWS = `
  import * as table from "@aws-sdk/client-dynamodb";
  import * as keys from "@aws-sdk/client-kms";
  export const faultsAt = (endpoint) => {
    const config = { endpoint, maxAttempts: 1, region: "a", credentials: { accessKeyId: "a", secretAccessKey: "b" } };
    return Promise.all([
      new table.DynamoDBClient(config).send(new table.PutItemCommand({ TableName: "t", Item: {} })),
      new keys.KMSClient(config).send(new keys.GetPublicKeyCommand({ KeyId: "k" })),
    ].map((sent) => sent.catch((fault) => [fault.name, fault.message, fault instanceof table.ConditionalCheckFailedException])));
  };`;

/** A program as it would be bundled, loaded. */
async function loaded<Schema extends v.GenericSchema>(contents: string, schema: Schema) {
  const outfile = join(folder, `program-${contents.length}.cjs`);
  const { outExtension: _, ...bundling } = BUNDLING;
  await build({ ...bundling, stdin: { contents, resolveDir: PROJECT }, outfile });
  return v.parse(schema, createRequire(import.meta.url)(outfile));
}
