import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import type { TwilioCredentials } from "../../../functions/adapters/twilio/credentials.ts";
import {
  type PriceNote,
  twilioOutcomeReporter,
} from "../../../functions/adapters/twilio/reporter.ts";
import {
  type Senders,
  sendersIn,
  type WhatsAppSender,
} from "../../../functions/adapters/twilio/requests.ts";
import { twilioSender } from "../../../functions/adapters/twilio/sender.ts";
import { codeOf } from "../../../functions/adapters/twilio/transport.ts";
import { isE164, type Phone } from "../../../functions/verification/identifiers.ts";
import type { Channel } from "../../../functions/verification/verification.ts";
import { LOOPBACK } from "../../support/loopback-certificate.ts";

const ACCOUNT_SID = `AC${"0a".repeat(16)}`;
const MESSAGE_SID = `SM${"1b".repeat(16)}`;
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

const NO_SENDERS = {
  PUBLIC_URL: "https://a.example",
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

const blocks: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of blocks.splice(0)) await close();
});

function phone(number: string): Phone {
  if (!isE164(number)) throw new Error("the number of a test is E.164");
  return number;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  blocks.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = addressOf(server);
  return `http://127.0.0.1:${port}`;
}

function addressOf(server: Pick<Server, "address">): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server on a port");
  return address;
}

/** A Twilio on loopback that remembers what it was asked and answers as told, or never. */
async function aTwilio(answerOf: (request: Request) => Answer | "silence") {
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await requestOf(incoming);
    requests.push(request);
    sockets.add(incoming.socket);
    const answered = answerOf(request);
    if (answered === "silence") return;
    outgoing.writeHead(answered.status, {
      "content-type": "application/json",
      ...answered.headers,
    });
    outgoing.end(answered.body);
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  blocks.push(() => server.closeAllConnections());
  return { baseUrl: await listen(server), requests, sockets };
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

const accepted = { status: 201, body: JSON.stringify({ sid: MESSAGE_SID, status: "queued" }) };
const refusedWith = (status: number, code: number): Answer => ({
  status,
  body: JSON.stringify({
    code,
    message: `The 'To' number ${MESSAGE.to} is not good. ${MESSAGE.text}`,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  }),
});

function aSender(
  baseUrl: string,
  overrides: { credentials?: () => Promise<TwilioCredentials>; senders?: Senders } = {},
) {
  const faults: (readonly [what: string, fault: unknown])[] = [];
  const sender = twilioSender({
    credentials: async () => CREDENTIALS,
    baseUrl,
    timeoutMilliseconds: 300,
    senders: { publicUrl: "https://verify.example.com" },
    logFault: (what, fault) => faults.push([what, fault]),
    ...overrides,
  });
  return { sender, faults };
}

/** Credentials, with a count of how often they were read. */
function countedCredentials() {
  const counted = { reads: 0 };
  const credentials = async () => {
    counted.reads += 1;
    return CREDENTIALS;
  };
  return { counted, credentials };
}

/** Every byte that a log could show of a fault. */
const visible = (fault: unknown): string =>
  fault instanceof Error
    ? JSON.stringify([fault.message, fault.stack, String(fault.cause), Object.entries(fault)])
    : JSON.stringify(fault);

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

    expect(await sender.send(MESSAGE)).toEqual({
      kind: "accepted",
      provider: "twilio",
      messageId: MESSAGE_SID,
    });
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
          StatusCallback:
            "https://verify.example.com/v1/deliveries/twilio?message=1-token#rc=2&rp=all",
        },
      },
    ]);
    expect(faults).toEqual([]);
  });

  it("names the messaging service where the credentials do", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const messagingServiceSid = `MG${"3d".repeat(16)}`;
    const { sender } = aSender(baseUrl, {
      credentials: async () => ({ ...ACCOUNT, messagingServiceSid }),
    });

    await sender.send(MESSAGE);
    expect(requests[0]?.form["MessagingServiceSid"]).toBe(messagingServiceSid);
    expect(requests[0]?.form).not.toHaveProperty("From");
  });

  it("goes out by the sender of its country, and by that of the credentials anywhere else", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const service = `MG${"3d".repeat(16)}`;
    const senders = sendersIn({ ...NO_SENDERS, SMS_SENDERS: `US.CA=${service},ES=Acme` });
    const { sender } = aSender(baseUrl, { senders });
    for (const country of ["US", "CA", "ES", "GB"]) await sender.send({ ...MESSAGE, country });
    expect(
      requests.map(({ form: { From, MessagingServiceSid } }) => [From, MessagingServiceSid]),
    ).toEqual([
      [undefined, service],
      [undefined, service],
      ["Acme", undefined],
      ["+447700900000", undefined],
    ]);
  });

  it("asks for the credentials once, and again only where it could not have them", async () => {
    const { baseUrl } = await aTwilio(() => accepted);
    let asked = 0;
    const { sender, faults } = aSender(baseUrl, {
      credentials: async () => {
        asked += 1;
        if (asked === 1) throw new Error("AccessDenied");
        return CREDENTIALS;
      },
    });

    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(visible(faults[0]?.[1])).toContain("AccessDenied");
    await sender.send(MESSAGE);
    expect(await sender.send(MESSAGE)).toMatchObject({ kind: "accepted" });
    expect(asked).toBe(2);
  });
});

