/** Runs before the tests of a project: from then on each answer of the API that they fetch is held to the API's description. */
import { insistOnDescribed } from "./api-answers.ts";

/** What Twilio asks is no part of the description. */
const PROVIDERS = /^\/v1\/(?:deliveries|calls)\//;
const API = /^(http:\/\/(?:127\.0\.0\.1|localhost):\d+)(\/(?:v1|\.well-known)\/[^?#]*)/;

/** Of all files that share a process, which run this module anew for each. */
const unchecked: Set<string> = Object(globalThis.fetch).unchecked ?? new Set();

/** What answers there is not the API: a network that breaks answers on purpose. */
export function leaveUnchecked(origin: string): void {
  unchecked.add(origin);
}

/** Those files have one check after another, never one around another. */
const fetchUnchecked: typeof fetch = Object(globalThis.fetch).fetchUnchecked ?? globalThis.fetch;

const fetchChecked: typeof fetch = async (input, init) => {
  const response = await fetchUnchecked(input, init);
  const { url, method } = new Request(input, { ...init, body: null });
  const [, origin = "", path] = API.exec(url) ?? [];
  // HEAD is GET without the body, and is described by it.
  const isSkipped = method === "HEAD" || path === undefined || PROVIDERS.test(path);
  if (isSkipped || unchecked.has(origin)) return response;
  insistOnDescribed({
    method,
    path,
    status: response.status,
    mediaType: response.headers.get("content-type"),
    body: await response.clone().text(),
  });
  return response;
};

globalThis.fetch = Object.assign(fetchChecked, { fetchUnchecked, unchecked });
