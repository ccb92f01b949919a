import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { handsetRoutes, type Phones } from "./handset-routes.ts";
import { REFERENCE, referenceFiles } from "./reference.ts";

/** The pages beside the API. Answers a request that is for one of them; says false of any other. */
export type Site = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const PAGES = join(import.meta.dirname, "pages");
const README = join(import.meta.dirname, "../README.md");

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
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

/** Swagger UI draws its arrows by styles that hold them. */
const REFERENCE_POLICY = SAFE_HEADERS["content-security-policy"].replace(
  "img-src 'self'",
  "img-src 'self' data:",
);

export function createSite(phones: Phones): Site {
  const files = new Map([
    ["/", join(PAGES, "index.html")],
    ["/handset", join(PAGES, "handset.html")],
    ["/README.md", README],
    ...referenceFiles(),
    // Only what lies there at the start: no path of a request ever becomes the path of a file.
    ...readdirSync(PAGES).map((name): [string, string] => [`/pages/${name}`, join(PAGES, name)]),
  ]);
  const routes = handsetRoutes(phones, SAFE_HEADERS);
  return async (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const route = routes[`${request.method} ${path}`];
    const file = request.method === "GET" ? files.get(path) : undefined;
    if (route !== undefined) await route(request, response);
    else if (file !== undefined) await sendFile(file, response);
    return route !== undefined || file !== undefined;
  };
}

async function sendFile(file: string, response: ServerResponse): Promise<void> {
  const content = await readFile(file).catch(() => undefined);
  const type = MEDIA_TYPES[extname(file)] ?? "application/octet-stream";
  response
    .writeHead(content === undefined ? 404 : 200, {
      ...SAFE_HEADERS,
      ...(file === REFERENCE ? { "content-security-policy": REFERENCE_POLICY } : {}),
      "content-type": type,
    })
    .end(content);
}
