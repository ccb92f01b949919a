import { once } from "node:events";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { insistOnDescribed } from "../../support/api-answers.ts";

export type RawAnswer = {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
};

export type RawRequest = {
  readonly method?: string;
  readonly path: string;
  /** Whole lines, in this order, names as they are. */
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
};

/** Sends a request as the bytes that it is: fetch would mend, refuse or hide much of what a caller can send. */
export async function rawRequest(
  url: string,
  { method = "POST", path, headers = ["content-type: application/json"], body = "" }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const bytes = Buffer.from(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    "connection: close",
    `content-length: ${bytes.byteLength}`,
    ...headers,
  ].join("\r\n");
  // A server that has read enough may close before everything is written.
  socket.on("error", () => undefined);
  socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), bytes]));
  const answer = parsed((await buffer(socket)).toString("utf8"));
  if (/^\/(?:v1|\.well-known)\//.test(path))
    insistOnDescribed({
      ...answer,
      method,
      path,
      mediaType: /^content-type: (.*)$/im.exec(answer.headers)?.[1]?.trim(),
    });
  return answer;
}

function parsed(answer: string): RawAnswer {
  const end = answer.indexOf("\r\n\r\n");
  const headers = answer.slice(0, end);
  const body = answer.slice(end + 4);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1]), headers, body };
}
