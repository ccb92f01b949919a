import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerAccount } from "../../cli/live/account.ts";
import { liveDeps } from "../../cli/live/live.ts";
import { stageIn, withFields, writeFields } from "../../cli/setup/config-file.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";
import { outputsIn } from "../docs/security/titles.ts";
import { aFolder } from "../support/folder.ts";
import { atTerminal, awsAt, CTRL_C } from "../support/terminal.ts";
import { type Cloud, startEmulator } from "./live/emulator.ts";

const ROOT = join(import.meta.dirname, "../..");
/** What the command is made of. */
const SOURCES = [
  "cli",
  "infra",
  "functions",
  "client/src",
  "local",
  "latchkey.config.ts",
  "cdk.json",
];

const home = aFolder();
let cloud: Cloud = {};
let emulator: Awaited<ReturnType<typeof startEmulator>>;

const ACCOUNT: Cloud = {
  DescribeStacks: () => [200, { Stacks: [{ StackStatus: "UPDATE_COMPLETE" }] }],
  "GET /2016-08-19/account-settings": () => [
    200,
    { AccountLimit: { UnreservedConcurrentExecutions: 1_000 } },
  ],
  DescribeTrails: () => [200, { trailList: [{ TrailARN: "arn", IsMultiRegionTrail: true }] }],
  GetTrailStatus: () => [200, { IsLogging: true }],
};

beforeAll(async () => {
  emulator = await startEmulator(() => cloud);
  for (const name of [...SOURCES, "package.json"])
    await cp(join(ROOT, name), join(home, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(home, "node_modules"), "dir");
});
afterAll(() => emulator.stop());

const CONFIG = () => join(home, "latchkey.config.ts");
/** Types the answers to the command's questions, and returns the screen. */
async function typed(answers: readonly string[]): Promise<string> {
  cloud = ACCOUNT;
  const env = awsAt(emulator.url);
  const { child, screen, left } = atTerminal("cli/setup.ts", answers, { cwd: home, env });
  await once(child, "close");
  expect(left).toEqual([]);
  return screen();
}

describe.runIf(process.platform === "linux")("latchkey setup at a terminal", () => {
  const service = `MG${"3d".repeat(16)}`;

  it("asks wrong answers again with the sentence of the schema, and stops on request", async () => {
    const screen = await typed([
      ...["Latchkey", "Studio 1984", "Acme", "GB XX", "gb us"],
      ...["http://app.acme.com", "https://app.acme.com", CTRL_C],
    ]);
    for (const part of [
      "✗ brand is still the example of latchkey.config.ts: give your own.",
      '✗ Stage prod: brand must be 1 to 20 letters, digits (three in a row at most), spaces or . & \' -, with a letter or a digit, and no space at an end, not "Studio 1984".',
      '(GB IE) [GB]: GB XX\n  ✗ Stage prod: countries must be a list of at least one ISO 3166-1 code such as GB, each once; countries.1 is "XX".',
      'allowedOrigins.0 is "http://app.acme.com".',
      "✗ Stopped. The answers so far are in latchkey.config.ts, and npm run setup goes on.",
    ])
      expect(screen).toContain(part);
    expect(await stageIn(CONFIG(), "prod")).toMatchObject({
      brand: "Acme",
      countries: ["GB", "US"],
      allowedOrigins: ["https://app.acme.com"],
      proofAudience: "latchkey",
    });
  });

  it("asks again where the list of its answers ends in the middle of a write", async () => {
    const answered = join(home, ".build/setup.json");
    const kept = await readFile(answered, "utf8");
    await writeFile(answered, kept.slice(0, 9));
    expect(await typed([CTRL_C])).toContain("Brand, as it begins each message [Acme]: ");
    await writeFile(answered, kept);
  });

  it("goes on behind the last answer, refuses what does not fit together, and looks at the account", async () => {
    const screen = await typed([
      ...["acme", "oncall@acme.com"],
      ...["https://acme.com/security", "100 75", "0.1 0.1", "20 100", "900", "100"],
      ...["Acme", service, "", "turnstile x", "off our app has no page", "acme.com", ""],
    ]);
    for (const part of [
      "✓ brand: Acme\n  ✓ countries: GB US\n  ✓ allowedOrigins: https://app.acme.com\n",
      "and 100 is above 75.",
      "spend must have room for one message to GB in an hour",
      "At worst $100 for messages in a day, 1,666 to GB, and $3,100 in a month.",
      "knownNumbers must be worth at most half of the day's cap",
      '"Acme" is a sender of letters, which carriers refuse',
      "Perhaps demanded: register the sender",
      "challenge must be a challenge (without one few addresses",
      "domain must be name (such as verify.example.com) and certificateArn",
      "latchkey.config.ts has the settings of prod",
      "✓ Do the AWS credentials work, and is the region prepared for CDK?",
      "the account of prod · 4 of 4 hold",
      "Next:\n    npm run deploy -- prod",
      ...(outputsIn("docs/production/first-real-sms.md")[1] ?? ["a shown output"]),
    ])
      expect(screen).toContain(part);
    expect(await stageIn(CONFIG(), "prod")).toMatchObject({
      proofAudience: "acme",
      spend: { dollarsPerHour: 20, dollarsPerDay: 100, keptForTickets: 0.2 },
      knownNumbers: { perDay: 100 },
      senders: { US: { messagingServiceSid: service } },
      challenge: { off: true, because: "our app has no page" },
    });
    expect(await readFile(CONFIG(), "utf8")).toContain("// All fictitious numbers are one range.");
  });

  it("reports once that there are no AWS credentials", () => {
    const aws = { AWS_REGION: "eu-west-2", AWS_EC2_METADATA_DISABLED: "true" };
    const env = { PATH: process.env["PATH"], HOME: home, NO_COLOR: "1", ...aws };
    const { status, stderr } = spawnSync(process.execPath, ["cli/setup.ts"], { cwd: home, env });
    expect(String(stderr)).toMatch(/^✗ There are no AWS credentials\.[^\n]+\n$/);
    expect(status).toBe(2);
  });
});

const NO_STAGES = "latchkey.config.ts must export STAGES, an object with a stage dev";

it.each([
  [
    "a wrong setting that it does not ask for",
    /keyEpoch: 1,/g,
    "keyEpoch: 1.5,",
    "✗ Stage prod: key",
  ],
  ["null for its stages", /defineLatchkey\({[\s\S]*}\)/, "null", NO_STAGES],
  ["a function for them", /defineLatchkey\({[\s\S]*}\)/, "() => ({ dev: {} })", NO_STAGES],
  [
    "another export",
    /STAGES =/,
    "OTHERS =",
    "✗ latchkey.config.ts cannot be loaded: The requested",
  ],
])(
  "the set-up reports in one sentence that the file has %s",
  async (_what, part, other, sentence) => {
    const before = await readFile(CONFIG(), "utf8");
    await writeFile(CONFIG(), before.replaceAll(new RegExp(part, "g"), other));
    const args = ["--import", join(ROOT, "check-installation.js"), "cli/setup.ts"];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: home });
    await writeFile(CONFIG(), before);
    expect(status).toBe(2);
    expect(String(stderr)).toMatch(/^[^\n]+\.\n$/);
    expect(String(stderr)).toContain(sentence);
  },
);

