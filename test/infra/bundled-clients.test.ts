import { mkdtempSync, rmSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BUNDLING } from "../../infra/bundles.ts";

/** The clients are cut where their files allow it, so each upgrade of them is asked here whether the rest still works. */
const folder = mkdtempSync(join(tmpdir(), "clients-"));
const OUTFILE = join(folder, "index.cjs");
const ENTRY = `
  export { twilioSender, twilioSettler } from "./functions/adapters/twilio.ts";
  export { LambdaClient } from "@aws-sdk/client-lambda";
  export { lambdaSettler } from "./functions/adapters/lambda-settler.ts";
`;
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
const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await text(incoming);
  headers.push(incoming.headers);
  requests.push(`${incoming.method} ${incoming.url} ${body}`);
  const isRefused = body.includes("0999");
  outgoing.writeHead(isRefused ? 400 : 201, { "content-type": "application/json" });
  outgoing.end(
    JSON.stringify(
      isRefused
        ? { code: 21211, message: "not valid", status: 400 }
        : { sid: MESSAGE_SID, date_created: "Sun, 22 Nov 2026 12:00:00 +0000" },
    ),
  );
}

beforeAll(async () => {
  const { outExtension: _, ...bundling } = BUNDLING;
  await build({
    ...bundling,
    stdin: { contents: ENTRY, resolveDir: BUNDLING.absWorkingDir, loader: "ts" },
    outfile: OUTFILE,
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const bundled = () => createRequire(import.meta.url)(OUTFILE);

function baseUrl(): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : undefined}`;
}

function twilio() {
  const options = {
    credentials: async () => CREDENTIALS,
    baseUrl: baseUrl(),
    logFault: () => {},
  };
  const { twilioSender, twilioSettler } = bundled();
  return { sender: twilioSender(options), settler: twilioSettler(options) };
}

describe("Twilio's client as it is bundled", () => {
  it("sends a message", async () => {
    const message = { to: "+447700900123", text: "Hello", lifetimeSeconds: 300 };
    const outcome = await twilio().sender.send(message);
    expect(outcome).toEqual({ kind: "accepted", messageSid: MESSAGE_SID });
    expect(requests.at(-1)).toMatch(
      /^POST \/2010-04-01\/Accounts\/AC\w+\/Messages\.json To=%2B447700900123&/,
    );
  });

  it("understands a refusal", async () => {
    const message = { to: "+447700900999", text: "Hello", lifetimeSeconds: 300 };
    const outcome = await twilio().sender.send(message);
    expect(outcome).toEqual({ kind: "refused", why: "phone-invalid" });
  });

  it("settles a message", async () => {
    await twilio().settler.settle(MESSAGE_SID);
    expect(requests.slice(-2).map((request) => request.split(" ").at(-1))).toEqual([
      "Outcome=confirmed",
      "Body=",
    ]);
  });
});

describe("Lambda's client as it is bundled", () => {
  it("invokes without waiting, with the credentials of the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const { LambdaClient, lambdaSettler } = bundled();
    const lambda = new LambdaClient({ region: "eu-west-2", endpoint: baseUrl() });
    await lambdaSettler(lambda, "settle").settle(MESSAGE_SID);
    expect(requests.at(-1)).toBe(
      `POST /2015-03-31/functions/settle/invocations {"messageSid":"${MESSAGE_SID}"}`,
    );
    expect(headers.at(-1)).toMatchObject({
      "x-amz-invocation-type": "Event",
      authorization: expect.stringContaining("Credential=AKIDEXAMPLE/"),
    });
  });
});
