import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SECRET_MINUTES } from "../../../functions/adapters/secrets/secrets.ts";
import type { TwilioCredentials } from "../../../functions/adapters/twilio/credentials.ts";
import {
  type PriceNote,
  twilioOutcomeReporter,
} from "../../../functions/adapters/twilio/reporter.ts";
import { type Senders, sendersIn } from "../../../functions/adapters/twilio/requests.ts";
import { twilioSender } from "../../../functions/adapters/twilio/sender.ts";
import { codeOf } from "../../../functions/adapters/twilio/transport.ts";
import { isE164, type Phone } from "../../../functions/verification/identifiers.ts";
import type { Message, SendRefusal } from "../../../functions/verification/ports.ts";
import type { Channel } from "../../../functions/verification/verification.ts";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";
import { LOOPBACK } from "../../support/loopback-certificate.ts";

const ACCOUNT_SID = `AC${"0a".repeat(16)}`;
const MESSAGE_SID = `SM${"1b".repeat(16)}`;
const CALL_SID = `CA${"4e".repeat(16)}`;
const SERVICE_SID = `MG${"3d".repeat(16)}`;
const OWN_SID = `MG${"5f".repeat(16)}`;
const sid = (letter: string) => `HX${letter.repeat(32)}`;
const SECRET = "the-secret-of-the-key";
const ACCOUNT = {
  mode: "live",
  accountSid: ACCOUNT_SID,
  apiKeySid: `SK${"2c".repeat(16)}`,
  apiKeySecret: SECRET,
} as const;
const CREDENTIALS: TwilioCredentials = { ...ACCOUNT, from: "+447700900000" };
const MESSAGE = {
  to: phone("+447700900123"),
  country: "GB",
  channel: "sms",
  text: "482913 is your Example sign-in code – don’t share it.",
  lifetimeSeconds: 299,
  attempt: 2,
  reportToken: "1-token",
} as const;
const { text: _, ...UNTOLD } = MESSAGE;
const CALL_MESSAGE = {
  ...UNTOLD,
  channel: "voice",
  greeting: { language: "en-GB", voice: "Polly.Amy", greeting: "Press a key." },
  callToken: "1-call",
} as const;
const WHATSAPP_MESSAGE = {
  ...UNTOLD,
  channel: "whatsapp",
  code: "482913",
  language: "en",
} as const;
const NO_CALLS = { publicUrl: "https://verify.example.com", callbackPass: "a-1" };
const CALLING = { ...NO_CALLS, voiceFrom: "+447700900002" };
const REPORTS =
  "https://verify.example.com/v1/deliveries/twilio?message=1-token&pass=a-1#rc=2&rp=all";

const NO_SENDERS = {
  PUBLIC_URL: "https://a.example",
  CALLBACK_PASS: "a-1",
  SMS_SENDERS: "",
  WHATSAPP_FROM: "",
  WHATSAPP_TEMPLATES: "",
  VOICE_FROM: "",
};

type Request = {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly form: Readonly<Record<string, string>>;
};
type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
};

function phone(number: string): Phone {
  if (!isE164(number)) throw new Error("the number of a test is E.164");
  return number;
}

/** The address of a server that ends with its test. */
async function urlOf(server: Server): Promise<string> {
  onTestFinished(() => close(server));
  return localUrl(await listen(server));
}

/** A Twilio on loopback that remembers what it was asked and answers as told, or never. */
async function aTwilio(answerOf: (request: Request) => Answer | "silence") {
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  const server = serverOf(async (incoming, outgoing) => {
    const request = await requestOf(incoming);
    requests.push(request);
    sockets.add(incoming.socket);
    const answer = answerOf(request);
    if (answer === "silence") return;
    outgoing.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    outgoing.end(answer.body);
  });
  return { baseUrl: await urlOf(server), requests, sockets };
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  return {
    method: incoming.method,
    path: incoming.url,
    authorization: incoming.headers.authorization,
    contentType: incoming.headers["content-type"],
    form: Object.fromEntries(new URLSearchParams(await text(incoming))),
  };
}

