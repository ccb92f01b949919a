import http, { type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

/** An answer, whole. */
export type Copy = {
  readonly status: number;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Buffer;
};

/** Asks the service that stands behind, over a connection of its own. */
export function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Copy> {
  const { promise, resolve, reject } = Promise.withResolvers<Copy>();
  const onward = http.request(new URL(url ?? "/", target), { method, headers, agent: false });
  onward.once("error", reject);
  onward.once("response", (answer) => {
    buffer(answer).then(
      (bytes) =>
        resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: bytes }),
      reject,
    );
  });
  onward.end(body);
  return promise;
}

/** Answers with a copy, unless the connection has closed. */
export function passOn(response: http.ServerResponse, { status, headers, body }: Copy): void {
  if (!response.destroyed) response.writeHead(status, headers).end(body);
}
