import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { twilioSender } from "../../../functions/adapters/twilio.ts";
import type { TwilioCredentials } from "../../../functions/adapters/twilio-credentials.ts";
import { twilioSettler } from "../../../functions/adapters/twilio-settler.ts";
import { isE164, type Phone } from "../../../functions/verification/identifiers.ts";

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
  channel: "sms",
  text: "482913 is your Example sign-in code – don’t share it.",
  lifetimeSeconds: 299,
  attempt: 2,
  reportToken: "1-token",
} as const;

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

const closings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

function phone(number: string): Phone {
  if (!isE164(number)) throw new Error("the number of a test is E.164");
  return number;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closings.push(() => new Promise((resolve) => server.close(resolve)));
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
  closings.push(() => server.closeAllConnections());
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
  overrides: { credentials?: () => Promise<TwilioCredentials> } = {},
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

/** Every byte that a log could show of a fault. */
const visible = (fault: unknown): string =>
  fault instanceof Error
    ? JSON.stringify([fault.message, fault.stack, String(fault.cause), Object.entries(fault)])
    : JSON.stringify(fault);

describe("credentials that Twilio no longer knows", () => {
  it("are asked for again at the next message, and kept while they are good", async () => {
    const { baseUrl, requests } = await aTwilio(() =>
      requests.length === 2 ? refusedWith(401, 20003) : accepted,
    );
    let reads = 0;
    const credentials = async () => {
      reads += 1;
      return CREDENTIALS;
    };
    const { sender } = aSender(baseUrl, { credentials });
    await sender.send(MESSAGE);
    expect(await sender.send(MESSAGE)).toEqual({ kind: "refused", why: "provider-unavailable" });
    expect(reads).toBe(1);
    expect(await sender.send(MESSAGE)).toMatchObject({ kind: "accepted" });
    await sender.send(MESSAGE);
    expect(reads).toBe(2);
  });
});

describe("a message", () => {
  it("goes to Twilio as one form under the API key", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    const { sender, faults } = aSender(baseUrl);

    expect(await sender.send(MESSAGE)).toEqual({ kind: "accepted", messageSid: MESSAGE_SID });
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
    [400, 21202, "phone-not-allowed"],
    [400, 21265, "phone-not-allowed"],
    [400, 21408, "country-not-enabled"],
    [400, 21610, "recipient-opted-out"],
    [400, 21612, "channel-not-available"],
    [400, 21614, "channel-not-available"],
    [400, 21635, "channel-not-available"],
    [401, 20003, "provider-unavailable"],
    [400, 21606, "provider-unavailable"],
    [400, 99999, "provider-unavailable"],
    [429, 20429, "provider-unavailable"],
  ])("HTTP %i with error %i is refused as %s", async (status, code, why) => {
    const { baseUrl, requests } = await aTwilio(() => refusedWith(status, code));
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "refused", why });
    expect(requests).toHaveLength(1);
  });

  it("of 4xx in no known shape is a refusal", async () => {
    const { baseUrl } = await aTwilio(() => ({ status: 403, body: "<html>no</html>" }));
    const outcome = await aSender(baseUrl).sender.send(MESSAGE);
    expect(outcome).toEqual({ kind: "refused", why: "provider-unavailable" });
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
    const began = performance.now();
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(requests).toHaveLength(1);
  });

  it("that ends in the middle of an answer leaves it unknown", async () => {
    const baseUrl = await listen(
      createTcpServer((socket: Socket) => {
        socket.once("data", () =>
          socket.end("HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"),
        );
      }),
    );
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
  });

  it("that stops in the middle of an answer leaves it unknown after the timeout", async () => {
    const baseUrl = await listen(
      createTcpServer((socket: Socket) => {
        closings.unshift(() => socket.destroy());
        socket.once("data", () =>
          socket.write("HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"),
        );
      }),
    );
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
  });

  it("that breaks after the request leaves it unknown", async () => {
    const baseUrl = await listen(
      createTcpServer((socket: Socket) => socket.once("data", () => socket.resetAndDestroy())),
    );
    expect(await aSender(baseUrl).sender.send(MESSAGE)).toEqual({ kind: "unknown" });
  });

  it("is new for every message: one kept over a freeze could break without telling", async () => {
    const { baseUrl, sockets } = await aTwilio(() => accepted);
    const { sender } = aSender(baseUrl);
    await sender.send(MESSAGE);
    await sender.send(MESSAGE);
    expect(sockets.size).toBe(2);
  });

  it("that is refused is a refusal: nothing was sent", async () => {
    const { port } = addressOf(await aClosedServer());
    const { sender, faults } = aSender(`http://127.0.0.1:${port}`);
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

/** A server whose port nobody listens on any more. */
async function aClosedServer() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return { address: () => address };
}

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

describe("settling a message", () => {
  const MESSAGE_PATH = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${MESSAGE_SID}`;
  const SETTLEMENT = { messageSid: MESSAGE_SID, country: "GB", channel: "sms" } as const;
  const aSettler = (baseUrl: string) =>
    twilioSettler({ credentials: async () => CREDENTIALS, baseUrl, timeoutMilliseconds: 300 });

  it("confirms it and empties its text", async () => {
    const { baseUrl, requests } = await aTwilio(() => accepted);
    await aSettler(baseUrl).settle(SETTLEMENT);
    expect(requests.map(({ path, form }) => [path, form])).toEqual([
      [`${MESSAGE_PATH}/Feedback.json`, { Outcome: "confirmed" }],
      [`${MESSAGE_PATH}.json`, { Body: "" }],
    ]);
  });

  it("tries both when one fails, and says which", async () => {
    const { baseUrl, requests } = await aTwilio(({ path }) =>
      path?.includes("Feedback") ? refusedWith(404, 20404) : accepted,
    );
    await expect(aSettler(baseUrl).settle(SETTLEMENT)).rejects.toThrow(
      /^feedback: HTTP 404, Twilio error 20404$/,
    );
    expect(requests).toHaveLength(2);
  });

  it("fails with nothing of the number, the text or the credentials", async () => {
    const { baseUrl } = await aTwilio(() => refusedWith(500, 20500));
    const fault: unknown = await aSettler(baseUrl)
      .settle(SETTLEMENT)
      .catch((thrown: unknown) => thrown);
    expect(visible(fault)).toContain("redaction: HTTP 500, Twilio error 20500");
    for (const hidden of ["7700900123", "482913", SECRET]) {
      expect(visible(fault)).not.toContain(hidden);
    }
  });
});
