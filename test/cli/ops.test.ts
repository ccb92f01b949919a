import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { operatorAt, operatorOf } from "../../cli/operator.ts";
import { askedBy } from "../../cli/ops-arguments.ts";
import { wordsOf } from "../../cli/ops-words.ts";
import type { OperationResult } from "../../functions/operator/result.ts";
import { NOON } from "../support/deps.ts";

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
    [`unlock ${PHONE} --local`, { command: "unlock", to: PHONE }],
    ["pause --reason outage --local", { command: "pause", reason: "outage" }],
    ["resume --local", { command: "resume" }],
    [`erase ${PHONE} --local`, { command: "erase", to: PHONE }],
  ])("%s asks the local system", (line, operation) => {
    expect(askedBy(words(line))).toEqual({
      kind: "operation",
      place: { kind: "local" },
      operation,
    });
  });

  it("asks the stage that it names", () => {
    expect(askedBy(words("resume --stage prod"))).toMatchObject({
      place: { kind: "stage", name: "prod" },
    });
  });

  it.each(["", "--help", "who --help"])("%j asks for help", (line) => {
    expect(askedBy(line === "" ? [] : words(line))).toEqual({ kind: "help" });
  });

  it.each([
    ["reveal --local", "There is no command reveal"],
    ["toString --local", "There is no command toString"],
    ["resume", "Say where"],
    ["resume --stage production", "Say where"],
    ["resume --stage dev --local", "Say where"],
    ["who --local", "who takes one number, range, country or address"],
    [`erase ${PHONE} ${PHONE} --local`, "erase takes one number"],
    ["resume now --local", "resume takes nothing"],
    [`block ${PHONE} --reason spam --local`, "It needs --for"],
    [`block ${PHONE} --for 24h --local`, "It needs --reason"],
    [`block ${PHONE} --for 1y --reason spam --local`, "--for takes a time"],
    ["pause --local", "It needs --reason"],
    ["resume --force --local", "Unknown option '--force'"],
  ])("%s is refused: %s", (line, reason) => {
    expect(() => askedBy(words(line))).toThrow(reason);
  });
});

describe("the words for a result", () => {
  const subject = { of: "number", pseudonym: "P".repeat(43) };
  const block = { until: NOON + 86_400_000, because: "spam" };
  const pause = { since: NOON - 3_600_000, because: "Twilio is down" };
  const turns = [NOON - 60_000, NOON - 3_600_000, NOON - 100_000_000];

  it.each<[OperationResult, string]>([
    [{ kind: "refused", why: "a reason" }, "✗ Refused: a reason."],
    [
      { kind: "number", subject, isKnown: true, turns, failures: 85, block },
      "2 in 24 hours, the last one 1 min ago",
    ],
    [
      { kind: "number", subject, isKnown: true, turns, failures: 85 },
      "85 in a row; it locks at 85: locked",
    ],
    [{ kind: "number", subject, isKnown: false, turns: [], failures: 0 }, "none is remembered"],
    [
      {
        kind: "scope",
        subject: { ...subject, of: "ipv4" },
        mode: "enforce",
        unverified: 3,
        max: 30,
        windowEndsAt: NOON,
      },
      "3 of 30 sends",
    ],
    [
      { kind: "blocked", subject, until: block.until },
      "blocked until 2027-01-16 08:00 UTC, in 24 h",
    ],
    [
      { kind: "blocked", subject: { ...subject, of: "ipv4" }, until: NOON },
      "Nothing is sent for it, from 10 seconds on.",
    ],
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
  ])("%o say: %s", (result, part) => {
    expect(stripVTControlCharacters(wordsOf(result, NOON))).toContain(part);
  });
});

describe("an operator", () => {
  let server: Server;
  let lambda: LambdaClient;
  let answer: { status: number; headers: Record<string, string>; body: unknown };
  let functions: readonly string[] = [];
  const asked: string[] = [];

  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked.push(`${request.method} ${request.url} ${await text(request)}`);
    const isList =
      request.url?.startsWith("/2015-03-31/functions?") === true ||
      request.url === "/2015-03-31/functions" ||
      request.url === "/2015-03-31/functions/";
    if (isList) {
      const Functions = functions.map((FunctionName) => ({ FunctionName }));
      response.end(JSON.stringify({ Functions }));
      return;
    }
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
  }

  beforeAll(async () => {
    server = createServer((request, response) => void answerTo(request, response));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    lambda = new LambdaClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-west-2",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts: 1,
    });
  });
  afterAll(() => {
    lambda.destroy();
    server.close();
  });
  afterEach(() => {
    asked.length = 0;
  });

  it("of a stage invokes the one function that CloudFormation made for it", async () => {
    functions = [
      "latchkey-prod-OperateLog-x",
      "latchkey-dev-Operate0A1B2C3D-q1W2e3",
      "latchkey-dev-CheckCode0A1B2C3D-x",
    ];
    answer = { status: 200, headers: {}, body: { kind: "not-paused" } };
    const operate = await operatorAt({ kind: "stage", name: "dev" }, { lambda });
    expect(await operate({ command: "resume" })).toEqual({ kind: "not-paused" });
    expect(asked.at(-1)).toBe(
      'POST /2015-03-31/functions/latchkey-dev-Operate0A1B2C3D-q1W2e3/invocations {"command":"resume"}',
    );
  });

  it("of a stage that is not there says so", async () => {
    functions = ["latchkey-dev-Operate0A1B2C3D-q1W2e3"];
    await expect(operatorAt({ kind: "stage", name: "prod" }, { lambda })).rejects.toThrow(
      "There is no prod in this account and region.",
    );
  });

  it.each([
    [
      "a function that failed",
      {
        status: 200,
        headers: { "X-Amz-Function-Error": "Unhandled" },
        body: { errorMessage: "x" },
      },
      "The operation failed. The log of f",
    ],
    [
      "no right to",
      { status: 403, headers: { "X-Amzn-ErrorType": "AccessDeniedException" }, body: {} },
      "These AWS credentials may not do that",
    ],
    [
      "old credentials",
      { status: 403, headers: { "X-Amzn-ErrorType": "ExpiredTokenException" }, body: {} },
      "have run out",
    ],
  ])("tells %s in a sentence", async (_, given, sentence) => {
    answer = given;
    await expect(operatorOf({ lambda, functionName: "f" })({ command: "resume" })).rejects.toThrow(
      sentence,
    );
  });

  it("takes no answer that is none of the function's", async () => {
    answer = { status: 200, headers: {}, body: { kind: "done", number: PHONE } };
    await expect(
      operatorOf({ lambda, functionName: "f" })({ command: "resume" }),
    ).rejects.toThrow();
  });
});
