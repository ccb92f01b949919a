import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sendersIn } from "../../../functions/adapters/twilio/requests.ts";
import { twilioSender } from "../../../functions/adapters/twilio/sender.ts";
import { greetingTwiml } from "../../../functions/adapters/twilio/twiml.ts";
import { LOCALES } from "../../../functions/policy/messages/locales.ts";
import { speak } from "../../../functions/verification/speak.ts";
import { start } from "../../../functions/verification/start.ts";
import { CHANNELS, PURPOSES } from "../../../functions/verification/verification.ts";
import { voiceScript } from "../../../functions/verification/voice-script.ts";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";
import { OPERATIONS } from "../../../local/twilio/operations.ts";
import { parametersOf } from "../../../local/twilio/parameters.ts";
import { parseTwiml } from "../../../local/twilio/twiml.ts";
import { callbackRoutes, PUBLIC_URL, signedTurn } from "../../support/callbacks.ts";
import { aStart, type Deps, everyChannel, fictionalNumber, someDeps } from "../../support/deps.ts";

type Request = { readonly line: string; readonly form: URLSearchParams };
const requests: Request[] = [];
const server = serverOf(async (incoming, outgoing) => {
  const form = new URLSearchParams(await text(incoming));
  requests.push({ line: `${incoming.method} ${incoming.url}`, form });
  const kind = incoming.url?.includes("/Calls") ? "CA" : "SM";
  outgoing.writeHead(201, { "content-type": "application/json" });
  outgoing.end(JSON.stringify({ sid: `${kind}${"1b".repeat(16)}` }));
});
let baseUrl = "";
beforeAll(async () => {
  baseUrl = localUrl(await listen(server));
});
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  return () => vi.restoreAllMocks();
});
afterAll(() => close(server));

const SENDERS = sendersIn({
  PUBLIC_URL,
  CALLBACK_PASS: "a-1",
  SMS_SENDERS: "",
  WHATSAPP_FROM: "+447700900001",
  WHATSAPP_TEMPLATES: `en=HX${"0a".repeat(16)},pt_BR=HX${"0b".repeat(16)},ar=HX${"0c".repeat(16)}`,
  VOICE_FROM: "+447700900002",
});

/** The use cases over the client that is deployed, and a Twilio that takes everything. */
function depsOnTheWire(): Deps {
  const credentials = async () =>
    ({
      mode: "live",
      accountSid: `AC${"0a".repeat(16)}`,
      apiKeySid: `SK${"2c".repeat(16)}`,
      apiKeySecret: "secret",
      messagingServiceSid: `MG${"3d".repeat(16)}`,
    }) as const;
  const deps = someDeps();
  const sender = twilioSender({ credentials, baseUrl, senders: SENDERS, logFault: deps.logFault });
  return { ...deps, sender, channels: everyChannel() };
}

/** Throws where Twilio's own document does not know the request, or a parameter of it. */
function judged({ line, form }: Request): Readonly<Record<string, string>> {
  const [method = "", path = ""] = line.split(" ");
  const operation = OPERATIONS.find((one) => one.method === method && one.path.test(path));
  if (operation === undefined) throw new Error(`Twilio has no ${line}`);
  return parametersOf(form, operation.form);
}

describe.each(CHANNELS)("every request for a code by %s", (channel) => {
  it.each(PURPOSES)(
    "is one that Twilio's document knows, in each language: %s",
    async (purpose) => {
      const deps = depsOnTheWire();
      requests.length = 0;
      for (const [index, locale] of LOCALES.entries()) {
        const clientAddress = `192.0.2.${index}`;
        const to = fictionalNumber(index);
        const platform = (["web", "android", "ios"] as const)[index % 3];
        const request = { to, channel, purpose, locale, platform, originHost: "app.example.com" };
        const outcome = await start(deps, aStart({ ...request, clientAddress }));
        expect([locale, outcome.kind]).toEqual([locale, "started"]);
      }
      expect(deps.faults).toEqual([]);
      expect(requests).toHaveLength(LOCALES.length);
      for (const request of requests) {
        const parameters = judged(request);
        expect(parameters["StatusCallback"]).toMatch(
          /^https:\/\/verify\.example\.com\/prod\/v1\/deliveries\/twilio\?message=1-[\w-]+&pass=a-1#rc=2&rp=all$/,
        );
      }
    },
  );
});