describe("the file of the settings", () => {
  const TEXT = `const A = {
  dev: {
    brand: "Dev",
  },
  prod: {
    production: true,
    // Of the old value.
    spend: {
      dollarsPerHour: 1,
    },
    // Stays.
    keyEpoch: 1,
  },
};
`;

  it.each([
    [
      "one line",
      { keyEpoch: 2 },
      TEXT.replace("    // Stays.\n    keyEpoch: 1", "    keyEpoch: 2"),
    ],
    [
      "several lines with their comment",
      { spend: { a: [1, "b"] } },
      TEXT.replace(/ {4}\/\/ Of.*\n(?:.*\n){2} {4}\},/, '    spend: { a: [1, "b"] },'),
    ],
    [
      "a new field",
      { brand: "Acme" },
      TEXT.replace("keyEpoch: 1,", 'keyEpoch: 1,\n    brand: "Acme",'),
    ],
    ["a field less", { production: undefined }, TEXT.replace("    production: true,\n", "")],
  ])("is changed by %s, and nothing else in it", (_what, change, expected) => {
    expect(withFields(TEXT, "prod", change)).toBe(expected);
  });

  it("that has another form is left as it is", async () => {
    expect(() => withFields("export const STAGES = {};", "prod", {})).toThrow("edit it by hand");
    const before = await readFile(CONFIG(), "utf8");
    const other = writeFields(CONFIG(), "prod", { brand: "Acme" }, { brand: "Other" });
    await expect(other).rejects.toThrow("Nothing was changed");
    expect(await readFile(CONFIG(), "utf8")).toBe(before);
  });
});

describe("the account before a deployment", () => {
  const ask = async (change: Cloud, stage: Stage = STAGES.prod) => {
    cloud = { ...ACCOUNT, ...change };
    const subject = { stageName: "prod", stackName: "latchkey-prod", template: { Resources: {} } };
    const { aws, twilio } = emulator;
    return answerAccount(liveDeps({ ...subject, stageName: "prod", stage }, { aws, twilio }));
  };
  const faultsIn = (answers: Awaited<ReturnType<typeof ask>>) =>
    answers.map((one) => (one.kind === "answered" ? one.finding.faults.join() : one.because));

  it("holds where all is prepared", async () => {
    expect(faultsIn(await ask({}))).toEqual(["", "", "", ""]);
  });

  it("names what is missing, and what may not be read", async () => {
    const domain = {
      name: "verify.acme.invalid",
      certificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/1",
    };
    const missing: Cloud = {
      DescribeStacks: () => [400, { refused: "Stack with id CDKToolkit does not exist" }],
      "GET /2016-08-19/account-settings": () => [
        200,
        { AccountLimit: { UnreservedConcurrentExecutions: 10 } },
      ],
      DescribeTrails: () => [403, { refused: "AccessDenied" }],
    };
    expect(faultsIn(await ask(missing, { ...STAGES.prod, domain }))).toEqual([
      "prepare the region once: npx cdk bootstrap",
      expect.stringContaining("10 at once are fewer"),
      expect.stringContaining("may not do that"),
      "the certificate is in us-east-1, and the region is eu-west-2",
    ]);
  });
});
