import { once } from "node:events";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { askAuthTokens, askChallengeSecret, askCredentials } from "../../cli/ask-credentials.ts";
import { type Ask, prompter, type Question } from "../../cli/prompt.ts";
import { stageNamed } from "../../cli/stage-argument.ts";
import { probe, probeToken } from "../../cli/twilio-probe.ts";
import {
  parseTwilioCredentials,
  type TwilioMode,
} from "../../functions/adapters/twilio/credentials.ts";
import { isE164 } from "../../functions/verification/identifiers.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import { startEmulator as startTwilio } from "../../local/twilio/emulator.ts";
import { outputsIn, textOf } from "../docs/security/titles.ts";
import { startAt, startPatientSystem } from "../support/patient-system.ts";
import { atTerminal, awsAt } from "../support/terminal.ts";
import { startEmulator as startCloud } from "./live/emulator.ts";

const PAGE = "docs/production/first-real-sms.md";

const ACCOUNT = `AC${"0a".repeat(16)}`;
const KEY = `SK${"2c".repeat(16)}`;
const SECRET = "s3cret-of-the-key-0123456789";
const TOKEN = "0123456789abcdef0123456789abcdef";

let baseUrl = "";
const asked: { path: string; authorization: string }[] = [];
let answers: (path: string) => readonly [number, unknown];

const server = serverOf(async ({ url: path = "", headers }, response) => {
  asked.push({ path, authorization: String(headers.authorization) });
  const [status, body] = answers(path);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
});
beforeAll(async () => {
  baseUrl = localUrl(await listen(server));
});
afterAll(() => close(server));

/** Answers in the order of the questions. */
function typed(lines: readonly string[]): { readonly ask: Ask; readonly questions: Question[] } {
  const questions: Question[] = [];
  const ask: Ask = async (question) => {
    questions.push(question);
    const line = lines[questions.length - 1] ?? "";
    return line === "" && question.otherwise !== undefined ? question.otherwise : line;
  };
  return { ask, questions };
}
const LIVE = { mode: "live", recipients: "anyone" } as const;
const TEST = { mode: "test", recipients: "anyone" } as const;
const LISTED = { mode: "live", recipients: "listed" } as const;
const says =
  (mode: TwilioMode, isUnsure = false) =>
  async () => ({ mode, isUnsure });

describe("the credentials", () => {
  it("of a live stage are an API key and a sender, with their mode beside them", async () => {
    const service = { messagingServiceSid: `MG${"3d".repeat(16)}` };
    const { ask } = typed([ACCOUNT, KEY, SECRET, service.messagingServiceSid]);
    const account = { accountSid: ACCOUNT, apiKeySid: KEY, apiKeySecret: SECRET };
    const credentials = { mode: "live", ...account, ...service };
    const asked = await askCredentials(ask, LIVE, says("live", true));
    expect(asked).toEqual({ credentials, isUnsure: true });
  });

  it("of a test stage are the test account's sid and token, from Twilio's number", async () => {
    const { ask, questions } = typed([ACCOUNT, TOKEN, ""]);
    const { credentials } = await askCredentials(ask, TEST, says("test"));
    const account = { accountSid: ACCOUNT, apiKeySid: ACCOUNT, apiKeySecret: TOKEN };
    expect(credentials).toEqual({ mode: "test", ...account, from: "+15005550006" });
    expect(questions.filter(({ hidden }) => hidden)).toHaveLength(1);
  });

  it("of a stage that sends to a list come with the list, each number once", async () => {
    const list = "+447700900001, +447700900002  +447700900001";
    const { ask, questions } = typed([ACCOUNT, KEY, SECRET, "LATCHKEY", list]);
    const { credentials } = await askCredentials(ask, LISTED, says("live"));
    expect(credentials.recipients).toEqual(["+447700900001", "+447700900002"]);
    expect(questions.at(-1)?.text).toMatch(/^The only numbers that may be sent to/);
  });

  it.each(["", " ", "07700 900123", "+447700900001 +44"])(
    "of a stage that sends to a list are asked for a list again after %j",
    async (list) => {
      const { ask, questions } = typed([ACCOUNT, KEY, SECRET, "LATCHKEY", list, "+447700900001"]);
      const { credentials } = await askCredentials(ask, LISTED, says("live"));
      expect(credentials.recipients).toEqual(["+447700900001"]);
      expect(questions.at(-1)?.text).toMatch(/^✗ .* at least one recipient.* The only numbers/);
    },
  );

  it.each([
    ["test", ["AC1"], "An account SID is AC and 32 hex digits"],
    ["test", [ACCOUNT, "short"], "An auth token is 32 hex digits"],
    ["live", [ACCOUNT, KEY, "short"], "A secret has at least 16 characters"],
    ["live", [ACCOUNT, ACCOUNT], "The SID of an API key is SK"],
    ["live", [ACCOUNT, KEY, "two words of a secret"], "A secret has"],
    ["live", [ACCOUNT, KEY, SECRET, "07700 900123"], "A sender is a number in E.164"],
    ["live", [ACCOUNT, KEY, SECRET, "A name too long"], "A sender is"],
  ] as const)(
    "of a %s stage are asked for again as soon as one has another form: %j",
    async (mode, lines, words) => {
      const { ask, questions } = typed(lines);
      const untilEnded: Ask = async (question) => {
        if (questions.length === lines.length) throw new Error(`asked: ${question.text}`);
        return ask(question);
      };
      const asking = askCredentials(untilEnded, { ...LIVE, mode }, says(mode));
      await expect(asking).rejects.toThrow(`asked: ✗ ${words}`);
    },
  );

  it.each([
    ["test", [ACCOUNT, TOKEN, ""], "live"],
    ["live", [ACCOUNT, KEY, SECRET, "LATCHKEY"], "test"],
  ] as const)(
    "of a %s stage are asked for again where Twilio reports the other mode",
    async (mode, lines, other) => {
      const { ask, questions } = typed([...lines, ...lines]);
      const modes = [other, mode];
      const probed = async () => ({ mode: modes.shift() ?? mode, isUnsure: false });
      await askCredentials(ask, { ...LIVE, mode }, probed);
      expect(questions[lines.length]?.text).toMatch(
        new RegExp(`^✗ Twilio reports that these are ${other} .* account SID`, "i"),
      );
      expect(questions.filter(({ text: words }) => words.includes("✗"))).toHaveLength(1);
    },
  );

  it("end with the sentence where Twilio gives no answer", async () => {
    const { ask, questions } = typed([ACCOUNT, KEY, SECRET, "LATCHKEY"]);
    const unreachable = () =>
      probe({ accountSid: ACCOUNT, apiKeySid: KEY, apiKeySecret: SECRET }, "http://127.0.0.1:1");
    await expect(askCredentials(ask, LIVE, unreachable)).rejects.toThrow("cannot be reached");
    expect(questions).toHaveLength(4);
  });
});

