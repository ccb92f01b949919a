import type { IncomingMessage } from "node:http";

/** The body of a request, or `undefined` where it has more than `mostBytes`. A longer body is read to its end, so that an answer arrives. */
export async function readBody(
  request: IncomingMessage,
  mostBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.byteLength;
    if (bytes <= mostBytes) chunks.push(buffer);
  }
  return bytes <= mostBytes ? Buffer.concat(chunks) : undefined;
}
