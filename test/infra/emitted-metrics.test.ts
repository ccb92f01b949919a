import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LOG_BYTES } from "../../cli/usage.ts";
import { twilioNews } from "../../functions/adapters/twilio/callbacks.ts";
import { twilioSender } from "../../functions/adapters/twilio/sender.ts";
import { api } from "../../functions/http/api.ts";
import { admittedKey, type KeyUse } from "../../functions/http/api-keys.ts";
import { checkEndpoint } from "../../functions/http/check.ts";
import { Problem } from "../../functions/http/problem.ts";
import { resendEndpoint } from "../../functions/http/resend.ts";
import { startEndpoint } from "../../functions/http/start.ts";
import { wellKnownEndpoint } from "../../functions/http/well-known.ts";
import { journal, log, logFault } from "../../functions/runtime/log.ts";
import { isE164 } from "../../functions/verification/identifiers.ts";
import { receiveReport } from "../../functions/verification/report.ts";
import { start } from "../../functions/verification/start.ts";
import type { ACCESS_LOG_FIELDS } from "../../infra/access-log.ts";
import { metricsOf, seriesName, watchedOffline } from "../../infra/alarm-replay.ts";
import { alarmRows } from "../../infra/alarm-rows.ts";
import { STAGES } from "../../infra/stages.ts";
import { close, listen, localUrl, serverOf } from "../../local/listening.ts";
import { aStart, fictionalNumber, newestCode, otherThan, someDeps } from "../support/deps.ts";
import { aContext, anEvent } from "../support/events.ts";

/** The gateway's id of a request, the bytes that CloudWatch adds to a line, and a line of the gateway. */
const ID = "KQ2sLF7eIAMFqtw=";
const PER_LINE = 26;
const AT_GATEWAY: Record<keyof typeof ACCESS_LOG_FIELDS, string> = {
  ...{ requestId: ID, at: "1795937617604", ip: "203.0.113.100", signedBy: "-", status: "200" },
  ...{ route: "POST /v1/verifications/{id}/check", milliseconds: "1234", protocol: "HTTP/1.1" },
  ...{ refusedAs: "-", firewall: "200" },
};

/** The series that the functions write, made by asking them: every one that an alarm names must be among them. */
const lines: string[] = [];
const server = serverOf(async (request) => void request.socket.destroy());
let silentUrl: string;
const settings = { docsUrl: "", allowedOrigins: [] };

beforeAll(async () => {
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  silentUrl = localUrl(await listen(server));
  await verify();
  await failAtTwilio();
  await restScopes();
  await hearOfDeliveries();
  await refuse();
  vi.restoreAllMocks();
});
afterAll(() => close(server));

function eventOf(resourcePath: string, body: unknown, id?: string) {
  const event = anEvent({ body: JSON.stringify(body), ...(id === undefined ? {} : { id }) });
  return { ...event, requestContext: { ...event.requestContext, resourcePath } };
}

/** Start, another code, a wrong guess, the right one. */
async function verify(): Promise<void> {
  const deps = { ...someDeps(), journal };
  const started = await api(startEndpoint(deps), settings)(
    eventOf("/v1/verifications", { to: fictionalNumber() }),
    aContext,
  );
  const { id } = JSON.parse(started.body);
  deps.time.now += 31_000;
  const path = `/v1/verifications/{id}`;
  await api(resendEndpoint(deps), settings)(eventOf(`${path}/resend`, {}, id), aContext);
  const check = api(checkEndpoint(deps), settings);
  for (const code of [otherThan(newestCode(deps)), newestCode(deps)])
    await check(eventOf(`${path}/check`, { code }, id), aContext);
}

/** Problems by their codes, and the keys of proofs. */
async function refuse(): Promise<void> {
  for (const code of ["sending-paused", "provider-unavailable", "signature-invalid"] as const)
    await api(async () => {
      throw new Problem(code);
    }, settings)(eventOf("/v1/verifications", {}), aContext);
  await api(async () => {
    throw new Error("an internal error");
  }, settings)(eventOf("/v1/verifications", {}), aContext);
  const keyDeps = {
    ...someDeps(),
    apiKeys: { read: async () => undefined },
    keySends: { take: async () => true, giveBack: async () => {} },
    noteKeyUse: (use: KeyUse) => log({ event: "key", ...use }),
  };
  const use = { right: "send", source: {} } as const;
  const refused = admittedKey(keyDeps, eventOf("/v1/keyed/verifications", {}), use);
  await expect(refused).rejects.toThrow("api-key-invalid");
  const asked = eventOf("/.well-known/jwks.json", {});
  const event = {
    ...asked,
    httpMethod: "GET",
    requestContext: { ...asked.requestContext, httpMethod: "GET" },
  };
  await api(wellKnownEndpoint({ issuer: "", readKeys: async () => [] }), settings)(event, aContext);
}