describe("an answer at create", () => {
  it.each([
    [400, 21211, "phone-invalid"],
    [401, 20003, "provider-unavailable"],
    [400, 99999, "provider-unavailable"],
    [429, 20429, "provider-unavailable"],
  ])("HTTP %i with error %i is refused as %s", async (status, code, why) => {
    const { baseUrl, requests } = await aTwilio(() => refusedWith(status, code));
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "refused", why });
    expect(requests).toHaveLength(1);
  });

  it("of 4xx in no known shape is a refusal", async () => {
    const { baseUrl } = await aTwilio(() => ({ status: 403, body: "<html>no</html>" }));
    const { sender, faults } = aSender(baseUrl);
    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(faults).toEqual([["message-refused", new Error("HTTP 403, Twilio error unknown")]]);
  });

  it.each([
    ["HTTP 500", refusedWith(500, 20500)],
    ["HTTP 503 with the code of a refusal", refusedWith(503, 21211)],
    ["HTTP 502 of a proxy", { status: 502, body: "<html>Bad Gateway</html>" }],
    ["HTTP 201 without JSON", { status: 201, body: "<html>fine</html>" }],
    ["HTTP 201 without a sid", { status: 201, body: "{}" }],
    ["HTTP 201 with another sid", { status: 201, body: `{"sid":"../Calls"}` }],
    ["a redirect", { status: 307, body: "", headers: { location: "/elsewhere" } }],
  ])("of %s leaves it unknown and is not asked again", async (_, answer) => {
    const { baseUrl, requests } = await aTwilio(() => answer);
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
    expect(requests).toHaveLength(1);
  });
});