const acceptedAs = (sid: string) => ({ status: 201, body: JSON.stringify({ sid }) });
const accepted = acceptedAs(MESSAGE_SID);
const refusedWith = (status: number, code: number): Answer => ({
  status,
  body: JSON.stringify({
    code,
    message: `The 'To' number ${MESSAGE.to} is not good. ${MESSAGE.text}`,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  }),
});

function aSender(baseUrl: string, overrides: Partial<Parameters<typeof twilioSender>[0]> = {}) {
  const faults: (readonly [what: string, fault: unknown])[] = [];
  const sender = twilioSender({
    credentials: async () => CREDENTIALS,
    baseUrl,
    timeoutMilliseconds: 60_000,
    senders: NO_CALLS,
    logFault: (what, fault) => faults.push([what, fault]),
    ...overrides,
  });
  return { sender, faults };
}

/** Credentials, with a count of how often they were read: the secrets in turn. */
function countedCredentials(...secrets: readonly (TwilioCredentials | "unreadable")[]) {
  const counted = { reads: 0 };
  const credentials = async () => {
    const secret = secrets[counted.reads] ?? CREDENTIALS;
    counted.reads += 1;
    if (secret === "unreadable") throw new Error("AccessDenied");
    return secret;
  };
  return { counted, credentials };
}

/** Every byte that a log could show of a fault. */
const visible = (fault: unknown): string => inspect(fault, { depth: null, showHidden: true });

/** Parts of the number, the text and the credentials. */
const SECRETS = new RegExp(`7700900123|482913|${SECRET}`);

describe("credentials", () => {
  it("that Twilio no longer knows are read again at the next message, and kept while they are good", async () => {
    const { baseUrl, requests } = await aTwilio(() =>
      requests.length === 2 ? refusedWith(401, 20003) : accepted,
    );
    const { counted, credentials } = countedCredentials();
    const { sender } = aSender(baseUrl, { credentials });
    await sender.send(MESSAGE);
    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(counted.reads).toBe(1);
    expect(await sender.send(MESSAGE)).toMatchObject({ kind: "accepted" });
    await sender.send(MESSAGE);
    expect(counted.reads).toBe(2);
  });

  it("are read again in time for another sender, and stay where they cannot be read", async () => {
    const { baseUrl, requests } = await aTwilio(() => refusedWith(400, 21606));
    const changed = { ...ACCOUNT, from: "+447700900001" };
    const { credentials } = countedCredentials(CREDENTIALS, "unreadable", changed);
    const { sender } = aSender(baseUrl, { credentials });
    onTestFinished(() => void vi.useRealTimers());
    for (const minutes of [0, SECRET_MINUTES, SECRET_MINUTES - 1, 1]) {
      vi.setSystemTime(Date.now() + minutes * 60_000);
      await sender.send(MESSAGE);
    }
    const old = "+447700900000";
    expect(requests.map(({ form }) => form["From"])).toEqual([old, old, old, changed.from]);
  });

  it.each([
    ["a number that is refused", refusedWith(400, 21211)],
    ["a fault of Twilio's", refusedWith(500, 20500)],
    ["an answer in no known form", { status: 201, body: "{}" }],
  ])("are not read again after %s", async (_, answer) => {
    const { baseUrl } = await aTwilio(() => answer);
    const { counted, credentials } = countedCredentials();
    const { sender } = aSender(baseUrl, { credentials });
    await sender.send(MESSAGE);
    await sender.send(MESSAGE);
    expect(counted.reads).toBe(1);
  });
});