/** One message that arrives, and one that does not. */
async function hearOfDeliveries(): Promise<void> {
  for (const [index, report] of REPORTS.entries()) {
    const deps = { ...someDeps(), journal };
    await start(deps, aStart({ to: fictionalNumber(index) }));
    const token = deps.messages.at(-1)?.reportToken ?? "";
    expect(
      await receiveReport(deps, { token, provider: "twilio", messageId: "SM1", report }),
    ).toEqual({ kind: "noted" });
  }
}

const REPORTS = [
  { delivery: "delivered" },
  { delivery: "undelivered", reason: "unreachable" },
] as const;

/** One send that each of the shared scopes refuses. */
async function restScopes(): Promise<void> {
  for (const kind of ["range", "country", "home-country", "service"] as const) {
    const deps = { ...someDeps(), journal };
    const limits = { ...deps.scopeTerms.limits };
    const full = { ...limits, [kind]: { ...limits[kind], max: 1 } };
    const homeCountry = kind === "country" ? "FR" : "GB";
    const scopeTerms = { ...deps.scopeTerms, limits: full, homeCountry } as const;
    const endpoint = api(startEndpoint({ ...deps, scopeTerms }), settings);
    for (const [index, status] of [201, 429].entries()) {
      const event = eventOf("/v1/verifications", { to: fictionalNumber(index) });
      expect((await endpoint(event, aContext)).statusCode).toBe(status);
    }
  }
}

/** One message that cannot be sent, and one that gets no answer. */
async function failAtTwilio(): Promise<void> {
  const to = fictionalNumber();
  if (!isE164(to)) throw new Error("a number of fiction is E.164");
  for (const baseUrl of ["http://127.0.0.1:1", silentUrl]) {
    const credentials = async () => CREDENTIALS;
    const senders = { publicUrl: "https://verify.example.com", callbackPass: "pass" };
    const sender = twilioSender({ credentials, baseUrl, senders, logFault });
    const outgoing = { to, country: "GB", lifetimeSeconds: 300, attempt: 1, reportToken: "token" };
    await sender.send({ ...outgoing, channel: "sms", text: "Hello" });
  }
  twilioNews(logFault)([
    ["MessageSid", `SM${"0a".repeat(16)}`],
    ["MessageStatus", "undelivered"],
    ["ErrorCode", "30034"],
  ]);
}

const CREDENTIALS = {
  mode: "test",
  accountSid: `AC${"0a".repeat(16)}`,
  apiKeySid: `SK${"2c".repeat(16)}`,
  apiKeySecret: "secret",
  from: "+447700900000",
} as const;

function emitted(): ReadonlySet<string> {
  const series = lines.flatMap((text) => {
    const line = JSON.parse(text);
    return line._aws.CloudWatchMetrics.flatMap(
      ({ Metrics, Dimensions }: { Metrics: { Name: string }[]; Dimensions: string[][] }) =>
        Metrics.flatMap(({ Name }) =>
          Dimensions.map((set) =>
            seriesName({
              name: Name,
              dimensions: Object.fromEntries(set.map((name) => [name, line[name]])),
            }),
          ),
        ),
    );
  });
  return new Set(series);
}

describe("a metric of ours that an alarm looks at", () => {
  const watched = alarmRows(watchedOffline(STAGES.prod))
    .flatMap((row) => Object.values(metricsOf(row)))
    .filter(({ namespace }) => namespace.startsWith("Latchkey"))
    .map(seriesName);

  it.each([...new Set(watched)])("is one that the functions write: %s", (name) => {
    expect([...emitted()]).toContain(name);
  });

  it("is written in lines that carry the id of their request", () => {
    const ofRequests = lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === "send");
    expect(ofRequests.length).toBeGreaterThan(5);
    for (const line of ofRequests) expect(line).toMatchObject({ requestId: "request-1" });
  });

  it("is written in lines as long as the cost table counts, and so is the gateway's", () => {
    const bytesOf = (event: string, ends: RegExp) =>
      lines
        .filter((line) => JSON.parse(line).event === event && ends.test(line))
        .map((line) => line.replaceAll("/none", "/latchkey-prod").replace("request-1", ID).length);
    const written = {
      answered: bytesOf("answered", /"approved"/),
      send: bytesOf("send", /"sent"/),
      check: bytesOf("check", /"approved"/),
      delivery: bytesOf("delivery", /"delivered"/),
      request: [JSON.stringify(AT_GATEWAY).length],
    };
    const counted: Readonly<Record<string, number>> = LOG_BYTES;
    for (const [kind, bytes] of Object.entries(written)) {
      const off = Math.abs(Math.max(...bytes) + PER_LINE - (counted[kind] ?? 0));
      expect([kind, off < 8]).toEqual([kind, true]);
    }
  });

  it("is written in lines without a code, a number or an id", () => {
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.join("")).not.toMatch(/\+?447700|\bv1-[\w-]{10}/);
    for (const line of lines) expect(line).not.toMatch(/"\d{6}"/);
  });
});
