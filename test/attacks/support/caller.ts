import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { insistOnDescribed } from "../../support/api-answers.ts";

export type Call = {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that it comes from: any below 127.0.0.0/8 is this machine. */
  readonly from?: string;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
};

export type Caller = {
  readonly call: (call: Call) => Promise<Answer>;
  readonly stop: () => void;
};

const BODY = v.record(v.string(), v.unknown());

/** Asks a system as somebody else's program would, from whatever address. As many connections at once as there are requests. */
export function createCaller(url: string): Caller {
  const agent = new Agent({ keepAlive: true });
  return {
    call: (one) => ask(url, agent, one),
    stop: () => agent.destroy(),
  };
}

async function ask(
  url: string,
  agent: Agent,
  { method = "POST", path, body, headers = {}, from = "127.0.0.1" }: Call,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { port } = new URL(url);
  const sent = body === undefined ? "" : textOf(body);
  const asked = request(
    {
      host: "127.0.0.1",
      port,
      method,
      path,
      agent,
      localAddress: from,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        "content-length": Buffer.byteLength(sent),
        ...headers,
      },
    },
    (response) => {
      text(response).then((answered) => {
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, text: answered, body: parsed(answered) });
      }, reject);
    },
  );
  asked.once("error", reject);
  asked.end(sent);
  const answer = await promise;
  // What has no body by its verb describes nothing.
  if (method === "HEAD") return answer;
  insistOnDescribed({
    method,
    path: withLetters(path.split("?")[0] ?? ""),
    status: answer.status,
    mediaType: answer.headers["content-type"],
    body: answer.text,
  });
  return answer;
}

/** An escaped letter or digit of a path is that one. Escaped dots and slashes are not, to the gateway. */
function withLetters(path: string): string {
  return path.replace(/%(?:3\d|[4-7][0-9a-f])/gi, decodeURIComponent);
}

/** Text is sent as it is, whatever it says. */
function textOf(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function parsed(answered: string): Answer["body"] {
  return answered === "" ? {} : v.parse(BODY, JSON.parse(answered));
}
