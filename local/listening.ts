import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** The default address: no other machine can reach it. */
export const LOOPBACK = "127.0.0.1";

/** Requests for a name that this server does not have. RFC 9110 §15.5.20. */
const MISDIRECTED = 421;

type ServerOptions = {
  /** Whether the server accepts this name in a Host header. */
  readonly answersTo?: (host: string) => boolean;
};

/**
 * A server whose handler may fail: the fault becomes a 500 and never ends the process. Answers to names of this machine only: a web page
 * whose own name leads to 127.0.0.1 (DNS rebinding) could otherwise read every code.
 */
export function serverOf(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  { answersTo = isLoopbackName }: ServerOptions = {},
): Server {
  return createServer((request, response) => {
    if (!answersTo(nameIn(request.headers.host ?? LOOPBACK))) {
      response.writeHead(MISDIRECTED, { "content-type": "text/plain" });
      response.end(
        "This server has no such name. It answers to localhost, and to more with --host.\n",
      );
      return;
    }
    handler(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

/** The name in a Host header, without its port. */
function nameIn(host: string): string {
  return host.replace(/:\d*$/, "").toLowerCase();
}

/** Whether a name can only mean the machine that it is used on. RFC 6761 §6.3, RFC 1122 §3.2.1.3. */
export function isLoopbackName(name: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/.test(name);
}

/** Whether a connection comes from the machine itself. RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
export function isLoopbackAddress(address = ""): boolean {
  return /^(?:(?:::ffff:)?127(?:\.\d{1,3}){3}|::1)$/.test(address);
}

/** Listens; port 0 means any free one. Answers the port that it got; throws what Node throws, such as `EADDRINUSE`. */
export function listen(server: Server, port = 0, host = LOOPBACK): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(portOf(server));
    });
  });
}

/** Ends a server at once, open connections included. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export function localUrl(port: number): string {
  return `http://${LOOPBACK}:${port}`;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

/** A port that no process of this machine listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}
