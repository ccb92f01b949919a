import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { SWAGGER_UI } from "../infra/place.ts";
import type { Activity } from "./activity/activity.ts";
import { activityRoutes } from "./activity/routes.ts";
import { DIAGRAMS, documentPage, documentPaths } from "./documents.ts";
import type { ChallengeEmulator } from "./emulators/challenge.ts";
import { handsetRoutes, type Phones } from "./handset-routes.ts";
import { createPackages } from "./packages.ts";
import { createPageScripts } from "./page-scripts.ts";

/** The pages beside the API. Answers a request for one of them; returns false for any other. */
export type Site = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const PAGES = join(import.meta.dirname, "pages");

/** The files of Swagger UI that the reference loads, from its npm package. */
const VIEWER = ["swagger-ui-bundle.js", "swagger-ui.css"] as const;

/** The pages in the order of the navigation. Each but the documents is a body of its own, with a style sheet and a script of the same name. */
const PAGES_BY_PATH: Readonly<Record<string, { readonly name: string; readonly title: string }>> = {
  "/": { name: "sign-in", title: "Sign in" },
  "/handset": { name: "handset", title: "Handset" },
  "/playground": { name: "playground", title: "Playground" },
  "/activity": { name: "activity", title: "Activity" },
  "/reference": { name: "reference", title: "Reference" },
  "/docs": { name: "document", title: "Documents" },
};

type Page = { readonly name: string; readonly title: string; readonly body: string };