describe("the auth token", () => {
  const OTHER = "f".repeat(32);
  const account = { accountSid: ACCOUNT, apiKeySid: KEY, apiKeySecret: SECRET, from: "LATCHKEY" };
  const live = { mode: "live", ...account } as const;

  it.each([
    [[TOKEN, ""], [TOKEN]],
    [
      [TOKEN, OTHER],
      [TOKEN, OTHER],
    ],
  ])("of a live account is asked for unseen, and may be two: %j", async (lines, expected) => {
    const { ask, questions } = typed(lines);
    const probed: unknown[] = [];
    const tokens = await askAuthTokens(ask, live, async (given) => void probed.push(given));
    expect(tokens).toEqual(expected);
    expect(questions.map(({ hidden }) => hidden)).toEqual([true, true]);
    expect(probed).toEqual([{ accountSid: ACCOUNT, authToken: TOKEN }]);
  });

  it("of test credentials is their own, without a question", async () => {
    const { ask, questions } = typed([]);
    const test = { ...live, mode: "test", apiKeySid: ACCOUNT, apiKeySecret: TOKEN } as const;
    expect(await askAuthTokens(ask, test, async () => {})).toEqual([TOKEN]);
    expect(questions).toEqual([]);
  });

  it("of another form, or that Twilio does not know, is asked for again, and none in an outage", async () => {
    const statuses = [401, 200];
    answers = () => [statuses.shift() ?? 500, { code: 20003 }];
    const known = (given: { accountSid: string; authToken: string }) => probeToken(given, baseUrl);
    const { ask, questions } = typed(["short", OTHER, TOKEN, "short", ""]);
    expect(await askAuthTokens(ask, live, known)).toEqual([TOKEN]);
    expect(questions.map(({ text: words }) => words.split(".")[0])).toEqual([
      "Auth token of the account, not shown",
      "✗ An auth token is 32 hex digits",
      "✗ Twilio does not know this auth token",
      expect.stringMatching(/^Auth token that takes over/),
      "✗ An auth token is 32 hex digits",
    ]);
    answers = () => [503, {}];
    await expect(known({ ...live, authToken: TOKEN })).rejects.toThrow("decides nothing");
  });
});

describe("the secret of a challenge", () => {
  it("is asked for without being shown", async () => {
    const { ask, questions } = typed(["0x4AAAAAAA-secret-of-turnstile"]);
    expect(await askChallengeSecret(ask, "turnstile")).toBe("0x4AAAAAAA-secret-of-turnstile");
    expect(questions).toEqual([{ text: "Secret key of Turnstile, not shown", hidden: true }]);
  });

  it.each(["", "short", "a secret with spaces in it"])("is not %j", async (line) => {
    const { ask, questions } = typed([line, SECRET]);
    expect(await askChallengeSecret(ask, "hcaptcha")).toBe(SECRET);
    expect(questions.at(-1)?.text).toMatch(/^✗ A secret key has at least 20 characters/);
  });
});

