import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Everything local listens here and nowhere else: no other machine can reach it. */
const LOOPBACK = "127.0.0.1";

/** A server whose handler may fail: the fault becomes a 500 and never ends the process. */
export function serverOf(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  return createServer((request, response) => {
    handler(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

/** Listens on loopback; port 0 means any free one. Answers the port that it got; throws what Node throws, such as `EADDRINUSE`. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => {
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
