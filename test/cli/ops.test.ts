import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { StackPlace } from "../../cli/deployed.ts";
import { parseKeysArguments } from "../../cli/keys-arguments.ts";
import { deployedAt, operatorOf } from "../../cli/operator.ts";
import { parseOpsArguments } from "../../cli/ops-arguments.ts";
import { wordsOf } from "../../cli/ops-words.ts";
import type { OperationResult } from "../../functions/operator/operation.ts";
import { close, serverOf } from "../../local/listening.ts";
import { NOON } from "../support/deps.ts";
import { clientSettings, NO_STACK, stackAnswer } from "./stack-answer.ts";

const PHONE = "+447700900123";
const words = (line: string): readonly string[] => line.split(" ");

describe("a command line", () => {
  it.each([
    [`who ${PHONE} --local`, { command: "who", target: PHONE }],
    [
      `block ${PHONE} --for 24h --reason spam --local`,
      { command: "block", target: PHONE, seconds: 86_400, reason: "spam" },
    ],
    [
      "block 203.0.113.7 --for 30m --reason spam --local",
      { command: "block", target: "203.0.113.7", seconds: 1_800, reason: "spam" },
    ],
    [`unblock ${PHONE} --local`, { command: "unblock", target: PHONE }],
    [`unlock ${PHONE} --local`, { command: "unlock", target: PHONE }],
    ["pause --reason outage --local", { command: "pause", reason: "outage" }],
    ["resume --local", { command: "resume" }],
    [`erase ${PHONE} --local`, { command: "erase", target: PHONE }],
  ])("%s asks the local system", (line, operation) => {
    expect(parseOpsArguments(words(line))).toEqual({
      kind: "operation",
      place: { kind: "local" },
      operation,
    });
  });

  it("asks the stage that it names", () => {
    expect(parseOpsArguments(words("resume --stage prod"))).toMatchObject({
      place: { kind: "stage", stackName: "latchkey-prod" },
    });
  });

  it.each(["", "--help", "who --help"])("%j asks for help", (line) => {
    expect(() => parseOpsArguments(line === "" ? [] : words(line))).toThrow(
      "npm run ops -- <command>",
    );
  });

  it.each([
    ["reveal --local", "There is no command reveal"],
    ["toString --local", "There is no command toString"],
    ["resume", "Name the deployment"],
    ["resume --stage production", "Name the deployment"],
    ["resume --stage dev --local", "Name the deployment"],
    ["who --local", "who takes one target and flags"],
    [`erase ${PHONE} ${PHONE} --local`, "erase takes one number"],
    ["resume now --local", "resume takes nothing and flags: resume."],
    [`block ${PHONE} --reason spam --local`, "It needs --for"],
    [`block ${PHONE} --for 24h --local`, "It needs --reason"],
    [`block ${PHONE} --for 1y --reason spam --local`, "--for takes a time"],
    ["pause --local", "It needs --reason"],
    ["resume --force --local", "Unknown option '--force'"],
    ["pause --reason spam --for 2h --local", "pause takes no --for"],
    ["top --format csv --local", "top takes no --format"],
    ["replay a.jsonl --local", "replay takes no --local"],
    ["top --for 0m --local", "--for takes a time"],
    ["spend --stage prod --stage dev", "--stage is there twice"],
    ["spend --stage prod --port 80", "--port goes with --local"],
    ["top --local --for -5h", /^Option '--for' argument is ambiguous\. --help lists[^\n]+$/],
    ["spend --local --port x", "--port goes with --local"],
    ["spend --stack Ünï", "A stack has 1 to 128 letters, digits and hyphens"],
  ])("%s is refused: %s", (line, reason) => {
    expect(() => parseOpsArguments(words(line))).toThrow(reason);
  });

  it.each([
    ["revoke id --overlap 1h --stage prod", "keys revoke takes no --overlap"],
    ["rotate id --sends-per-day 5 --stage prod", "keys rotate takes no --sends-per-day"],
    ["create --name shop --stage prod", "It needs --name shop and --sends-per-day 500"],
    ["rotate --stage prod", "keys rotate takes the id of a key"],
    ["toString --stage prod", "There is no command keys toString"],
  ])("keys %s is refused: %s", (line, reason) => {
    expect(() => parseKeysArguments(words(line))).toThrow(reason);
  });
});

