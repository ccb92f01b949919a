import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import RequestClient from "twilio/lib/base/RequestClient.js";

/** A whole exchange, connecting included. Twilio answers a create in well under a second, and a person does not wait longer than this. */
const EXCHANGE_TIMEOUT_MILLISECONDS = 5_000;

/** There was no connection, so no byte of the request was sent. */
export class NotSent extends Error {}

export type TransportOptions = {
  /** Replaces the origin of every request, `https://api.twilio.com`. */
  readonly baseUrl: string;
  readonly timeoutMilliseconds?: number | undefined;
};

/**
 * Carries the requests of Twilio's client over `node:https`, in place of its own 900 KB. No retries, since a message has no idempotency key; no
 * redirects, since they would receive the credentials. Throws `NotSent`, or another error if the request may have arrived.
 */
export class TwilioTransport extends RequestClient {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    super();
    this.#options = options;
  }

  override async request<Data>(request: RequestClient.RequestOptions<Data>) {
    const { pathname, search } = new URL(request.uri);
    const response = await this.#exchange(
      new URL(pathname + search, this.#options.baseUrl),
      request,
    );
    const body = parsed(await text(response));
    return { statusCode: response.statusCode ?? 0, body, headers: response.headers };
  }

  #exchange<Data>(
    url: URL,
    { method, headers = {}, username, password, data }: RequestClient.RequestOptions<Data>,
  ): Promise<http.IncomingMessage> {
    const isPlain = url.protocol === "http:";
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const request = (isPlain ? http : https).request(url, {
      // No connection is kept: one from before a freeze may be dead, and its reset after a write would leave the outcome of the message unknown.
      agent: false,
      method,
      headers,
      auth: `${username}:${password}`,
      signal: AbortSignal.timeout(
        this.#options.timeoutMilliseconds ?? EXCHANGE_TIMEOUT_MILLISECONDS,
      ),
    });
    let isConnected = false;
    request.once("socket", (socket) => {
      socket.once(isPlain ? "connect" : "secureConnect", () => {
        isConnected = true;
      });
    });
    request.once("response", resolve);
    request.on("error", (fault) => reject(isConnected ? fault : new NotSent(codeOf(fault))));
    request.end(form(data ?? {}));
    return promise;
  }
}

/** Node's code of a network fault, such as `ECONNREFUSED`. Its message is left out, since it may quote the request. */
export function codeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return "unknown";
  return "code" in fault ? String(fault.code) : fault.name;
}

function form(fields: object): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) params.append(name, String(value));
  return params.toString();
}

/** JSON, or null for anything else: Twilio's client then reports only the status. */
function parsed(body: string) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
