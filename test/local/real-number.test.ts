import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { isE164 } from "../../functions/verification/identifiers.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import type { System } from "../../local/system.ts";
import { startEmulator } from "../../local/twilio/emulator.ts";
import type { RealNumber } from "../../local/twilio/real-number.ts";
import { outputsIn } from "../docs/security/titles.ts";
import { aFolder } from "../support/folder.ts";
import { forward } from "../support/forward.ts";
import { startPatientSystem } from "../support/patient-system.ts";
import { atTerminal } from "../support/terminal.ts";

const TO = "+447700900611";
const OTHER = "+447700900612";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const CREDENTIALS = {
  mode: "live",
  accountSid: `AC${"a".repeat(32)}`,
  apiKeySid: `SK${"b".repeat(32)}`,
  apiKeySecret: "c".repeat(32),
  from: "+15005550006",
} as const;

async function systemWith(twilioUrl: string, credentials: RealNumber["credentials"]) {
  const lines: string[] = [];
  if (!isE164(TO)) throw new Error("no number");
  const real = {
    to: TO,
    credentials,
    twilioUrl,
    tell: (line: string) => lines.push(line),
    pollMilliseconds: 20,
  } as const;
  const system = await startPatientSystem({ real });
  stops.push(system.stop);
  return { system, lines };
}

const start = async ({ url }: Pick<System, "url">, to: string) =>
  (
    await fetch(`${url}/v1/verifications`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ to }),
    })
  ).status;

describe("npm start -- --real", () => {
  it("sends to the one number with the owner's account, and to every other by the emulator", async () => {
    const phones: string[] = [];
    const twilio = await startEmulator(({ to }) => phones.push(to), memoryJournal());
    stops.push(twilio.stop);
    const { accountSid, apiKeySid, apiKeySecret, from } = twilio.account;
    const credentials = { mode: "live", accountSid, apiKeySid, apiKeySecret, from } as const;
    const { system, lines } = await systemWith(twilio.baseUrl, credentials);
    expect(await start(system, OTHER)).toBe(201);
    expect(await start(system, TO)).toBe(201);
    expect(phones).toEqual([TO]);
    expect(system.handset.messages().map(({ to }) => to)).toEqual([OTHER]);
    await expect
      .poll(() => lines.join("\n"))
      .toContain("The message to +44•••••••611 is delivered.");
    expect(lines.join("\n")).not.toMatch(/\d{6}/);
  });

  it("polls what became of a message, and prints its price and why a carrier filtered it", async () => {
    const sid = `SM${"d".repeat(32)}`;
    const ends = [
      { sid, status: "sent", error_code: null, price: null },
      { sid, status: "undelivered", error_code: 30_007, price: "-0.0553", price_unit: "USD" },
    ];
    const { lines, asked } = await answering((method) =>
      method === "POST"
        ? [201, { sid, status: "queued", price: null }]
        : [200, ends.shift() ?? ends[0]],
    );
    await expect.poll(() => lines.at(-1)).toBe("It cost 0.0553 USD.");
    expect(lines).toContain("The message to +44•••••••611 is sent.");
    const [shown] = outputsIn("docs/production/first-real-sms.md");
    const asDelivered = (line: string) => line.replace(/undelivered\..*/, "delivered.");
    expect(lines.map(asDelivered)).toEqual(shown);
    expect(lines[2]).toContain("is undelivered. The carrier filtered the message.");
    const [form] = asked;
    expect(Object.fromEntries(new URLSearchParams(form))).toMatchObject({
      To: TO,
      From: CREDENTIALS.from,
    });
    // Twilio cannot reach this machine, and refuses such an address.
    expect(form).not.toContain("StatusCallback");
  });
});

