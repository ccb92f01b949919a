import { spawn } from "node:child_process";
import type { Server } from "node:http";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { outputsOf } from "../../cli/deployed.ts";
import { smokeArguments } from "../../cli/smoke/arguments.ts";
import { MAGIC_NUMBER_CASES } from "../../cli/smoke/magic-number-cases.ts";
import {
  type SmokeResult,
  smokeLine,
  smokeSummary,
  smokeTest,
  storedCredentials,
} from "../../cli/smoke/smoke-test.ts";
import { CommandFault } from "../../cli/terminal.ts";
import type { TwilioCredentials } from "../../functions/adapters/twilio/credentials.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import { type Emulator, startEmulator } from "../../local/twilio/emulator.ts";
import { forward, passOn } from "../support/forward.ts";
import { startEmulator as startCloud } from "./live/emulator.ts";

let emulator: Emulator;
let credentials: TwilioCredentials;
const arrivals: unknown[] = [];
beforeAll(async () => {
  emulator = await startEmulator((delivery) => arrivals.push(delivery), memoryJournal());
  const { testAccountSid, testAuthToken, from } = emulator.account;
  credentials = {
    mode: "test",
    accountSid: testAccountSid,
    apiKeySid: testAccountSid,
    apiKeySecret: testAuthToken,
    from,
  };
});
afterAll(() => emulator.stop());

async function all(target: {
  credentials: TwilioCredentials;
  baseUrl: string;
}): Promise<readonly SmokeResult[]> {
  const results: SmokeResult[] = [];
  for await (const result of smokeTest(target)) results.push(result);
  return results;
}

/** In front of the emulator: changes what it answers. */
async function spoiled(
  spoil: (path: string, body: string) => [number, unknown] | undefined,
): Promise<{ server: Server; baseUrl: string; asked: string[] }> {
  const asked: string[] = [];
  const server = serverOf(async (request, response) => {
    const body = await buffer(request);
    asked.push(`${request.method} ${request.url}`);
    const [status, own] = spoil(String(request.url), String(body)) ?? [];
    if (status === undefined)
      return passOn(response, await forward(emulator.baseUrl, request, body));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(own));
  });
  return { server, baseUrl: localUrl(await listen(server)), asked };
}

describe("the smoke test", () => {
  it("finds every magic number as it is documented, and sends nothing", async () => {
    const results = await all({ credentials, baseUrl: emulator.baseUrl });
    expect(results).toHaveLength(MAGIC_NUMBER_CASES.length + 1);
    expect(results.filter(({ isAsDocumented }) => !isAsDocumented)).toEqual([]);
    expect(results[0]).toEqual({
      what: "message from +15005550001",
      words: "an invalid number",
      expected: "error 21212",
      found: "error 21212",
      isAsDocumented: true,
    });
    expect(arrivals).toEqual([]);
    expect(smokeSummary(results)).toContain(`All ${results.length}`);
  });

  it("names each answer that is another one, and what came in its place", async () => {
    const { server, baseUrl } = await spoiled((path, body) => {
      if (body.includes("15005550002")) return [400, { code: 99_999, message: "no", status: 400 }];
      return path.endsWith("Calls.json") ? [503, "nonsense"] : undefined;
    });
    const results = await all({ credentials, baseUrl });
    await close(server);
    const bad = results.filter(({ isAsDocumented }) => !isAsDocumented);
    const calls = MAGIC_NUMBER_CASES.filter(({ resource }) => resource === "call").length;
    expect(bad).toHaveLength(1 + calls);
    expect(bad.map(smokeLine)[0]).toMatch(
      /✗.*message to \+15005550002.*error 99999, where error 21612 is documented/,
    );
    expect(bad.at(-1)?.found).toContain("503");
    expect(smokeSummary(results)).toContain(`${1 + calls} of ${results.length}`);
  });

  it("asks nothing with live credentials, whatever the secret calls them", async () => {
    const { server, baseUrl, asked } = await spoiled(() => [200, {}]);
    await expect(all({ credentials, baseUrl })).rejects.toThrow(CommandFault);
    expect(asked).toEqual([`GET /2010-04-01/Accounts/${credentials.accountSid}.json`]);
    const live = { ...credentials, mode: "live", apiKeySid: `SK${"0".repeat(32)}` } as const;
    await expect(all({ credentials: live, baseUrl })).rejects.toThrow(
      "These are live credentials, and this asks with test credentials only. Nothing was asked.",
    );
    expect(asked).toHaveLength(2);
    await close(server);
  });

  it("reports in one sentence that Twilio does not accept the credentials, or is not there", async () => {
    const unknown = { ...credentials, apiKeySecret: "another-secret-0123456789" };
    await expect(all({ credentials: unknown, baseUrl: emulator.baseUrl })).rejects.toThrow(
      "Twilio does not know these credentials. Nothing was asked.",
    );

    await expect(all({ credentials, baseUrl: "http://127.0.0.1:1" })).rejects.toThrow(
      "Twilio cannot be reached. Nothing was asked.",
    );
  });
});