/** A whole page with the head and the navigation that all share. The handset opens beside the page: it shows what that page has sent. */
function pageHtml(path: string, { name, title, body }: Page): Buffer {
  const links = Object.entries(PAGES_BY_PATH).map(([to, page]) => {
    const current = to === path ? ' aria-current="page"' : "";
    const beside = to === "/handset" && to !== path ? ' target="_blank" rel="noopener"' : "";
    return `<a href="${to}"${current}${beside}>${page.title}</a>`;
  });
  const isScripted = name !== "document";
  return Buffer.from(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Latchkey</title>
    <meta name="description" content="Latchkey, phone verification: ${title}.">
    <link rel="icon" href="/pages/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/pages/base.css">
    <link rel="stylesheet" href="/pages/${name}.css">
  </head>
  <body>
    <header class="bar">
      <a class="brand" href="/"><img src="/pages/icon.svg" alt="" width="28" height="28">Latchkey</a>
      <nav aria-label="Pages">${links.join("")}</nav>
      ${isScripted ? '<noscript><p class="notice fault">This page needs JavaScript.</p></noscript>' : ""}
    </header>
    ${body}
    <script type="module" src="/pages/${name}.js"></script>
  </body>
</html>
`);
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".webp": "image/webp",
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

/** The library that draws diagrams puts a style element into each drawing. */
const DOCUMENT_POLICY = SAFE_HEADERS["content-security-policy"].replace(
  "style-src 'self'",
  "style-src 'self' 'unsafe-inline'",
);

type Shown = Phones & { readonly activity: Pick<Activity, "state" | "operate"> };

export function createSite(shown: Shown, challenge?: Pick<ChallengeEmulator, "issue">): Site {
  const documents = documentPaths();
  const files = new Map<string, string>([
    ["/pages/mermaid.js", DIAGRAMS],
    ...documents,
    ["/openapi.json", join(import.meta.dirname, "../docs/openapi.json")],
    ...VIEWER.map((name): [string, string] => [`/reference/${name}`, join(SWAGGER_UI, name)]),
    // Only files that exist at the start: no path of a request becomes the path of a file.
    ...readdirSync(PAGES).map((name): [string, string] => [`/pages/${name}`, join(PAGES, name)]),
  ]);
  const routes = {
    ...handsetRoutes(shown, SAFE_HEADERS),
    ...activityRoutes(shown.activity, SAFE_HEADERS),
    ...challengeRoutes(challenge),
  };
  const scripts = createPageScripts();
  const packages = createPackages();
  const contentOf = async (path: string): Promise<Content | undefined> => {
    const [, name] = /^\/pages\/([\w-]+\.js)$/.exec(path) ?? [];
    const script = name === undefined ? undefined : await scripts(name);
    if (script !== undefined) return { type: ".js", bytes: script };
    const tarball = await packages(path);
    if (tarball !== undefined) return { type: ".tgz", bytes: tarball };
    const file = files.get(path);
    return file === undefined ? pageAt(path) : contentAt(path, file, documents);
  };
  const foundAt = async (url: string): Promise<Content | undefined> => {
    const [path = ""] = url.split("?");
    const content = await contentOf(path);
    const shorter = path.replace(/\/+$/, "");
    if (content !== undefined || shorter === path) return content;
    // Below an address with a slash at its end the links of a document lead elsewhere.
    const location = shorter + url.slice(path.length);
    return (await contentOf(shorter)) && { type: ".html", bytes: Buffer.of(), location };
  };
  return async (request, response) => {
    const { url = "" } = request;
    const method = request.method === "HEAD" ? "GET" : request.method;
    const route = routes[`${method} ${url.split("?", 1)}`];
    if (route !== undefined) return follow(route, request, response);
    const content = method === "GET" ? await foundAt(url) : undefined;
    if (content !== undefined) sendContent(content, response, isGzipRead(request));
    return content !== undefined;
  };
}

async function follow(route: Route, ...[request, response]: Parameters<Route>): Promise<true> {
  await route(request, response);
  // A stream would stay open.
  if (request.method === "HEAD") response.end();
  return true;
}

async function contentAt(
  path: string,
  file: string,
  documents: ReadonlyMap<string, string>,
): Promise<Content | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const isPicture = extname(file) === ".svg" || extname(file) === ".webp";
  if (isPicture || !documents.has(path)) return { type: extname(file), bytes };
  const page = { name: "document", ...documentPage(path, bytes.toString(), documents) };
  return { type: ".html", bytes: pageHtml(path, page), policy: DOCUMENT_POLICY };
}

async function pageAt(path: string): Promise<Content | undefined> {
  const page = Object.hasOwn(PAGES_BY_PATH, path) ? PAGES_BY_PATH[path] : undefined;
  if (page === undefined || page.name === "document") return undefined;
  const body = await readFile(join(PAGES, `${page.name}.html`), "utf8");
  const policy = page.name === "reference" ? REFERENCE_POLICY : undefined;
  return { type: ".html", bytes: pageHtml(path, { ...page, body }), policy };
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Routes = Readonly<Record<string, Route>>;

/** A click on the widget of the emulated challenge provider. */
function challengeRoutes(challenge: Pick<ChallengeEmulator, "issue"> | undefined): Routes {
  if (challenge === undefined) return {};
  return {
    "POST /challenge/token": async ({ headers }, response) => {
      const hostname = URL.parse(`http://${headers.host}`)?.hostname ?? "";
      const token = challenge.issue(hostname);
      const bytes = Buffer.from(JSON.stringify({ token }));
      sendContent({ type: ".json", bytes }, response);
    },
  };
}

type Content = {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Where it needs another than all others. */
  readonly policy?: string | undefined;
  /** Where it is instead. */
  readonly location?: string;
};

/** A smaller body fits into one packet without compression. */
const LEAST_COMPRESSED_BYTES = 1_024;

function isGzipRead({ headers }: IncomingMessage): boolean {
  return /\bgzip\b/.test(String(headers["accept-encoding"]));
}

function sendContent(
  { type, bytes, policy, location }: Content,
  response: ServerResponse,
  isGzipRead = false,
): void {
  const mediaType = MEDIA_TYPES[type] ?? "application/octet-stream";
  const own = policy === undefined ? {} : { "content-security-policy": policy };
  const isSmaller = isGzipRead && bytes.byteLength >= LEAST_COMPRESSED_BYTES;
  const coding = isSmaller ? { "content-encoding": "gzip" } : {};
  const vary = { vary: "accept-encoding" };
  response
    .writeHead(location === undefined ? 200 : 308, {
      ...{ ...SAFE_HEADERS, ...own, ...vary, ...coding, "content-type": mediaType },
      ...(location !== undefined && { location }),
    })
    .end(isSmaller ? gzipSync(bytes) : bytes);
}