/** A server that answers as Twilio's documentation says, and a system that has sent one message to it. */
async function answering(answer: (method: string) => readonly [status: number, body: unknown]) {
  const asked: string[] = [];
  const server = serverOf(async (request, response) => {
    asked.push(await text(request));
    const [status, body] = answer(request.method ?? "");
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  const port = await listen(server);
  stops.push(() => close(server));
  const { system, lines } = await systemWith(localUrl(port), CREDENTIALS);
  await start(system, TO);
  await expect.poll(() => lines.length).toBeGreaterThan(0);
  return { lines, asked };
}

/** As Twilio's documentation of each error has it: https://www.twilio.com/docs/api/errors */
const REFUSALS = [
  [401, 20_003, "does not accept this API key", "/account/keys-credentials/api-keys"],
  [400, 21_211, "not a valid number", "/docs/api/errors/21211"],
  [400, 21_408, "may not send to this country", "/develop/sms/settings/geo-permissions"],
  [400, 21_603, "names no sender", "/phone-numbers/manage/incoming"],
  [400, 21_606, "no number of this account", "/phone-numbers/manage/incoming"],
  [400, 21_608, "sends to verified numbers only", "/phone-numbers/manage/verified"],
  [400, 21_659, "of another country's kind", "/phone-numbers/manage/incoming"],
  [400, 99_999, "error 99999", "/docs/api/errors/99999"],
] as const;

/** An emulator behind Twilio's documented refusals, and with the price that Twilio knows after a delivery. */
async function refusing(emulatorUrl: string): Promise<string> {
  const refusals = REFUSALS.map(([status, code]) => ({ status, code, message: "as documented" }));
  const server = serverOf(async (request, response) => {
    const refusal = request.method === "POST" ? refusals.shift() : undefined;
    if (refusal !== undefined)
      return void response.writeHead(refusal.status).end(JSON.stringify(refusal));
    const { status, body } = await forward(emulatorUrl, request, await buffer(request));
    const priced = String(body).replace(/"price":null(.*"delivered")/, '"price":"-0.0553"$1');
    response.writeHead(status).end(priced);
  });
  stops.push(() => close(server));
  return localUrl(await listen(server));
}

describe.runIf(process.platform === "linux")("npm start -- --real at a terminal", () => {
  const MAIN = join(import.meta.dirname, "../../local/main.ts");
  const MINE = "+447911123456";

  it.each([
    [OTHER, {}, "and this is a fictional number"],
    [MINE, { TWILIO_BASE_URL: "https://twilio.example" }, "TWILIO_BASE_URL is https://api.twilio"],
    [MINE, { TWILIO_BASE_URL: "http://192.0.2.1:4010" }, "TWILIO_BASE_URL is https://api.twilio"],
  ])("to %s with %j ends before it asks for a key", async (to, env, words) => {
    const { child, screen } = atTerminal(`${MAIN} --port 0 --real ${to}`, [], { env });
    const [status] = await once(child, "close");
    expect([status, screen()]).toEqual([2, expect.stringMatching(/^✗ [^\n]+\n$/)]);
    expect(screen()).toContain(words);
  });

  it("asks for keys until Twilio knows them, explains each refusal, and follows a message to its price", async () => {
    const phones: string[] = [];
    const twilio = await startEmulator(({ to }) => phones.push(to), memoryJournal());
    stops.push(twilio.stop);
    const env = { TWILIO_BASE_URL: await refusing(twilio.baseUrl) };
    const folder = aFolder(onTestFinished);
    const { accountSid, apiKeySid, apiKeySecret, from } = twilio.account;
    const wrong = "e".repeat(32);
    const { screen, left } = atTerminal(
      `${MAIN} --port 0 --persist ${folder} --real ${MINE}`,
      [accountSid, apiKeySid, wrong, from, accountSid, "SK1", apiKeySid, apiKeySecret, from],
      { env },
    );
    await expect.poll(screen).toContain("Ctrl-C stops");
    expect(left).toEqual([]);
    expect(screen()).toContain("✗ Twilio does not know these credentials. ");
    const url = /http:\/\/localhost:\d+/.exec(screen())?.[0] ?? "";
    for (const [, , words, page] of REFUSALS) {
      await start({ url }, MINE);
      await expect.poll(screen).toMatch(new RegExp(`Not sent to \\S+456\\. .*${words}.*${page}`));
    }
    expect(await start({ url }, MINE)).toBe(201);
    await expect.poll(screen).toContain("It cost 0.0553 USD.");
    // The emulator's phone takes a message before the first poll.
    for (const line of outputsIn("docs/production/first-real-sms.md")[0] ?? [])
      if (!line.endsWith("is sent.")) expect(screen()).toContain(line.replace("611", "456"));
    expect(phones).toEqual([MINE]);
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    expect(kept.join()).toContain(twilio.account.from);
    expect([screen(), ...kept].join()).not.toMatch(new RegExp(`${apiKeySecret}|${wrong}`));
    expect(screen()).not.toContain(MINE);
  });
});