describe("a message", () => {
  it("goes to Twilio as one form under the API key", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const { sender, faults } = aSender(baseUrl);
    const outcome = { kind: "accepted", provider: "twilio", messageId: MESSAGE_SID };
    expect(await sender.send(MESSAGE)).toEqual(outcome);
    expect(requests).toEqual([
      {
        method: "POST",
        path: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
        authorization: `Basic ${btoa(`${CREDENTIALS.apiKeySid}:${SECRET}`)}`,
        contentType: "application/x-www-form-urlencoded",
        form: {
          To: MESSAGE.to,
          From: "+447700900000",
          Body: MESSAGE.text,
          ValidityPeriod: "299",
          ProvideFeedback: "true",
          SmartEncoded: "true",
          Attempt: "2",
          StatusCallback: REPORTS,
        },
      },
    ]);
    expect(faults).toEqual([]);
  });

  it("goes out by the sender of its country, and by that of the credentials anywhere else", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const senders = sendersIn({
      ...NO_SENDERS,
      SMS_SENDERS: `US.CA=${SERVICE_SID},ES=Acme,FR=X${SERVICE_SID},DE=${SERVICE_SID}0`,
    });
    for (const own of [CREDENTIALS, { ...ACCOUNT, messagingServiceSid: OWN_SID }]) {
      const { sender } = aSender(baseUrl, { senders, credentials: async () => own });
      for (const country of ["US", "CA", "ES", "FR", "DE", "GB"])
        await sender.send({ ...MESSAGE, country });
    }
    const service = [undefined, SERVICE_SID];
    const named = ["Acme", `X${SERVICE_SID}`, `${SERVICE_SID}0`];
    const byCountry = [service, service, ...named.map((from) => [from, undefined])];
    const ends = [...byCountry, ["+447700900000", undefined], ...byCountry, [undefined, OWN_SID]];
    const used = requests.map(({ form }) => [form["From"], form["MessagingServiceSid"]]);
    expect(used).toEqual(ends);
  });

  it("asks for the credentials once, and again only where it could not have them", async () => {
    const { baseUrl } = await aTwilio(() => accepted);
    const { counted, credentials } = countedCredentials("unreadable");
    const { sender, faults } = aSender(baseUrl, { credentials });
    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(visible(faults[0]?.[1])).toContain("AccessDenied");
    await sender.send(MESSAGE);
    expect(await sender.send(MESSAGE)).toMatchObject({ kind: "accepted" });
    expect(counted.reads).toBe(2);
  });
});

describe("an answer at create", () => {
  const html = (status: number): Answer => ({ status, body: "<html>no</html>" });
  const away = "provider-unavailable";

  it.each<readonly [string, Answer, SendRefusal | "unknown", string | undefined]>([
    ["a number that is none", refusedWith(400, 21211), "phone-invalid", undefined],
    ["a number that opted out", refusedWith(400, 21610), "recipient-opted-out", undefined],
    ["HTTP 401", refusedWith(401, 20003), away, "HTTP 401, Twilio error 20003"],
    ["HTTP 429", refusedWith(429, 20429), away, "HTTP 429, Twilio error 20429"],
    ["an error without a row", refusedWith(400, 99999), away, "HTTP 400, Twilio error 99999"],
    ["4xx in no known shape", html(403), away, "HTTP 403, Twilio error unknown"],
    ["HTTP 500", refusedWith(500, 20500), "unknown", "HTTP 500, Twilio error 20500"],
    ["HTTP 503 of a refusal", refusedWith(503, 21211), "unknown", "HTTP 503, Twilio error 21211"],
    ["HTTP 502 of a proxy", html(502), "unknown", "HTTP 502, Twilio error unknown"],
    ["HTTP 201 of text", { status: 201, body: MESSAGE.to + MESSAGE.text }, "unknown", "no answer"],
    ["HTTP 201 without a sid", { status: 201, body: "{}" }, "unknown", "no answer"],
    ["a redirect", { ...html(307), headers: { location: "/elsewhere" } }, "unknown", "HTTP 307"],
  ])("of %s has its outcome, is not asked again, and is logged by its code", async (...row) => {
    const [, answer, end, words] = row;
    const { baseUrl, requests } = await aTwilio(() => answer);
    const { sender, faults } = aSender(baseUrl);
    const isUnknown = end === "unknown";
    const outcome = isUnknown ? { kind: "unknown" } : { kind: "refused", why: end };
    expect([await sender.send(MESSAGE), requests.length]).toEqual([outcome, 1]);
    const what = isUnknown ? "message-unanswered" : "message-refused";
    expect(faults.map(([logged]) => logged)).toEqual(words === undefined ? [] : [what]);
    for (const [, fault] of faults) expect(visible(fault)).toContain(words);
    expect(visible(faults)).not.toMatch(SECRETS);
  });

  it.each([
    ["accepted", "sms", `MM${"1B".repeat(16)}`],
    ["unknown", "sms", ` ${MESSAGE_SID}`],
    ["unknown", "sms", `${MESSAGE_SID}0`],
    ["unknown", "sms", CALL_SID],
    ["unknown", "sms", `SM${"g".repeat(32)}`],
    ["unknown", "voice", MESSAGE_SID],
    ["unknown", "voice", CALL_SID.slice(0, -2)],
    ["unknown", "voice", ` ${CALL_SID}`],
    ["unknown", "voice", `${CALL_SID}0`],
  ] as const)("is %s where a message by %s has the sid %j", async (kind, channel, messageId) => {
    const { baseUrl } = await aTwilio(() => acceptedAs(messageId));
    const { sender } = aSender(baseUrl, { senders: CALLING });
    const outcome = kind === "unknown" ? { kind } : { kind, provider: "twilio", messageId };
    const message = channel === "sms" ? MESSAGE : CALL_MESSAGE;
    expect(await sender.send(message)).toEqual(outcome);
  });
});