describe("the words for a result", () => {
  const subject = { of: "number", pseudonym: "P".repeat(43) };
  const block = { until: NOON + 86_400_000, because: "spam" };
  const pause = { since: NOON - 3_600_000, because: "Twilio is down" };
  const turns = [NOON - 60_000, NOON - 3_600_000, NOON - 100_000_000];
  const known = { isKnown: true, sendsPerNumber: [], turns, failures: 85 };
  const number = { kind: "number", subject, ...known } as const;
  const ipv4 = { ...subject, of: "ipv4" };
  const counted = { unverified: 3, max: 30, windowEndsAt: NOON };
  const scope = { kind: "scope", subject: ipv4, ...counted } as const;

  it.each<[OperationResult, string]>([
    [{ kind: "refused", why: "a reason" }, "✗ Refused: a reason."],
    [{ ...number, block }, "2 in 24 hours, the last one 1 min ago"],
    [number, "85 in a row; it locks at 85: locked"],
    [{ ...number, failedAt: NOON - 31 * 86_400_000 }, "0 in a row; it locks at 85\n"],
    [{ ...number, isKnown: false, turns: [], failures: 0 }, "none is remembered"],
    [{ ...scope, mode: "enforce" }, "3 of 30 sends"],
    [{ ...scope, mode: "off" }, "unverified   not counted\n    when full    nothing is refused"],
    [
      { kind: "blocked", subject, until: block.until },
      "blocked until 2027-01-16 08:00 UTC, in 24 h",
    ],
    [{ kind: "blocked", subject: ipv4, until: NOON }, "Nothing is sent for it, from 10 seconds on"],
    [{ kind: "blocked-longer", subject, block }, "blocked already, until 2027-01-16 08:00"],
    [{ kind: "opened", subject, block }, "open again"],
    [{ kind: "not-blocked", subject }, "Nothing changed: the number is not blocked"],
    [{ kind: "unlocked", subject, failures: 42 }, "42 wrong codes in a row are forgotten"],
    [{ kind: "unlocked", subject, failures: 0 }, "Nothing changed"],
    [{ kind: "erased", subject, wasKnown: true }, "What is left, and goes by itself"],
    [{ kind: "erased", subject, wasKnown: true, block }, "A block went with it (spam)"],
    [
      { kind: "erased", subject, wasKnown: true, ticketsFrom: Date.parse("2026-11-01") },
      "until the last has run out on 2027-01-30",
    ],
    [{ kind: "erased", subject, wasKnown: false }, "Nothing was kept"],
    [{ kind: "paused" }, "Within 10 seconds nothing more is sent"],
    [{ kind: "paused-already", pause }, "(Twilio is down)"],
    [{ kind: "resumed", pause }, "goes on within 10 seconds"],
    [{ kind: "not-paused" }, "Nothing changed: sending is not paused"],
  ])("%o are shown as %s", (result, part) => {
    expect(stripVTControlCharacters(wordsOf(result, NOON))).toContain(part);
  });
});