describe("Twilio, asked what credentials are,", () => {
  const token = { accountSid: ACCOUNT, apiKeySid: ACCOUNT, apiKeySecret: SECRET };
  const key = { ...token, apiKeySid: KEY };
  const isList = (path: string) => path.endsWith("Messages.json?PageSize=1");

  it("identifies test credentials by refusing them their account", async () => {
    answers = () => [403, { code: 20008 }];
    expect(await probe(token, baseUrl)).toEqual({ mode: "test", isUnsure: false });
    expect(asked.at(-1)).toMatchObject({
      path: `/2010-04-01/Accounts/${ACCOUNT}.json`,
      authorization: `Basic ${Buffer.from(`${ACCOUNT}:${SECRET}`).toString("base64")}`,
    });
  });

  it.each([
    ["a main key by its account", (path: string) => (isList(path) ? 500 : 200), {}, false],
    ["a standard key by its messages", (path: string) => (isList(path) ? 200 : 401), {}, false],
    ["a restricted key by the right that it lacks", () => 401, { code: 70_051 }, true],
    ["a restricted key by 403", () => 403, {}, true],
  ])("reports %s", async (_, status, body, isUnsure) => {
    answers = (path) => [status(path), body];
    expect(await probe(key, baseUrl)).toEqual({ mode: "live", isUnsure });
  });

  it.each([
    ["the auth token of a live account", token, 200, "opens all of it"],
    ["a wrong token", token, 401, "Twilio does not know these credentials"],
    ["a wrong key", key, 401, "Twilio does not know these credentials"],
    ["an account of nobody", key, 404, "Twilio does not know these credentials"],
    ["an outage", key, 503, "Twilio answered 503"],
    ["a redirect", token, 302, "Twilio answered 302"],
  ])("is not satisfied with %s", async (_, account, status, words) => {
    answers = () => [status, { code: 20003 }];
    await expect(probe(account, baseUrl)).rejects.toThrow(words);
  });
});

describe.runIf(process.platform === "linux")("npm run secrets -- prod at a terminal", () => {
  it("stores what the page of the first real SMS needs, whose message then arrives", async () => {
    const phones: string[] = [];
    const twilio = await startTwilio((message) => phones.push(message.to), memoryJournal());
    const stored = new Map<string, unknown>();
    const names = ["TwilioSecret", "TwilioAuthSecret", "ChallengeSecret"];
    const Outputs = names.map((name) => ({ OutputKey: `Latchkey${name}`, OutputValue: name }));
    const cloud = await startCloud(() => ({
      DescribeStacks: () => [200, { Stacks: [{ Outputs }] }],
      PutSecretValue: (body) => {
        const { SecretId, SecretString } = JSON.parse(body);
        stored.set(SecretId, JSON.parse(SecretString));
        return [200, {}];
      },
    }));
    onTestFinished(async () => void (await Promise.all([twilio.stop(), cloud.stop()])));
    const { accountSid, apiKeySid, apiKeySecret, from, authToken } = twilio.account;
    const env = { ...awsAt(cloud.url), TWILIO_BASE_URL: twilio.baseUrl };
    const keys = [accountSid, apiKeySid, apiKeySecret, from, TOKEN, authToken, "", SECRET];
    const command = `${join(import.meta.dirname, "../../cli/secrets.ts")} prod`;
    const { child, screen } = atTerminal(command, keys, { env });
    await once(child, "close");
    for (const line of outputsIn(PAGE)[2]?.slice(-2) ?? []) expect(screen()).toContain(line);
    expect(screen()).toContain("✗ Twilio does not know this auth token.");
    expect(screen()).not.toMatch(new RegExp([apiKeySecret, TOKEN, authToken, SECRET].join("|")));
    expect([...stored]).toEqual([
      ["TwilioSecret", { mode: "live", accountSid, apiKeySid, apiKeySecret, from }],
      ["TwilioAuthSecret", { authTokens: [authToken] }],
      ["ChallengeSecret", { secret: SECRET }],
    ]);

    const credentials = parseTwilioCredentials(stored.get("TwilioSecret"));
    const to = "+447700900611";
    if (!isE164(to)) throw new Error("no number");
    const real = { to, credentials, twilioUrl: twilio.baseUrl, tell: () => undefined };
    const { url, stop } = await startPatientSystem({ real });
    onTestFinished(stop);
    const { status, body } = await startAt(url, to);
    expect([status, phones]).toEqual([201, [to]]);
    const [, shown = ""] = /```json\n(.*)\n```/.exec(textOf(PAGE)) ?? [];
    expect(Object.keys(body)).toEqual(Object.keys(JSON.parse(shown)));
  });
});

describe("a prompt", () => {
  it("that ends early does nothing", async () => {
    const input = new PassThrough();
    const { ask } = prompter({ input, output: new PassThrough(), terminal: false });
    input.end();
    await expect(ask({ text: "Name" })).rejects.toThrow("Nothing was done");
  });
});

describe("the name of a stage on a command line", () => {
  it("is one of the stages", () => {
    expect(stageNamed("secrets", ["dev"])).toEqual({
      name: "dev",
      place: { stackName: "latchkey-dev" },
    });
    expect(stageNamed("secrets", ["prod", "--stack", "acme"]).place).toEqual({ stackName: "acme" });
  });

  it("is not another, which the command reports", () => {
    const words = "Name the stage, and nothing else: npm run secrets -- <dev|";
    expect(() => stageNamed("secrets", ["production"])).toThrow(words);
  });
});