describe("a connection", () => {
  const SOON = { timeoutMilliseconds: 300 };
  it("on which nothing is answered leaves it unknown after the timeout", async () => {
    const { baseUrl, requests } = await aTwilio(() => "silence");
    expect(await aSender(baseUrl, SOON).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
    expect(requests).toHaveLength(1);
  });

  const HALF = "HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{";
  it.each<readonly [string, (socket: Socket) => unknown]>([
    ["ends in the middle of an answer", (socket) => socket.end(HALF)],
    ["stops in the middle of an answer, until the timeout", (socket) => socket.write(HALF)],
    ["breaks after the request", (socket) => socket.resetAndDestroy()],
  ])("that %s leaves it unknown", async (_, answer) => {
    const baseUrl = await urlOf(createServer(({ socket }) => void answer(socket)));
    expect(await aSender(baseUrl, SOON).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
  });

  it("is new for every message: one kept over a freeze could break without telling", async () => {
    const { baseUrl, sockets } = await aTwilio(() => accepted);
    const { sender } = aSender(baseUrl);
    await sender.send(MESSAGE);
    await sender.send(MESSAGE);
    expect(sockets.size).toBe(2);
  });

  it("over TLS that breaks after the request leaves it unknown", async () => {
    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, LOOPBACK.cert]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    const server = createTlsServer(LOOPBACK, ({ socket }) => socket.destroy());
    const baseUrl = (await urlOf(server)).replace("http:", "https:");
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
  });

  it("over TLS to who cannot prove to be Twilio is a refusal: nothing was sent", async () => {
    const server = createTlsServer(LOOPBACK, () => expect.unreachable("it was asked"));
    const baseUrl = (await urlOf(server)).replace("http:", "https:");
    const { sender, faults } = aSender(baseUrl);
    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(visible(faults[0]?.[1])).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it("that is refused is a refusal: nothing was sent", async () => {
    // No process listens on the discard port.
    const { sender, faults } = aSender("http://127.0.0.1:9");
    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(visible(faults[0]?.[1])).toContain("ECONNREFUSED");
  });

  it("without TLS where TLS is due is a refusal: nothing was sent", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const { sender } = aSender(baseUrl.replace("http:", "https:"));
    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(requests).toEqual([]);
  });
});

describe("a fault of the network", () => {
  it("is recognized by its code, else by its name, and never by its message", () => {
    const reset = Object.assign(new Error("of +447700900123"), { code: "ECONNRESET" });
    expect(codeOf(reset)).toBe("ECONNRESET");
    expect(codeOf(new TypeError("of +447700900123"))).toBe("TypeError");
    expect(codeOf("of +447700900123")).toBe("unknown");
  });
});

const SENT = { provider: "twilio", messageId: MESSAGE_SID, country: "GB" } as const;
const approved = (channel: Channel) => ({ ...SENT, end: "approved", channel }) as const;

function aReporter(baseUrl: string, credentials = async () => CREDENTIALS) {
  const notes: PriceNote[] = [];
  const notePrice = (note: PriceNote) => notes.push(note);
  const options = { credentials, baseUrl, notePrice, timeoutMilliseconds: 60_000 };
  return { ...twilioOutcomeReporter(options), notes };
}

describe("reporting that a code was approved", () => {
  const MESSAGE_PATH = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${MESSAGE_SID}`;
  const OUTCOME = approved("sms");

  it("confirms it and empties its text", async () => {
    const { baseUrl, requests } = await aTwilio(() => ({ status: 200, body: '{"price":"-0.04"}' }));
    const { report, notes } = aReporter(baseUrl);
    await report(OUTCOME);
    expect(requests.map(({ path, form }) => [path, form])).toEqual([
      [`${MESSAGE_PATH}/Feedback.json`, { Outcome: "confirmed" }],
      [`${MESSAGE_PATH}.json`, { Body: "" }],
    ]);
    // An approval is not the end of a message.
    expect(notes).toEqual([]);
  });

  it("tries both when one fails, and names which", async () => {
    const { baseUrl, requests } = await aTwilio(({ path }) =>
      path?.includes("Feedback") ? refusedWith(404, 20404) : accepted,
    );
    await expect(aReporter(baseUrl).report(OUTCOME)).rejects.toThrow(
      /^feedback: HTTP 404, Twilio error 20404$/,
    );
    expect(requests).toHaveLength(2);
  });

  it.each([
    ["empties a message by WhatsApp, for which there is no feedback", "whatsapp"],
    ["leaves a call alone, since its end deletes it", "voice"],
  ] as const)("%s", async (_, channel) => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    await aReporter(baseUrl).report(approved(channel));
    const steps = channel === "whatsapp" ? [[`${MESSAGE_PATH}.json`, { Body: "" }]] : [];
    expect(requests.map(({ path, form }) => [path, form])).toEqual(steps);
  });

  it("reads credentials again that Twilio no longer knows, and keeps those that are good", async () => {
    const { counted, credentials } = countedCredentials();
    const { baseUrl } = await aTwilio(({ path }) =>
      counted.reads === 1 && path?.includes("Feedback") ? refusedWith(401, 20003) : accepted,
    );
    const { report } = aReporter(baseUrl, credentials);
    await expect(report(OUTCOME)).rejects.toThrow("HTTP 401, Twilio error 20003");
    expect(counted.reads).toBe(1);
    await report(OUTCOME);
    await report(OUTCOME);
    expect(counted.reads).toBe(2);
  });

  it("keeps credentials where another step failed, and reveals nothing of number, text or credentials", async () => {
    const { baseUrl } = await aTwilio(() => refusedWith(500, 20500));
    const { counted, credentials } = countedCredentials();
    const { report } = aReporter(baseUrl, credentials);
    const error = "HTTP 500, Twilio error 20500";
    for (const _ of ["first", "second"]) {
      const fault = await report(OUTCOME).catch((thrown: unknown) => thrown);
      expect(fault).toEqual(new Error(`feedback: ${error}; redaction: ${error}`));
      expect(visible(fault)).not.toMatch(SECRETS);
    }
    expect(counted.reads).toBe(1);
  });
});

describe("redacting what is over", () => {
  const PATH = `/2010-04-01/Accounts/${ACCOUNT_SID}`;
  const SMS = { ...approved("sms"), end: "final" } as const;
  const CALL = { ...approved("voice"), end: "final", messageId: CALL_SID, country: "FR" } as const;

  async function aRedactor(answerOf: (request: Request) => Answer) {
    const { baseUrl, requests } = await aTwilio(answerOf);
    const { notes, ...redactor } = aReporter(baseUrl);
    return { redactor, requests, notes };
  }
  const priced = (price: unknown, unit: unknown = "USD"): Answer => ({
    status: 200,
    body: JSON.stringify({ price, price_unit: unit }),
  });

  it("empties a message and notes what it cost", async () => {
    const { redactor, requests, notes } = await aRedactor(() => priced("-0.04000"));
    await redactor.report(SMS);
    await redactor.report({ ...SMS, channel: "whatsapp" });
    const emptied = ["POST", `${PATH}/Messages/${MESSAGE_SID}.json`, { Body: "" }];
    const made = requests.map(({ method, path, form }) => [method, path, form]);
    expect(made).toEqual([emptied, emptied]);
    const note = { country: "GB", price: 0.04, currency: "USD" };
    expect(notes).toEqual(["sms", "whatsapp"].map((channel) => ({ ...note, channel })));
  });

  it("reads what a call cost, and deletes it", async () => {
    const { redactor, requests, notes } = await aRedactor(({ method }) =>
      method === "GET" ? priced("-0.20000", "EUR") : { status: 204, body: "" },
    );
    await redactor.report(CALL);
    expect(requests.map(({ method, path }) => [method, path])).toEqual([
      ["GET", `${PATH}/Calls/${CALL_SID}.json`],
      ["DELETE", `${PATH}/Calls/${CALL_SID}.json`],
    ]);
    expect(notes).toEqual([{ country: "FR", channel: "voice", price: 0.2, currency: "EUR" }]);
  });

  const unpriced = (body: string) => ({ status: 200, body });
  it.each<readonly [string, Answer, readonly (readonly [number, string])[]]>([
    ["no price yet", priced(null, null), []],
    ["nothing", unpriced("{}"), []],
    ["that it was free", priced("0.00000"), []],
    ["no number", priced("soon"), []],
    ["a price of no currency", priced("-0.04", null), [[0.04, ""]]],
    ["a price and no more", unpriced('{"price":"-0.04"}'), [[0.04, ""]]],
  ])("notes what Twilio reports of a price: %s", async (_, answer, noted) => {
    const { redactor, notes } = await aRedactor(() => answer);
    await redactor.report(SMS);
    expect(notes.map(({ price, currency }) => [price, currency])).toEqual(noted);
  });

  it("is done where a call is gone already, and reports every other failure", async () => {
    const gone = await aRedactor(() => refusedWith(404, 20404));
    await expect(gone.redactor.report(CALL)).resolves.toBeUndefined();
    const broken = await aRedactor(() => refusedWith(500, 20500));
    await expect(broken.redactor.report(CALL)).rejects.toThrow(
      /^deletion: HTTP 500, Twilio error 20500$/,
    );
    const unread = await aRedactor(() => ({ status: 200, body: '{"price":4}' }));
    await expect(unread.redactor.report(SMS)).rejects.toThrow("redaction: no answer, ValiError");
  });
});

describe("the senders of a stage", () => {
  it("beside SMS are none where it names none", () => {
    const own = { publicUrl: "https://a.example", callbackPass: "a-1", sms: new Map() };
    expect(sendersIn(NO_SENDERS)).toEqual(own);
  });

  it("are what it names, with each template by its language", () => {
    const templates = `en=${sid("0")},pt_BR=${sid("f")}`;
    const whatsApp = { WHATSAPP_FROM: "+447700900001", WHATSAPP_TEMPLATES: templates };
    expect(sendersIn({ ...NO_SENDERS, ...whatsApp, VOICE_FROM: "+447700900002" })).toEqual({
      publicUrl: "https://a.example",
      callbackPass: "a-1",
      sms: new Map(),
      whatsApp: {
        from: "+447700900001",
        templates: [
          { language: "en", contentSid: sid("0") },
          { language: "pt_BR", contentSid: sid("f") },
        ],
      },
      voiceFrom: "+447700900002",
    });
  });

  it.each([
    ...["", "en", `=${sid("0")}`, `en=${sid("0")}0`, `en=HX${"0".repeat(31)}`, `en=${sid("g")}`],
    ...[`1en=${sid("0")}`, `en-GB=${sid("0")}`, `en=${sid("0")},`],
  ])("are a fault where a template is %j", (WHATSAPP_TEMPLATES) => {
    const stage = { ...NO_SENDERS, WHATSAPP_FROM: "+447700900001", WHATSAPP_TEMPLATES };
    expect(() => sendersIn(stage)).toThrow("a WhatsApp template is language=ContentSid");
  });

  it.each(["US", "US=", "=Acme", "us=Acme", "US,CA=Acme", "USA=Acme", "US=Acme,", "US=A=B"])(
    "are a fault where those of countries are %j",
    (SMS_SENDERS) => {
      expect(() => sendersIn({ ...NO_SENDERS, SMS_SENDERS })).toThrow("countries=sender");
    },
  );
});

describe("a message by WhatsApp", () => {
  const templates = [
    { language: "en", contentSid: sid("0") },
    { language: "pt", contentSid: sid("1") },
    { language: "pt_BR", contentSid: sid("2") },
  ];

  it.each(Object.entries({ pt_BR: "2", pt_PT: "1", pt: "1", en_GB: "0", de: "0" }))(
    "in %s has the template of its language, else of its base, else the first",
    async (language, letter) => {
      const { baseUrl, requests } = await aTwilio(() => accepted);
      const senders = { ...NO_CALLS, whatsApp: { from: "+447700900001", templates } };
      const { sender } = aSender(baseUrl, { senders });
      const outcome = await sender.send({ ...WHATSAPP_MESSAGE, language });
      expect(outcome.kind).toBe("accepted");
      expect(requests[0]?.form).toEqual({
        To: `whatsapp:${MESSAGE.to}`,
        From: "whatsapp:+447700900001",
        ContentSid: sid(letter),
        ContentVariables: '{"1":"482913"}',
        ValidityPeriod: "299",
        Attempt: "2",
        StatusCallback: REPORTS,
      });
    },
  );
});

describe("a call", () => {
  it("is one request, of which every part is ours", async () => {
    const { baseUrl, requests } = await aTwilio(() => acceptedAs(CALL_SID));
    const { sender } = aSender(baseUrl, { senders: CALLING });
    expect(await sender.send(CALL_MESSAGE)).toMatchObject({ kind: "accepted" });
    expect(requests.map(({ path, form }) => [path, form])).toEqual([
      [
        `/2010-04-01/Accounts/${ACCOUNT_SID}/Calls.json`,
        {
          To: MESSAGE.to,
          From: "+447700900002",
          Twiml: expect.stringContaining(
            'action="https://verify.example.com/v1/calls/twilio/1-call?pass=a-1"',
          ),
          Timeout: "20",
          TimeLimit: "55",
          Record: "false",
          StatusCallback: REPORTS,
        },
      ],
    ]);
  });
});

const NO_TEMPLATES = { whatsApp: { from: "+4", templates: [] } };
it.each<readonly [string, Message, Partial<Senders>]>([
  ["no WhatsApp sender and template", WHATSAPP_MESSAGE, {}],
  ["no WhatsApp sender and template", WHATSAPP_MESSAGE, NO_TEMPLATES],
  ["no number to call from", CALL_MESSAGE, {}],
])("a message is refused, and an operator informed: %s", async (words, message, senders) => {
  const { baseUrl, requests } = await aTwilio(() => accepted);
  const { sender, faults } = aSender(baseUrl, { senders: { ...NO_CALLS, ...senders } });
  expect(await sender.send(message)).toEqual({ kind: "refused", why: "provider-unavailable" });
  expect(requests).toEqual([]);
  expect(visible(faults[0]?.[1])).toContain(words);
});
