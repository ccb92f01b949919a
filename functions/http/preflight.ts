import type { Endpoint } from "./api.ts";

/** How long a browser may keep the answer: ten minutes, so that a changed list of origins is soon seen. */
const PREFLIGHT_SECONDS = 600;

/** What the client sends, and what the tracing of a page adds by itself to every request (W3C Trace Context and Baggage, Sentry). Nothing reads it. */
const HEADERS = [
  "Content-Type",
  "Idempotency-Key",
  "traceparent",
  "tracestate",
  "baggage",
  "sentry-trace",
] as const;

/** `OPTIONS` on every path (Fetch standard, CORS protocol). The stack has refused a foreign origin before this is asked. */
export const preflightEndpoint: Endpoint = async () => ({
  status: 204,
  headers: {
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-allow-headers": HEADERS.join(", "),
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  },
  outcome: "preflight",
});
