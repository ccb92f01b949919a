import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { isE164 } from "../../functions/verification/identifiers.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import type { System } from "../../local/system.ts";
import { startEmulator } from "../../local/twilio/emulator.ts";
import type { RealNumber } from "../../local/twilio/real-number.ts";
import { outputsIn } from "../docs/security/titles.ts";
import { startPatientSystem } from "../support/patient-system.ts";

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

const start = async ({ url }: System, to: string) =>
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

  /** As Twilio's documentation of each error has it: https://www.twilio.com/docs/api/errors */
  it.each([
    [401, 20_003, "does not accept this API key", "/account/keys-credentials/api-keys"],
    [400, 21_211, "not a valid number", "/docs/api/errors/21211"],
    [400, 21_408, "may not send to this country", "/develop/sms/settings/geo-permissions"],
    [400, 21_606, "no number of this account", "/phone-numbers/manage/incoming"],
    [
      400,
      21_608,
      "A trial account sends to verified numbers only",
      "/phone-numbers/manage/verified",
    ],
    [400, 99_999, "error 99999", "/docs/api/errors/99999"],
  ])(
    "explains HTTP %i with error %i, and names the page that mends it",
    async (status, code, words, page) => {
      const { lines } = await answering(() => [status, { code, message: `quotes ${TO}`, status }]);
      expect(lines).toEqual([expect.stringContaining(words)]);
      expect(lines[0]).toContain(page);
      expect(lines[0]).not.toContain(TO);
    },
  );

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