describe("a request", () => {
  async function requestFor(channel: "sms" | "whatsapp" | "voice", locale = "en-GB" as const) {
    const deps = depsOnTheWire();
    requests.length = 0;
    await start(deps, aStart({ channel, locale }));
    const [request] = requests;
    if (request === undefined) throw new Error("nothing was sent");
    return { deps, parameters: judged(request) };
  }

  it("for a call holds no code, readable or not, and asks for a key", async () => {
    const { deps, parameters } = await requestFor("voice");
    const twiml = parameters["Twiml"] ?? "";
    const [gather] = parseTwiml(twiml);
    // The reader refuses one that does not ask for one key, whichever it is, by POST.
    expect(gather).toMatchObject({ verb: "Gather" });
    const action = gather?.verb === "Gather" ? gather.action : "";
    const token = new URL(action).pathname.split("/").at(-1) ?? "";
    const speech = await speak(deps, {
      token,
      provider: "twilio",
      messageId: "CA1",
      hasPressed: true,
    });
    const code = speech.kind === "spoken" ? speech.code : "";
    expect(code).toMatch(/^\d{6}$/);
    const hidden = [
      code,
      [...code].join(", "),
      Buffer.from(code).toString("base64url").slice(0, 7),
    ];
    for (const text of hidden) expect(JSON.stringify(parameters)).not.toContain(text);
    expect(parameters).toMatchObject({ Timeout: "20", Record: "false" });
    // A second minute would be billed, and one is reserved.
    expect(Number(parameters["TimeLimit"])).toBeLessThan(60);
    expect(twiml.length).toBeLessThan(4_000);
  });

  it("for a call holds nothing that no XML may hold", () => {
    const greeting = { language: "en-GB", voice: "Polly.Amy", greeting: "A\u0007c\uFFFEm\tÿ😀e" };
    expect(greetingTwiml(greeting, "https://a.example/?b&c")).toContain(">Acm\tÿ😀e</Say>");
  });
});

describe("a call, after the key press", () => {
  async function aCall() {
    const deps = { ...someDeps(), channels: everyChannel() };
    await start(deps, aStart({ channel: "voice" }));
    const message = deps.messages[0];
    const token = message?.channel === "voice" ? message.callToken : "";
    const form = { CallSid: `CA${"4e".repeat(16)}`, CallStatus: "in-progress" };
    return { deps, token, form, ...callbackRoutes(deps) };
  }
  const said = (body: string) =>
    parseTwiml(body).flatMap((verb) => (verb.verb === "Say" ? [verb.text] : []));
  const DIGITS = /\d(?:, \d){5}/g;

  it("speaks the digits apart, twice, in XML", async () => {
    const { token, form, speak: ask } = await aCall();
    const { statusCode, headers, body } = await ask(signedTurn(token, { ...form, Digits: "#" }));
    expect([statusCode, headers?.["content-type"]]).toEqual([200, "text/xml; charset=utf-8"]);
    const digits = said(body).join(" ").match(DIGITS) ?? [];
    expect(digits).toHaveLength(2);
    expect(new Set(digits).size).toBe(1);
    expect(body).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><Response>/);
    expect(parseTwiml(body).map(({ verb }) => verb)).toEqual([
      ...["Say", "Pause", "Say", "Pause", "Say"],
    ]);
    const { warning, goodbye } = voiceScript("en-GB");
    expect(said(body).at(-1)).toBe(`${warning} ${goodbye}`);
  });

  it.each([
    ["without a key", {}, 0],
    ["with an empty key", { Digits: "" }, 0],
    ["two minutes later", { Digits: "1" }, 120_000],
  ])("speaks nothing of it %s", async (_, more, later) => {
    const { deps, token, form, speak: ask } = await aCall();
    deps.time.now += later;
    const { statusCode, body } = await ask(signedTurn(token, { ...form, ...more }));
    expect(statusCode).toBe(200);
    expect(said(body)).toHaveLength(1);
    expect(body).not.toMatch(/\d, \d/);
  });

  it("is logged with its own text", async () => {
    const lines: string[] = [];
    vi.mocked(process.stdout.write).mockImplementation((line) => lines.push(String(line)) > 0);
    const { token, form, speak: ask } = await aCall();
    await ask(signedTurn(token, form));
    await ask(signedTurn(token, { ...form, Digits: "1" }));
    expect(lines.map((line) => JSON.parse(line).result)).toEqual(["over", "spoken"]);
  });

  it("is noted as delivered, under its own name", async () => {
    const { deps, token, form, speak: ask } = await aCall();
    const noted: unknown[] = [];
    const noteDelivery: Deps["verifications"]["noteDelivery"] = async (news) => {
      noted.push(news);
      return deps.verifications.noteDelivery(news);
    };
    const noting = { ...deps, verifications: { ...deps.verifications, noteDelivery } };
    await callbackRoutes(noting).speak(signedTurn(token, { ...form, Digits: "1" }));
    expect(noted).toMatchObject([{ delivery: "delivered", messageId: form.CallSid }]);
    expect((await ask(signedTurn(token, { Digits: "1" }))).statusCode).toBe(200);
  });

  it("returns nothing without a signature, nor under another seal", async () => {
    const { deps, token, form, speak: ask } = await aCall();
    const pressed = { ...form, Digits: "1" };
    const other = deps.messages[0]?.reportToken ?? "";
    const bent = `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
    for (const event of [
      signedTurn(token, pressed, "f".repeat(32)),
      signedTurn(other, pressed),
      signedTurn(bent, pressed),
      { ...signedTurn(token, pressed), pathParameters: { sealed: other } },
      { ...signedTurn(token, pressed), body: "Digits=1" },
      { ...signedTurn(token, pressed), pathParameters: null },
      { ...signedTurn("", pressed), pathParameters: {} },
    ]) {
      const { statusCode, body } = await ask(event);
      expect([statusCode, JSON.parse(body).code]).toEqual([403, "signature-invalid"]);
      expect(body).not.toMatch(DIGITS);
    }
  });
});
