import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { decodeJwt } from "jose";
import * as v from "valibot";
import type { Evidence } from "../../test/local/support/leaks.ts";
import { faultOf } from "../../test/support/api-answers.ts";

export type Answer = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Unix milliseconds of the asking and of the answer. */
  readonly askedAt: number;
  readonly answeredAt: number;
};

type Asking = {
  readonly method: string;
  readonly path: string;
  /** An address of this machine below 127.0.0.0/8: whose request it is. */
  readonly from: string;
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What all answers together have shown. */
export type Heard = {
  readonly evidence: Evidence[];
  /** Answers that the API's description does not have. */
  readonly undescribed: string[];
  /** How often each status was answered, by its problem where it is one. */
  readonly counts: Map<string, number>;
  /** Answers in the 500s that are no problem that the API promises. */
  readonly faults: string[];
};

export type Api = { readonly ask: (asking: Asking) => Promise<Answer>; readonly heard: Heard };

/** Sending can be paused, and Twilio can be away: the answer says so, and when to come back. */
const PROMISED_503 = ["provider-unavailable", "sending-paused"] as const;

/** What Twilio asks is no part of the description. */
const PROVIDERS = /^\/v1\/(?:deliveries|calls)\//;

const LONGEST_ANSWER_MILLISECONDS = 60_000;

/** Asks the system as many people do, each from an address of their own, and keeps what must hold for every answer. */
export function createApi(url: string): Api {
  const heard: Heard = { evidence: [], undescribed: [], counts: new Map(), faults: [] };
  return {
    heard,
    ask: async (asking) => {
      const askedAt = Date.now();
      const { status, headers, body } = await exchange(url, asking);
      const answeredAt = Date.now();
      const parsed = parsedBody(body);
      note(heard, asking, { status, headers, body, parsed });
      return { status, body: parsed, askedAt, answeredAt };
    },
  };
}

type Exchanged = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
};

function exchange(url: string, { method, path, from, body, headers }: Asking): Promise<Exchanged> {
  const sent = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = request(
      url + path,
      {
        method,
        localAddress: from,
        agent: false,
        timeout: LONGEST_ANSWER_MILLISECONDS,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          "content-length": Buffer.byteLength(sent),
          ...headers,
        },
      },
      (response) => {
        text(response).then(
          (answer) =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
          reject,
        );
      },
    );
    asked.on("timeout", () => asked.destroy(new Error("no answer within a minute")));
    asked.on("error", reject);
    asked.end(sent);
  });
}

const BODY = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

function parsedBody(body: string): Readonly<Record<string, unknown>> {
  const parsed = v.safeParse(BODY, body);
  return parsed.success ? parsed.output : {};
}

function note(
  heard: Heard,
  { method, path }: Asking,
  { status, headers, body, parsed }: Exchanged & { readonly parsed: Answer["body"] },
): void {
  const route = path.replace(/\/v\d+-[^/]+/, "/{id}");
  const { code } = parsed;
  const name = typeof code === "string" && status >= 400 ? `${status} ${code}` : String(status);
  heard.counts.set(name, (heard.counts.get(name) ?? 0) + 1);
  const isPromised = status === 503 && PROMISED_503.some((one) => one === code);
  if (status >= 500 && !isPromised) heard.faults.push(`${method} ${route} ${status} ${body}`);
  const fault = describedFault({ method, path, status, mediaType: typeOf(headers), body });
  if (fault !== undefined) heard.undescribed.push(`${method} ${route} ${status}: ${fault}`);
  const where = `${method} ${route} ${status}`;
  heard.evidence.push({ where: `${where} headers`, text: JSON.stringify(headers) });
  heard.evidence.push({ where: `${where} body`, text: withoutProven(body) });
}

function typeOf({ "content-type": type }: Exchanged["headers"]): string | null {
  return typeof type === "string" ? type : null;
}

function describedFault(answer: Parameters<typeof faultOf>[0]): string | undefined {
  if (PROVIDERS.test(answer.path)) return undefined;
  try {
    return faultOf({ ...answer, path: answer.path.split("?")[0] ?? "" });
  } catch (fault) {
    return String(fault);
  }
}

/** Two claims of a proof may name the number; they are taken out before the proof is looked at. */
function withoutProven(body: string): string {
  return body.replace(/"proof":"([^"]+)"/g, (_, proof: string) => {
    const { sub: _sub, phone_number: _number, ...rest } = decodeJwt(proof);
    return `"proof":${JSON.stringify(rest)}`;
  });
}

/** A key for `Idempotency-Key`. */
export function newKey(): Readonly<Record<string, string>> {
  return { "idempotency-key": randomUUID() };
}
