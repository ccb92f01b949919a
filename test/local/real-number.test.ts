import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import { startEmulator } from "../../local/twilio/emulator.ts";
import { outputsIn } from "../docs/security/titles.ts";
import { aFolder } from "../support/folder.ts";
import { forward, passOn } from "../support/forward.ts";
import { startAt } from "../support/patient-system.ts";
import { atTerminal } from "../support/terminal.ts";

const MAIN = join(import.meta.dirname, "../../local/main.ts");
const MINE = "+447911123456";
const OTHER = "+447700900612";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

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

/** The way of a message that a carrier filters: https://www.twilio.com/docs/messaging/api/message-resource */
const WAY = [
  { status: "sent", error_code: null, price: null },
  { status: "undelivered", error_code: 30_007, price: "-0.0553", price_unit: "USD" },
] as const;

/** The emulator, behind those answers. `forms`: those that the emulator accepted. */
async function asDocumented(emulatorUrl: string) {
  const forms: string[] = [];
  const [refusals, way] = [[...REFUSALS], [...WAY]];
  const server = serverOf(async (request, response) => {
    const sid = /Messages\/(SM[0-9a-f]+)/.exec(`${request.url}`)?.[1];
    if (sid !== undefined) return void response.end(JSON.stringify({ sid, ...way.shift() }));
    const form = await buffer(request);
    const refusal = request.method === "POST" ? refusals.shift() : undefined;
    if (refusal !== undefined) {
      const [status, code] = refusal;
      response.writeHead(status).end(JSON.stringify({ code, status, message: `To ${MINE}` }));
      return;
    }
    if (form.length > 0) forms.push(String(form));
    passOn(response, await forward(emulatorUrl, request, form));
  });
  stops.push(() => close(server));
  return { url: localUrl(await listen(server)), forms };
}

describe.runIf(process.platform === "linux")("npm start -- --real at a terminal", () => {
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

  it("asks for keys until Twilio knows them, sends to the one number, explains each refusal and prints the price", async () => {
    const phones: string[] = [];
    const twilio = await startEmulator(({ to }) => phones.push(to), memoryJournal());
    stops.push(twilio.stop);
    const { accountSid, apiKeySid, apiKeySecret, from } = twilio.account;
    const there = await asDocumented(twilio.baseUrl);
    const folder = aFolder(onTestFinished);
    const wrong = "e".repeat(32);
    const { screen, left } = atTerminal(
      `${MAIN} --port 0 --persist ${folder} --real ${MINE}`,
      [accountSid, apiKeySid, wrong, from, accountSid, "SK1", apiKeySid, apiKeySecret, from],
      { env: { TWILIO_BASE_URL: there.url } },
    );
    await expect.poll(screen).toContain("Ctrl-C stops");
    expect(left).toEqual([]);
    expect(screen()).toContain("✗ Twilio does not know these credentials. ");
    const [url] = /http:\/\/localhost:\d+/.exec(screen()) ?? [];
    for (const [, , words, page] of REFUSALS) {
      await startAt(url, MINE);
      await expect.poll(screen).toMatch(new RegExp(`Not sent to \\S+456\\. .*${words}.*${page}`));
    }
    for (const to of [OTHER, MINE]) expect((await startAt(url, to)).status).toBe(201);
    await expect.poll(screen).toContain("It cost 0.0553 USD.");
    const [shown = []] = outputsIn("docs/production/first-real-sms.md");
    const carried = screen().replace(/undelivered\. The carrier filtered the .*/, "delivered.");
    for (const line of shown) expect(carried).toContain(line.replace("611", "456"));
    expect(phones).toEqual([MINE]);
    // Twilio cannot reach this machine, and refuses such an address.
    expect(there.forms).toEqual([expect.not.stringContaining("StatusCallback")]);
    expect(new URLSearchParams(there.forms[0]).get("From")).toBe(from);
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    expect(kept.join()).toContain(OTHER);
    expect([screen(), ...kept].join()).not.toMatch(new RegExp(`${apiKeySecret}|${wrong}`));
    expect(screen()).not.toContain(MINE);
  });
});
