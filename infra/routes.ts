import { TWILIO_CALLBACKS } from "../functions/adapters/twilio/paths.ts";
import { PROBLEMS_PATH } from "../functions/http/problems-page.ts";
import { DISCOVERY_PATH } from "../functions/http/well-known.ts";
import type { FunctionName } from "../functions/runtime/environment.ts";
import type { ModelName } from "./models.ts";

export type Route = {
  readonly method: "GET" | "HEAD" | "POST" | "DELETE" | "OPTIONS" | "ANY";
  readonly path: string;
  readonly function: FunctionName;
  /** The model by which the gateway validates a body. */
  readonly model?: ModelName;
  /** For back ends: the gateway admits only requests that are signed (SigV4) by a principal of the account whose policy allows it. */
  readonly signed?: true;
};

const VERIFICATIONS = [
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
] as const satisfies readonly Route[];

const ENDPOINTS = [
  ...VERIFICATIONS,
  { method: "GET", path: "/.well-known/jwks.json", function: "publish-proof-keys" },
  { method: "GET", path: DISCOVERY_PATH, function: "publish-proof-keys" },
  { method: "GET", path: PROBLEMS_PATH, function: "publish-proof-keys" },
] as const satisfies readonly Route[];

const CALLBACK_ENDPOINTS = [
  { method: "POST", path: TWILIO_CALLBACKS.deliveries, function: "receive-delivery" },
  { method: "POST", path: TWILIO_CALLBACKS.calls, function: "speak-code" },
] as const satisfies readonly Route[];

/** Whether a route costs a message. */
export function isSending(route: Route): boolean {
  return sendShare(route) > 0;
}

/** Of a route with an API key: the three have less than one throttle of sends together. */
export const KEYED_SHARE = 0.3;

/** How much of the throttle of sends a route has; 0 where it costs no message. */
export function sendShare({ method, path, function: name }: Route): number {
  if (name === "start-verification" || name === "resend-code") return 1;
  return method === "POST" && KEYED_SENDS.test(path) ? KEYED_SHARE : 0;
}

const KEYED_SENDS = /^\/(?:v1\/keyed\/verifications(?:\/\{id\}\/resend)?|v2\/.*\/Verifications)$/;

export const CALLBACKS: readonly FunctionName[] = CALLBACK_ENDPOINTS.map((route) => route.function);

/** Sent and delivered, twice over: both routes that send may be full at once, and Twilio repeats unanswered callbacks. */
export const CALLBACKS_PER_SEND = 4;

const SERVER_MODELS = {
  start: "server-start",
  check: "server-check",
  resend: "server-resend",
} as const;

type RouteOfPages = Omit<Route, "model"> & { readonly model?: keyof typeof SERVER_MODELS };

/** The same functions under signed routes. Their bodies may also hold the address of the client that the back end serves. */
const SERVER_ENDPOINTS: readonly Route[] = VERIFICATIONS.map((route: RouteOfPages) => ({
  ...route,
  path: route.path.replace("/v1/", "/v1/server/"),
  ...(route.model && { model: SERVER_MODELS[route.model] }),
  signed: true,
}));

/** The same for back ends with an API key, in a function of their own, and the check by number. The function checks the key. */
const KEYED_ENDPOINTS: readonly Route[] = [
  ...SERVER_ENDPOINTS.map(({ signed: _, ...route }) => ({
    ...route,
    path: route.path.replace("/server/", "/keyed/"),
    function: "serve-keyed" as const,
  })),
  {
    method: "POST",
    path: "/v1/keyed/verifications/check",
    function: "serve-keyed",
    model: "number-check",
  },
];

const TWILIO_SERVICE = "/v2/Services/{service}";

/** Twilio Verify's, and any other request below `/v2`, which is answered in Twilio's shape too. */
const TWILIO_VERIFY_ENDPOINTS: readonly Route[] = (
  [
    ["POST", `${TWILIO_SERVICE}/Verifications`],
    ["GET", `${TWILIO_SERVICE}/Verifications/{verification}`],
    ["POST", `${TWILIO_SERVICE}/Verifications/{verification}`],
    ["POST", `${TWILIO_SERVICE}/VerificationCheck`],
    ["ANY", "/v2/{proxy+}"],
  ] as const
).map(([method, path]) => ({ method, path, function: "serve-twilio-verify" }));

/** `HEAD` is `GET` without the body (RFC 9110 §9.3.2): the gateway and every server send none. */
const HEADS: readonly Route[] = [...ENDPOINTS, ...SERVER_ENDPOINTS, ...KEYED_ENDPOINTS]
  .filter(({ method }) => method === "GET")
  .map((route) => ({ ...route, method: "HEAD" }));

const PATHS = new Set(ENDPOINTS.map(({ path }) => path));

/** Every route: one row an endpoint, and a preflight on every path of pages (Fetch standard, CORS protocol). */
export const ROUTES: readonly Route[] = [
  ...ENDPOINTS,
  ...Array.from(PATHS, (path) => ({
    method: "OPTIONS" as const,
    path,
    function: "answer-preflight" as const,
  })),
  ...CALLBACK_ENDPOINTS,
  ...SERVER_ENDPOINTS,
  ...KEYED_ENDPOINTS,
  ...TWILIO_VERIFY_ENDPOINTS,
  ...HEADS,
];
