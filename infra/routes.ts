import type { FunctionName } from "../functions/env.ts";
import type { ModelName } from "./models.ts";

export type Route = {
  readonly method: "GET" | "POST" | "DELETE" | "OPTIONS";
  readonly path: string;
  readonly function: FunctionName;
  /** What the gateway asks of a body before it calls the function. */
  readonly model?: ModelName;
};

const ENDPOINTS = [
  { method: "POST", path: "/v1/verifications", function: "start-verification", model: "start" },
  { method: "GET", path: "/v1/verifications/{id}", function: "show-verification" },
  { method: "DELETE", path: "/v1/verifications/{id}", function: "cancel-verification" },
  { method: "POST", path: "/v1/verifications/{id}/check", function: "check-code", model: "check" },
  {
    method: "POST",
    path: "/v1/verifications/{id}/resend",
    function: "resend-code",
    model: "resend",
  },
  { method: "POST", path: "/v1/deliveries/twilio", function: "receive-delivery" },
  { method: "POST", path: "/v1/calls/twilio/{sealed}", function: "speak-code" },
  { method: "GET", path: "/.well-known/jwks.json", function: "publish-proof-keys" },
] as const satisfies readonly Route[];

/** What Twilio asks; no page does. */
export const CALLBACKS: readonly FunctionName[] = ["receive-delivery", "speak-code"];

const PATHS = new Set(
  ENDPOINTS.filter((route) => !CALLBACKS.includes(route.function)).map(({ path }) => path),
);

/** Every route: one row an endpoint, and a preflight on every path that pages call (Fetch standard, CORS protocol). */
export const ROUTES: readonly Route[] = [
  ...ENDPOINTS,
  ...Array.from(PATHS, (path) => ({
    method: "OPTIONS" as const,
    path,
    function: "answer-preflight" as const,
  })),
];
