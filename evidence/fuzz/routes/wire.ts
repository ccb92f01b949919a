import { connect } from "node:net";
import { LOOPBACK } from "../../../local/listening.ts";
import type { Framing } from "./requests.ts";

/** A request as it goes out, its placeholders filled. */
export type WireRequest = {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly host: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly framing: Framing;
  /** Whether among its headers is the signature that is right for it. */
  readonly isSignedByTwilio: boolean;
  readonly isSignedByBackEnd: boolean;
};

export type Answer = {
  readonly status: number;
  /** By lower-case name; the first of several. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Everything that came, the answers of what the server took for further requests included. */
  readonly raw: string;
  readonly milliseconds: number;
};

/** No answer takes longer; a server that says nothing so long hangs. */
const PATIENCE_MILLISECONDS = 120_000;

/** Sends the bytes, from an address of this machine, and gives what came back; nothing where the server hung up without a word. */
export async function sent(
  url: string,
  request: WireRequest,
  localAddress: string,
): Promise<Answer | undefined> {
  const { port } = new URL(url);
  const startedAt = performance.now();
  const raw = await exchanged({ host: LOOPBACK, port: Number(port), localAddress }, request);
  return raw === "" ? undefined : { ...parsed(raw), milliseconds: performance.now() - startedAt };
}

type Where = { readonly host: string; readonly port: number; readonly localAddress: string };

function exchanged(where: Where, request: WireRequest): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket = connect(where, () => {
    socket.write(bytesOf(request));
    // A server may wait for a body that was announced and never comes.
    if (request.framing === "too long") setTimeout(() => socket.end(), PAUSE_MILLISECONDS);
  });
  const told = () => Buffer.concat(chunks).toString("latin1");
  const done = () => resolve(told());
  socket
    .on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      // A connection that the caller asked to keep open is not closed.
      if (isComplete(told(), request)) setTimeout(() => socket.destroy(), PAUSE_MILLISECONDS);
    })
    .on("close", done)
    // A server that has read enough may close before everything is written.
    .on("error", done)
    .setTimeout(PATIENCE_MILLISECONDS, () => {
      reject(new Error(`no answer in ${PATIENCE_MILLISECONDS / 1_000} s`));
      socket.destroy();
    });
  return promise;
}

const PAUSE_MILLISECONDS = 20;

function isComplete(raw: string, { method }: Pick<WireRequest, "method">): boolean {
  const { status, headers, body } = parsed(raw);
  if (!(status >= 200) || !raw.includes("\r\n\r\n")) return false;
  // Its length is told, and it does not come.
  if (method === "HEAD") return true;
  return Buffer.byteLength(body) >= Number(headers.get("content-length") ?? 0);
}

function bytesOf({ method, target, version, host, headers, body, framing }: WireRequest): Buffer {
  const [lines, content] = framed(framing, body);
  const all = [["host", host], ["connection", "close"], ...lines, ...headers];
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  // A request with these headers keeps its own values.
  const own = all.filter(
    ([name = ""], index) => index >= 2 + lines.length || index >= 2 || !names.has(name),
  );
  const head = [`${method} ${target} ${version}`, ...own.map((pair) => pair.join(": "))];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), content]);
}

type Framed = readonly [lines: readonly (readonly [string, string])[], content: Buffer];

function framed(framing: Framing, body: Buffer): Framed {
  const length = (bytes: number | string) => ["content-length", String(bytes)] as const;
  const chunked = ["transfer-encoding", "chunked"] as const;
  switch (framing) {
    case "length":
      return [[length(body.length)], body];
    case "chunked":
      return [[chunked], inChunks(body)];
    case "none":
      return [[], body];
    case "too long":
      return [[length(body.length + 5)], body];
    case "too short":
      return [[length(Math.max(0, body.length - 5))], body];
    case "twice":
      return [[length(body.length), length(body.length + 1)], body];
    case "both":
      return [[length(body.length), chunked], inChunks(body)];
    case "bad chunks":
      return [[chunked], Buffer.concat([Buffer.from("zz\r\n"), body])];
    case "negative":
      return [[length(-1)], body];
  }
}

const CHUNK_BYTES = 7;

function inChunks(body: Buffer): Buffer {
  const size = Math.max(CHUNK_BYTES, Math.ceil(body.length / 100));
  const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, index) => {
    const chunk = body.subarray(index * size, (index + 1) * size);
    return Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, CRLF]);
  });
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}

const CRLF = Buffer.from("\r\n");

function parsed(raw: string): Omit<Answer, "milliseconds"> {
  // `Expect: 100-continue` is answered before the answer.
  const final = raw.replace(/^(?:HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n)+/, "");
  const end = final.indexOf("\r\n\r\n");
  const [first = "", ...lines] = final.slice(0, end).split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  const length = headers.get("content-length");
  const body = final.slice(end + 4, length === undefined ? undefined : end + 4 + Number(length));
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]),
    headers,
    body: Buffer.from(body, "latin1").toString("utf8"),
    raw,
  };
}