describe("a connection", () => {
  it("on which nothing is answered leaves it unknown after the timeout", async () => {
    const { baseUrl, requests } = await aTwilio(() => "silence");
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
    expect(requests).toHaveLength(1);
  });

  const HALF = "HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{";
  it.each<readonly [string, (socket: Socket) => unknown]>([
    ["ends in the middle of an answer", (socket) => socket.end(HALF)],
    ["stops in the middle of an answer, until the timeout", (socket) => socket.write(HALF)],
    ["breaks after the request", (socket) => socket.resetAndDestroy()],
  ])("that %s leaves it unknown", async (_, answer) => {
    const server = createTcpServer((socket: Socket) => {
      blocks.unshift(() => socket.destroy());
      socket.once("data", () => answer(socket));
    });
    const baseUrl = await listen(server);
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
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
    blocks.push(() => setDefaultCACertificates(trusted));
    const server = createTlsServer(LOOPBACK, ({ socket }) => socket.destroy());
    const baseUrl = (await listen(server)).replace("http:", "https:");
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
  });

  it("over TLS to who cannot prove to be Twilio is a refusal: nothing was sent", async () => {
    const server = createTlsServer(LOOPBACK, () => expect.unreachable("it was asked"));
    const baseUrl = (await listen(server)).replace("http:", "https:");
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
  it("is told by its code, else by its name, and never by its message", () => {
    const reset = Object.assign(new Error("of +447700900123"), { code: "ECONNRESET" });
    expect(codeOf(reset)).toBe("ECONNRESET");
    expect(codeOf(new TypeError("of +447700900123"))).toBe("TypeError");
    expect(codeOf("of +447700900123")).toBe("unknown");
  });
});

describe("what is logged", () => {
  it("is nothing where the number is the reason", async () => {
    const { baseUrl } = await aTwilio(() => refusedWith(400, 21610));
    const { sender, faults } = aSender(baseUrl);
    await sender.send(MESSAGE);
    expect(faults).toEqual([]);
  });

  it.each([
    ["message-refused", "HTTP 401, Twilio error 20003", refusedWith(401, 20003)],
    ["message-unanswered", "HTTP 503, Twilio error 20503", refusedWith(503, 20503)],
    ["message-unanswered", "no answer", { status: 201, body: `${MESSAGE.to} ${MESSAGE.text}` }],
  ])("is %s with %s, and neither number, text nor credentials", async (what, words, answer) => {
    const { baseUrl } = await aTwilio(() => answer);
    const { sender, faults } = aSender(baseUrl);
    await sender.send(MESSAGE);
    const [[logged, fault] = []] = faults;
    expect(logged).toBe(what);
    expect(visible(fault)).toContain(words);
    for (const hidden of ["7700900123", "482913", SECRET]) {
      expect(visible(fault)).not.toContain(hidden);
    }
  });
});

const approved = (channel: Channel) =>
  ({
    end: "approved",
    provider: "twilio",
    messageId: MESSAGE_SID,
    country: "GB",
    channel,
  }) as const;

function aReporter(baseUrl: string, credentials = async () => CREDENTIALS) {
  const notes: PriceNote[] = [];
  const notePrice = (note: PriceNote) => notes.push(note);
  const options = { credentials, baseUrl, notePrice, timeoutMilliseconds: 300 };
  return { ...twilioOutcomeReporter(options), notes };
}

describe("reporting that a code was approved", () => {
  const MESSAGE_PATH = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${MESSAGE_SID}`;
  const OUTCOME = approved("sms");

  it("confirms it and empties its text", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const { report, notes } = aReporter(baseUrl);
    await report(OUTCOME);
    expect(requests.map(({ path, form }) => [path, form])).toEqual([
      [`${MESSAGE_PATH}/Feedback.json`, { Outcome: "confirmed" }],
      [`${MESSAGE_PATH}.json`, { Body: "" }],
    ]);
    // An approval is not the end of a message.
    expect(notes).toEqual([]);
  });

  it("tries both when one fails, and says which", async () => {
    const { baseUrl, requests } = await aTwilio(({ path }) =>
      path?.includes("Feedback") ? refusedWith(404, 20404) : accepted,
    );
    await expect(aReporter(baseUrl).report(OUTCOME)).rejects.toThrow(
      /^feedback: HTTP 404, Twilio error 20404$/,
    );
    expect(requests).toHaveLength(2);
  });

  it("fails with nothing of the number, the text or the credentials", async () => {
    const { baseUrl } = await aTwilio(() => refusedWith(500, 20500));
    const fault: unknown = await aReporter(baseUrl)
      .report(OUTCOME)
      .catch((thrown: unknown) => thrown);
    expect(visible(fault)).toContain("redaction: HTTP 500, Twilio error 20500");
    for (const hidden of ["7700900123", "482913", SECRET]) {
      expect(visible(fault)).not.toContain(hidden);
    }
  });

  it.each([
    ["empties a message by WhatsApp, for which there is no feedback", "whatsapp"],
    ["leaves a call alone, since its end deletes it", "voice"],
  ] as const)("%s", async (_, channel) => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    await aReporter(baseUrl).report(approved(channel));
    const emptied = [[`${MESSAGE_PATH}.json`, { Body: "" }]];
    expect(requests.map(({ path, form }) => [path, form])).toEqual(
      channel === "whatsapp" ? emptied : [],
    );
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

  it("keeps credentials where another step failed", async () => {
    const { baseUrl } = await aTwilio(() => refusedWith(500, 20500));
    const { counted, credentials } = countedCredentials();
    const { report } = aReporter(baseUrl, credentials);
    const both =
      /^feedback: HTTP 500, Twilio error 20500; redaction: HTTP 500, Twilio error 20500$/;
    await expect(report(OUTCOME)).rejects.toThrow(both);
    await expect(report(OUTCOME)).rejects.toThrow(both);
    expect(counted.reads).toBe(1);
  });
});

describe("redacting what is over", () => {
  const CALL_SID = `CA${"4e".repeat(16)}`;
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
    expect(requests.map(({ method, path, form }) => [method, path, form])).toEqual([
      emptied,
      emptied,
    ]);
    const note = { country: "GB", price: 0.04, currency: "USD" };
    expect(notes).toEqual([
      { ...note, channel: "sms" },
      { ...note, channel: "whatsapp" },
    ]);
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

  it.each([
    ["not yet", priced(null, null)],
    ["nothing", { status: 200, body: "{}" }],
    ["that it was free", priced("0.00000")],
    ["no number", priced("soon")],
  ])("notes no price where Twilio says %s", async (_, answer) => {
    const { redactor, notes } = await aRedactor(() => answer);
    await redactor.report(SMS);
    expect(notes).toEqual([]);
  });

  it.each([
    ["null", priced("-0.04", null)],
    ["nothing", { status: 200, body: '{"price":"-0.04"}' }],
  ])("notes a price as one of no currency where Twilio names %s", async (_, answer) => {
    const { redactor, notes } = await aRedactor(() => answer);
    await redactor.report(SMS);
    expect(notes).toMatchObject([{ price: 0.04, currency: "" }]);
  });

  it("is done where a call is gone already, and says so of every other failure", async () => {
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
  const sid = (letter: string) => `HX${letter.repeat(32)}`;

  it("beside SMS are none where it names none", () => {
    expect(sendersIn(NO_SENDERS)).toEqual({ publicUrl: "https://a.example", sms: new Map() });
  });

  it("are what it names, with each template by its language", () => {
    const templates = `en=${sid("0")},pt_BR=${sid("f")}`;
    const whatsApp = { WHATSAPP_FROM: "+447700900001", WHATSAPP_TEMPLATES: templates };
    expect(sendersIn({ ...NO_SENDERS, ...whatsApp, VOICE_FROM: "+447700900002" })).toEqual({
      publicUrl: "https://a.example",
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
});

describe("the senders of countries", () => {
  it.each(["US", "US=", "=Acme", "us=Acme", "US,CA=Acme", "USA=Acme", "US=Acme,", "US=A=B"])(
    "are a fault where they are %j",
    (SMS_SENDERS) => {
      expect(() => sendersIn({ ...NO_SENDERS, SMS_SENDERS })).toThrow("countries=sender");
    },
  );
});

describe("a message by WhatsApp", () => {
  const sid = (letter: string) => `HX${letter.repeat(32)}`;
  const templates = [
    { language: "en", contentSid: sid("0") },
    { language: "pt", contentSid: sid("1") },
    { language: "pt_BR", contentSid: sid("2") },
  ];

  async function sentIn(language: string, whatsApp?: WhatsAppSender) {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const senders = { publicUrl: "https://verify.example.com", whatsApp };
    const { sender, faults } = aSender(baseUrl, { senders });
    const { text: _, ...message } = MESSAGE;
    const whatsAppMessage = { ...message, channel: "whatsapp", code: "482913", language } as const;
    return { outcome: await sender.send(whatsAppMessage), requests, faults };
  }

  it.each([
    ["pt_BR", "2"],
    ["pt_PT", "1"],
    ["pt", "1"],
    ["en_GB", "0"],
    ["de", "0"],
  ])(
    "in %s has the template of its language, else of its base, else the first",
    async (language, letter) => {
      const { outcome, requests } = await sentIn(language, { from: "+447700900001", templates });
      expect(outcome.kind).toBe("accepted");
      expect(requests[0]?.form).toEqual({
        To: `whatsapp:${MESSAGE.to}`,
        From: "whatsapp:+447700900001",
        ContentSid: sid(letter),
        ContentVariables: '{"1":"482913"}',
        ValidityPeriod: "299",
        Attempt: "2",
        StatusCallback:
          "https://verify.example.com/v1/deliveries/twilio?message=1-token#rc=2&rp=all",
      });
    },
  );

  it.each([
    ["nobody to send it", undefined],
    ["no template", { from: "+447700900001", templates: [] }],
  ])("is refused where there is %s, and told to an operator", async (_, whatsApp) => {
    const { outcome, requests, faults } = await sentIn("en", whatsApp);
    expect(outcome).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(requests).toEqual([]);
    expect(visible(faults[0]?.[1])).toContain("no WhatsApp sender and template");
  });
});

describe("a call", () => {
  const { text: _, ...message } = MESSAGE;
  const CALL_MESSAGE = {
    ...message,
    channel: "voice",
    greeting: { language: "en-GB", voice: "Polly.Amy", greeting: "Press a key." },
    callToken: "1-call",
  } as const;
  const SENDERS = { publicUrl: "https://verify.example.com", voiceFrom: "+447700900002" };

  it("is one request, of which every part is ours", async () => {
    const { baseUrl, requests } = await aTwilio(() => ({
      status: 201,
      body: JSON.stringify({ sid: `CA${"4e".repeat(16)}` }),
    }));
    const { sender } = aSender(baseUrl, { senders: SENDERS });
    expect(await sender.send(CALL_MESSAGE)).toMatchObject({ kind: "accepted" });
    expect(requests.map(({ path, form }) => [path, form])).toEqual([
      [
        `/2010-04-01/Accounts/${ACCOUNT_SID}/Calls.json`,
        {
          To: MESSAGE.to,
          From: "+447700900002",
          Twiml: expect.stringContaining(
            'action="https://verify.example.com/v1/calls/twilio/1-call"',
          ),
          Timeout: "20",
          TimeLimit: "55",
          Record: "false",
          StatusCallback:
            "https://verify.example.com/v1/deliveries/twilio?message=1-token#rc=2&rp=all",
        },
      ],
    ]);
  });

  it("is refused where nothing may call", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const { sender, faults } = aSender(baseUrl);
    expect(await sender.send(CALL_MESSAGE)).toEqual({
      kind: "refused",
      why: "provider-unavailable",
    });
    expect(requests).toEqual([]);
    expect(visible(faults[0]?.[1])).toContain("no number to call from");
  });

  it.each([MESSAGE_SID, `CA${"4e".repeat(15)}`, ` CA${"4e".repeat(16)}`, `CA${"4e".repeat(16)}0`])(
    "whose answer names %j is unknown",
    async (sid) => {
      const { baseUrl } = await aTwilio(() => ({ status: 201, body: JSON.stringify({ sid }) }));
      const { sender } = aSender(baseUrl, { senders: SENDERS });
      expect(await sender.send(CALL_MESSAGE)).toEqual({ kind: "unknown" });
    },
  );
});

describe("a message whose answer", () => {
  const sent = async (sid: string) => {
    const { baseUrl } = await aTwilio(() => ({ status: 201, body: JSON.stringify({ sid }) }));
    return aSender(baseUrl).sender.send(MESSAGE);
  };

  it("names an MMS is accepted", async () => {
    const messageId = `MM${"1B".repeat(16)}`;
    expect(await sent(messageId)).toEqual({ kind: "accepted", provider: "twilio", messageId });
  });

  it.each([` ${MESSAGE_SID}`, `${MESSAGE_SID}0`, `CA${"4e".repeat(16)}`, `SM${"g".repeat(32)}`])(
    "names %j is unknown",
    async (sid) => {
      expect(await sent(sid)).toEqual({ kind: "unknown" });
    },
  );
});