describe("an operator", () => {
  let lambda: LambdaClient;
  let aws: { readonly lambda: LambdaClient; readonly stacks: CloudFormationClient };
  let answer: { status: number; headers: Record<string, string>; body: unknown };
  const stacks = ["latchkey-dev", "acme-platform"];
  const OUTPUTS = {
    LatchkeyAddress: "https://a.example",
    LatchkeyName: "acme",
    LatchkeyOperateFunction: "acme-operate",
  };
  const asked: string[] = [];

  const server = serverOf(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${await text(request)}`);
    if (request.url === "/") {
      const stack = stacks.find((name) =>
        new RegExp(`StackName=${name}(&|$)`).test(asked.at(-1) ?? ""),
      );
      response.writeHead(stack === undefined ? 400 : 200, { "content-type": "text/xml" });
      response.end(stack === undefined ? NO_STACK : stackAnswer(OUTPUTS));
      return;
    }
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
  });

  beforeAll(async () => {
    const place = await clientSettings(server);
    lambda = new LambdaClient(place);
    aws = { lambda, stacks: new CloudFormationClient(place) };
  });
  afterAll(() => {
    lambda.destroy();
    return close(server);
  });
  afterEach(() => {
    asked.length = 0;
  });

  it.each(["latchkey-dev", "acme-platform"])(
    "of the stack %s invokes the function that its outputs name",
    async (stackName) => {
      answer = { status: 200, headers: {}, body: { kind: "not-paused" } };
      const { operate } = await deployedAt({ kind: "stage", stackName }, aws);
      expect(await operate({ command: "resume" })).toEqual({ kind: "not-paused" });
      expect(asked.at(-1)).toBe(
        'POST /2015-03-31/functions/acme-operate/invocations {"command":"resume"}',
      );
    },
  );

  it("of a stack that is not there are refused, and of one without its outputs", async () => {
    const of = (place: StackPlace) => deployedAt({ kind: "stage", ...place }, aws);
    await expect(of({ stackName: "latchkey-prod" })).rejects.toThrow(
      "There is no stack latchkey-prod in this account and region.",
    );
    await expect(of({ stackName: "latchkey-dev", outputPrefix: "Phone" })).rejects.toThrow(
      "The stack latchkey-dev has no output PhoneOperateFunction.",
    );
  });

  it.each([
    ["a function that failed", 200, "X-Amz-Function-Error", "Unhandled", "The log of f"],
    ["no right to", 403, "X-Amzn-ErrorType", "AccessDeniedException", "may not do that"],
    ["old credentials", 403, "X-Amzn-ErrorType", "ExpiredTokenException", "have run out"],
  ])("reports %s in a sentence", async (_, status, header, value, sentence) => {
    answer = { status, headers: { [header]: value }, body: { errorMessage: "x" } };
    const resumed = operatorOf({ lambda, functionName: "f" })({ command: "resume" });
    await expect(resumed).rejects.toThrow(sentence);
  });

  it("takes no answer that is none of the function's", async () => {
    answer = { status: 200, headers: {}, body: { kind: "done", number: PHONE } };
    const resumed = operatorOf({ lambda, functionName: "f" })({ command: "resume" });
    await expect(resumed).rejects.toThrow();
  });
});

it("the money of each app is shown beside that of the countries", () => {
  const apps = { "app-main": 5e5, "app-shop": 15e5 };
  const spent = { total: 2e6, "total-9": 1e6, GB: 2e6, "GB-9": 1e6, ...apps };
  const cap = { perHourMicros: 5e6, perDayMicros: 1e7 };
  const money = { kind: "spend", day: "2026-11-28", spent, total: cap, countries: {} } as const;
  const words = stripVTControlCharacters(wordsOf({ ...money, keptForTickets: 0.2 }, 0));
  expect(words).toMatch(/together +\$2\.00 of \$10\.00 today; \$1\.00 of \$5\.00 in the last hour/);
  expect(words).toMatch(/app main +\$0\.50 today\n +app shop +\$1\.50 today/);
  expect(words).not.toContain("paused since");
  const pause = { since: 0, because: "Twilio is down" };
  const paused = wordsOf({ ...money, keptForTickets: 0.2, pause }, 60_000);
  expect(stripVTControlCharacters(paused)).toMatch(
    /! Sending is paused since 1970-01-01 00:00 UTC, 1 min ago \(Twilio is down\)/,
  );
});
