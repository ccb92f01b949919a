import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
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

export type Api = {
  readonly ask: (asking: Asking) => Promise<Answer>;
  /** How often each status was answered, by its problem where it is one. */
  readonly counts: Map<string, number>;
  /** Answers that the API's description does not have. */
  readonly undescribed: string[];
  /** Answers in the 500s that are no problem that the API promises. */
  readonly faults: string[];
};

/** Sending can be paused, and Twilio can be down: the answer states it, with the time of the next try. */
const PROMISED_503 = ["provider-unavailable", "sending-paused"] as const;

/** What Twilio asks is no part of the description. */
const PROVIDERS = /^\/v1\/(?:deliveries|calls)\//;

const LONGEST_ANSWER_MILLISECONDS = 60_000;
const CACHE = join(import.meta.dirname, "../../.cache/endurance");

/** Everything that was answered and logged, kept outside of the memory that is measured. */
export async function openEvidence() {
  await mkdir(CACHE, { recursive: true });
  const path = join(CACHE, "evidence.jsonl");
  const file = createWriteStream(path);
  return {
    note: (where: string, said: string): void => {
      file.write(`${JSON.stringify({ where, text: said })}\n`);
    },
    read: async (): Promise<readonly Evidence[]> => {
      await new Promise<void>((resolve) => {
        file.end(resolve);
      });
      const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
      return lines.map((line) => JSON.parse(line));
    },
  };
}

/** Asks the system as many people do, each from an address of their own, and keeps what must hold for every answer. */
export function createApi(url: string, note: (where: string, said: string) => void): Api {
  const api = { counts: new Map<string, number>(), undescribed: [], faults: [] };
  return {
    ...api,
    ask: async (asking) => {
      const askedAt = Date.now();
      const exchanged = await exchange(url, asking);
      const answeredAt = Date.now();
      const parsed = v.safeParse(BODY, exchanged.body);
      const body = parsed.success ? parsed.output : {};
      judge(api, asking, { ...exchanged, code: body["code"] });
      const where = `${asking.method} ${asking.path.split("/v1-")[0]} ${exchanged.status}`;
      note(where, exchanged.headers);
      note(where, exchanged.body);
      return { status: exchanged.status, body, askedAt, answeredAt };
    },
  };
}

const BODY = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

type Exchanged = {
  readonly status: number;
  readonly headers: string;
  readonly mediaType: string | undefined;
  readonly body: string;
};

function exchange(url: string, { method, path, from, body, headers }: Asking): Promise<Exchanged> {
  const sent = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
  const asked = request(url + path, {
    method,
    localAddress: from,
    agent: false,
    timeout: LONGEST_ANSWER_MILLISECONDS,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      "content-length": Buffer.byteLength(sent),
      ...headers,
    },
  });
  asked
    .on("response", (response) => {
      const { statusCode: status = 0, headers: received } = response;
      const [mediaType, all] = [received["content-type"], JSON.stringify(received)];
      text(response).then(
        (answer) => resolve({ status, mediaType, headers: all, body: answer }),
        reject,
      );
    })
    .on("timeout", () => asked.destroy(new Error("no answer within a minute")))
    .on("error", reject)
    .end(sent);
  return promise;
}

function judge(
  { counts, faults, undescribed }: Omit<Api, "ask">,
  { method, path }: Asking,
  { status, mediaType, body, code }: Exchanged & { readonly code: unknown },
): void {
  count(counts, typeof code === "string" && status >= 400 ? `${status} ${code}` : String(status));
  const where = `${method} ${path.replace(/\/v\d+-[^/]+/, "/{id}")} ${status}`;
  const isPromised = status === 503 && PROMISED_503.some((one) => one === code);
  if (status >= 500 && !isPromised) faults.push(`${where} ${body}`);
  if (PROVIDERS.test(path)) return;
  try {
    const fault = faultOf({ method, path: path.split("?")[0] ?? "", status, mediaType, body });
    if (fault !== undefined) undescribed.push(`${where}: ${fault}`);
  } catch (fault) {
    undescribed.push(`${where}: ${fault}`);
  }
}

export function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

export function newKey(): Readonly<Record<string, string>> {
  return { "idempotency-key": randomUUID() };
}
