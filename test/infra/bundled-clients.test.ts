import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BUNDLING } from "../../infra/bundles.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";

/** The clients are cut where their files allow it, so each upgrade of them is asked here whether the rest still works. */
const folder = mkdtempSync(join(tmpdir(), "clients-"));
const OUTFILE = join(folder, "index.cjs");
const ENTRY = `
  export { twilioSender } from "./functions/adapters/twilio/sender.ts";
  export { twilioOutcomeReporter } from "./functions/adapters/twilio/reporter.ts";
  export { LambdaClient } from "@aws-sdk/client-lambda";
  export { lambdaOutcomeReporter } from "./functions/adapters/lambda/invocations.ts";
`;
const CALL_SID = `CA${"4e".repeat(16)}`;
const MESSAGE_SID = `SM${"1b".repeat(16)}`;
const CREDENTIALS = {
  mode: "live",
  accountSid: `AC${"0a".repeat(16)}`,
  apiKeySid: `SK${"2c".repeat(16)}`,
  apiKeySecret: "secret",
  from: "+447700900000",
};

const requests: string[] = [];
const headers: IncomingHttpHeaders[] = [];
const server = serverOf(async (incoming, outgoing) => {
  const body = await text(incoming);
  headers.push(incoming.headers);
  requests.push(`${incoming.method} ${incoming.url} ${body}`);
  const isRefused = body.includes("0999");
  const status = { GET: 200, DELETE: 204 }[incoming.method ?? ""] ?? 201;
  outgoing.writeHead(isRefused ? 400 : status, { "content-type": "application/json" });
  outgoing.end(
    JSON.stringify(
      isRefused
        ? { code: 21211, message: "not valid", status: 400 }
        : {
            sid: incoming.url?.includes("/Calls") ? CALL_SID : MESSAGE_SID,
            date_created: "Sun, 22 Nov 2026 12:00:00 +0000",
            price: "-0.04000",
            price_unit: "USD",
          },
    ),
  );
});
let baseUrl = "";

beforeAll(async () => {
  const { outExtension: _, ...bundling } = BUNDLING;
  await build({
    ...bundling,
    stdin: { contents: ENTRY, resolveDir: BUNDLING.absWorkingDir, loader: "ts" },
    outfile: OUTFILE,
  });
  baseUrl = localUrl(await listen(server));
});
afterAll(async () => {
  await close(server);
  rmSync(folder, { recursive: true });
});

const bundled = () => createRequire(import.meta.url)(OUTFILE);

function twilio() {
  const options = {
    credentials: async () => CREDENTIALS,
    baseUrl,
    senders: { publicUrl: "https://verify.example.com", voiceFrom: "+447700900000" },
    logFault: () => {},
    notePrice: (note: unknown) => notes.push(note),
  };
  const { twilioSender, twilioOutcomeReporter } = bundled();
  return { sender: twilioSender(options), reporter: twilioOutcomeReporter(options) };
}

const notes: unknown[] = [];
const OUTGOING = { country: "GB", lifetimeSeconds: 300, attempt: 1, reportToken: "1-token" };
const OUTCOME = {
  end: "final",
  provider: "twilio",
  messageId: MESSAGE_SID,
  country: "GB",
  channel: "sms",
};

describe("Twilio's client as it is bundled", () => {
  it("sends a message", async () => {
    const message = { ...OUTGOING, channel: "sms", to: "+447700900123", text: "Hello" };
    const outcome = await twilio().sender.send(message);
    expect(outcome).toEqual({ kind: "accepted", provider: "twilio", messageId: MESSAGE_SID });
    expect(requests.at(-1)).toMatch(
      /^POST \/2010-04-01\/Accounts\/AC\w+\/Messages\.json .*\bTo=%2B447700900123&/,
    );
  });

  it("understands a refusal", async () => {
    const message = { ...OUTGOING, channel: "sms", to: "+447700900999", text: "Hello" };
    const outcome = await twilio().sender.send(message);
    expect(outcome).toEqual({ kind: "refused", why: "phone-invalid" });
  });

  it("reports that a code was approved", async () => {
    await twilio().reporter.report({ ...OUTCOME, end: "approved" });
    expect(requests.slice(-2).map((request) => request.split(" ").at(-1))).toEqual([
      "Outcome=confirmed",
      "Body=",
    ]);
  });

  it("calls, and deletes a call", async () => {
    const greeting = { language: "en-GB", voice: "Amy", greeting: "Press a key." };
    const message = { ...OUTGOING, channel: "voice", to: "+447700900123", greeting };
    const outcome = await twilio().sender.send({ ...message, callToken: "1-sealed" });
    expect(outcome).toEqual({ kind: "accepted", provider: "twilio", messageId: CALL_SID });
    await twilio().reporter.report({ ...OUTCOME, messageId: CALL_SID, channel: "voice" });
    expect(requests.slice(-2).map((request) => request.split(" ").slice(0, 2))).toEqual([
      ["GET", expect.stringMatching(`/Calls/${CALL_SID}.json$`)],
      ["DELETE", expect.stringMatching(`/Calls/${CALL_SID}.json$`)],
    ]);
  });

  it("empties a message and notes its price", async () => {
    await twilio().reporter.report(OUTCOME);
    expect(requests.at(-1)).toMatch(/ Body=$/);
    expect(notes.at(-1)).toEqual({ country: "GB", channel: "sms", price: 0.04, currency: "USD" });
  });
});

describe("Lambda's client as it is bundled", () => {
  it("invokes without waiting, with the credentials of the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const { LambdaClient, lambdaOutcomeReporter } = bundled();
    const lambda = new LambdaClient({ region: "eu-west-2", endpoint: baseUrl });
    await lambdaOutcomeReporter(lambda, "report").report(OUTCOME);
    expect(requests.at(-1)).toBe(
      `POST /2015-03-31/functions/report/invocations ${JSON.stringify(OUTCOME)}`,
    );
    expect(headers.at(-1)).toMatchObject({
      "x-amz-invocation-type": "Event",
      authorization: expect.stringContaining("Credential=AKIDEXAMPLE/"),
    });
  });
});