describe("the stage's secret", () => {
  async function storedIn(secret: string) {
    const Outputs = [{ OutputKey: "LatchkeyTwilioSecret", OutputValue: "arn:aws:secret" }];
    const cloud = await startCloud(() => ({
      DescribeStacks: () => [200, { Stacks: [{ Outputs }] }],
      GetSecretValue: () => [200, { SecretString: secret }],
    }));
    onTestFinished(cloud.stop);
    const { stack, secrets } = cloud.aws;
    const output = await outputsOf(stack, { stackName: "latchkey-dev" });
    return storedCredentials(secrets, output("TwilioSecret"));
  }

  it("gives the credentials", async () => {
    expect(await storedIn(JSON.stringify(credentials))).toEqual(credentials);
  });

  it.each(["", "{", '{"mode":"test","apiKeySecret":"s3cret-of-nobody"}'])(
    "that holds %j holds none, and is not repeated",
    async (secret) => {
      const reading = storedIn(secret);
      await expect(reading).rejects.toThrow("holds no Twilio credentials yet");
      await expect(reading).rejects.not.toThrow("s3cret");
    },
  );
});

describe("the arguments", () => {
  it("are a stage, and perhaps a wish to type the credentials", () => {
    const place = { stackName: "latchkey-dev" };
    expect(smokeArguments(["dev"])).toEqual({ place, asks: false });
    expect(smokeArguments(["dev", "--ask"])).toEqual({ place, asks: true });
  });

  it.each([
    [[], "Name the stage"],
    [["nowhere"], "Name the stage"],
    [["dev", "more"], "and nothing else"],
    [["dev", "--loud"], "--loud"],
    [["dev", "--ask", "--stack", "acme"], "--ask goes without --stack"],
  ])("%j are refused in a sentence", (args, words) => {
    expect(() => smokeArguments(args)).toThrow(CommandFault);
    expect(() => smokeArguments(args)).toThrow(words);
  });
});

describe("npm run smoke", () => {
  async function run(lines: readonly string[]) {
    const file = join(import.meta.dirname, "../../cli/smoke.ts");
    const env = { ...process.env, TWILIO_BASE_URL: emulator.baseUrl };
    const child = spawn(process.execPath, [file, "dev", "--ask"], { env });
    child.stdin.end(lines.map((line) => `${line}\n`).join(""));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { out, error, status: await ended };
  }

  it("asks for test credentials, shows none, and ends with 0 where all is as documented", async () => {
    const { testAccountSid, testAuthToken } = emulator.account;
    const { out, error, status } = await run([testAccountSid, testAuthToken, ""]);
    expect(error).toBe("");
    expect(out.match(/^✓ (?:message|call) /gm)).toHaveLength(MAGIC_NUMBER_CASES.length);
    expect(out).not.toContain("✗");
    expect(out).not.toContain(testAuthToken);
    expect(status).toBe(0);
  });
});
