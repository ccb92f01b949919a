import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";
import type { Handset } from "./handset.ts";
import type { Arrival } from "./twilio/handlers.ts";

/** The pages beside the API. Answers a path that is one of them; says false of any other. */
export type Site = (method: string, path: string, response: ServerResponse) => Promise<boolean>;

const PAGES = join(import.meta.dirname, "pages");
const README = join(import.meta.dirname, "../README.md");

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  // As text: a browser would download a file of type text/markdown.
  ".md": "text/plain; charset=utf-8",
};

/** Nothing but our own files, no inline script or style, no frame around us. OWASP ASVS 5.0 §3.4. */
const SAFE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

const MESSAGES_PATH = "/handset/messages";

export function createSite(handset: Handset): Site {
  const files = new Map([
    ["/", join(PAGES, "index.html")],
    ["/handset", join(PAGES, "handset.html")],
    ["/README.md", README],
    // Only what lies there at the start: no path of a request ever becomes the path of a file.
    ...readdirSync(PAGES).map((name): [string, string] => [`/pages/${name}`, join(PAGES, name)]),
  ]);
  return async (method, path, response) => {
    if (method !== "GET") return false;
    if (path === MESSAGES_PATH) {
      streamMessages(handset, response);
      return true;
    }
    const file = files.get(path);
    if (file === undefined) return false;
    const content = await readFile(file).catch(() => undefined);
    const type = MEDIA_TYPES[extname(file)] ?? "application/octet-stream";
    response
      .writeHead(content === undefined ? 404 : 200, { ...SAFE_HEADERS, "content-type": type })
      .end(content);
    return true;
  };
}

/** Server-sent events: each message so far, oldest first, then each new one. https://html.spec.whatwg.org/multipage/server-sent-events.html */
function streamMessages(handset: Handset, response: ServerResponse): void {
  response.writeHead(200, { ...SAFE_HEADERS, "content-type": "text/event-stream" });
  const send = ({ sid, to, text, at }: Arrival): void => {
    response.write(`data: ${JSON.stringify({ sid, to, text, at: at.toISOString() })}\n\n`);
  };
  for (const arrival of handset.messages()) send(arrival);
  // So that the page knows that it is connected before anything arrives.
  response.write(": connected\n\n");
  response.on("close", handset.subscribe(send));
}
