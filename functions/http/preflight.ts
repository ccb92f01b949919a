import { PREFLIGHT } from "./answer.ts";
import type { Endpoint } from "./api.ts";

/** How long a browser may cache the answer: ten minutes, so that a changed list of origins takes effect soon. */
const PREFLIGHT_SECONDS = 600;

/**
 * The headers of the client, those of the common tracing standards (W3C Trace Context and Baggage, Sentry) by name, and any other: tracing
 * libraries add their own (B3, Datadog, New Relic, Elastic APM, AWS X-Ray …) to each request of a page. No function reads them. A browser takes the
 * wildcard where a request carries no credentials; the names serve browsers older than the wildcard (Fetch standard, CORS-preflight fetch).
 */
const HEADERS = [
  "Content-Type",
  "Idempotency-Key",
  "Latchkey-App",
  "traceparent",
  "tracestate",
  "baggage",
  "sentry-trace",
  "*",
] as const;

/** `OPTIONS` on every path (Fetch standard, CORS protocol). The middleware has refused a foreign origin before. */
export const preflightEndpoint: Endpoint = async () => ({
  status: 204,
  headers: {
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-allow-headers": HEADERS.join(", "),
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  },
  outcome: PREFLIGHT,
});
