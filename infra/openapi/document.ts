import { problemAnswer } from "../../functions/http/answer.ts";
import { PROBLEMS, Problem, type ProblemCode } from "../../functions/http/problem.ts";
import { LIMITS } from "../../functions/policy/limits.ts";
import { APP_NAME } from "../../functions/verification/identifiers.ts";
import type { ModelName } from "../models.ts";
import { isSending, ROUTES, type Route } from "../routes.ts";
import { EXAMPLES, PROBLEM_MEMBERS } from "./examples.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { apiSchemas, type Json, type RequestName } from "./schemas.ts";

/** The version of the contract, not of the software: a breaking change increments MAJOR (semver.org). `npm run openapi` reports breaking changes. */
const API_VERSION = "2.0.0";

const REQUEST_NAMES: Readonly<Record<ModelName, RequestName>> = {
  start: "StartRequest",
  check: "CheckRequest",
  resend: "ResendRequest",
  "server-start": "ServerStartRequest",
  "server-check": "ServerCheckRequest",
  "server-resend": "ServerResendRequest",
  "number-check": "NumberCheckRequest",
};

/** Twilio's callbacks are no part of the public API, and a page for people is none either. */
const OTHER_PATHS = /^\/(?:v1\/(?:deliveries|calls)\/|problems$)/;
/** Back ends of the same account sign their requests (AWS Signature Version 4). */
const SIGNED_PATHS = /^\/v1\/server\//;
/** Others have an API key. */
const KEYED_PATHS = /^\/v1\/keyed\//;
const BACK_END_PATHS = /^\/v1\/(?:server|keyed)\//;
/** Twilio's own documents describe its API. */
const TWILIO_VERIFY_PATHS = /^\/v2\//;

/**
 * The routes for callers, without preflights, which browsers send by themselves, and without `OTHER_PATHS`. `HEAD` is listed where caches and
 * monitors use it; elsewhere it is `GET` without the body (RFC 9110 §9.3.2).
 */
export function documentedRoutes(): readonly Route[] {
  return ROUTES.filter(
    ({ method, path }) =>
      method !== "OPTIONS" &&
      (method !== "HEAD" || path.startsWith("/.well-known/")) &&
      !OTHER_PATHS.test(path) &&
      !TWILIO_VERIFY_PATHS.test(path),
  );
}

/** The API in OpenAPI 3.1, generated from the tables of the gateway and the functions. */
export function openApiDocument(): Json {
  const routes = documentedRoutes();
  const paths = [...new Set(routes.map(({ path }) => path))];
  return {
    openapi: "3.1.0",
    info: INFO,
    servers: [{ url: "/", description: "The deployment that this document comes from" }],
    security: [],
    tags: TAGS,
    paths: Object.fromEntries(paths.map((path) => [path, pathItem(routes, path)])),
    components: components(routes),
  };
}

function components(routes: readonly Route[]): Json {
  const answered = routes.filter(({ method }) => method !== "HEAD");
  return {
    schemas: apiSchemas(),
    parameters: {
      VerificationId: VERIFICATION_ID,
      IdempotencyKey: IDEMPOTENCY_KEY,
      AppName: APP_HEADER,
    },
    headers: { RetryAfter: RETRY_AFTER },
    requestBodies: Object.assign({}, ...routes.map(requestBody)),
    responses: Object.fromEntries([
      ...routes.flatMap((route) => {
        const { name } = operationOf(route).success;
        return name === undefined ? [] : [[name, successResponse(route)]];
      }),
      ...answered
        .flatMap(problemSets)
        .map((codes) => [responseName(codes), problemResponse(codes)]),
    ]),
    examples: {
      verification: { value: EXAMPLES.verification },
      ...Object.fromEntries(PROBLEM_CODES.map((code) => [code, problemExample(code)])),
    },
    securitySchemes: { sigv4: SIGV4, apiKey: API_KEY },
  };
}

const INFO = {
  title: "Latchkey",
  version: API_VERSION,
  summary: "Phone verification by one-time codes.",
  description: [
    "Start a verification, check what the person types, and hand the proof to your back end.",
    "Times are RFC 3339 in UTC. Unknown fields of a request are refused; answers may come to have more fields, and a list marked `x-extensible-enum` more words: a caller has to bear both.",
    "Every refusal is a problem (RFC 9457) with a `code` that never changes. The examples of a response list each code that it can have.",
  ].join("\n\n"),
  contact: { name: "The company that runs this deployment" },
  license: { name: "Apache License 2.0", identifier: "Apache-2.0" },
} as const;

const TAGS = [
  { name: "Verifications", description: "From a number to a proof." },
  {
    name: "Back ends",
    description:
      "The same for back ends: those of the company's own account sign their requests, others have an API key.",
  },
  { name: "Proofs", description: "What a back end needs to check a proof." },
] as const;

const SIGV4 = {
  type: "apiKey",
  name: "Authorization",
  in: "header",
  description: "AWS Signature Version 4, by a role that may invoke this API.",
  "x-amazon-apigateway-authtype": "awsSigv4",
} as const;

const API_KEY = {
  type: "http",
  scheme: "bearer",
  description: "An API key of `latchkey keys create`.",
} as const;

function securityOf({ path }: Pick<Route, "path">): Json {
  if (SIGNED_PATHS.test(path)) return { security: [{ sigv4: [] }] };
  return KEYED_PATHS.test(path) ? { security: [{ apiKey: [] }] } : {};
}

function pathItem(routes: readonly Route[], path: string): Json {
  const own = routes.filter((route) => route.path === path);
  return {
    ...(path.includes("{id}") ? { parameters: [reference("parameters", "VerificationId")] } : {}),
    ...Object.fromEntries(own.map((route) => [route.method.toLowerCase(), operation(route)])),
  };
}

const VERIFICATION_ID = {
  name: "id",
  in: "path",
  required: true,
  description: "Of the verification, as its start gave it. It is a secret.",
  schema: { type: "string" },
} as const;

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Drawn at random for each wish of a person, and the same each time that the wish is sent.",
  schema: {
    type: "string",
    minLength: LIMITS.idempotencyKeyCharacters.min,
    maxLength: LIMITS.idempotencyKeyCharacters.max,
    pattern: "^[\\x21-\\x7e]+$",
  },
} as const;

const APP_HEADER = {
  name: "Latchkey-App",
  in: "header",
  description:
    "The app that starts the verification, where the deployment has several and the request comes from no web page. Of the deployment's own app by default.",
  schema: { type: "string", pattern: APP_NAME.source },
} as const;

/** The operation of a route, or of its signed counterpart, which does the same. */
function operationOf({ method, path }: Pick<Route, "method" | "path">): Operation {
  const found = OPERATIONS[`${method} ${path.replace(BACK_END_PATHS, "/v1/")}`];
  if (found === undefined) throw new Error(`infra/openapi/operations.ts has no ${method} ${path}`);
  return found;
}

function operation(route: Route): Json {
  const { summary, description, isIdempotent, success } = operationOf(route);
  return {
    operationId: operationId(route),
    summary: summary + callerOf(route.path),
    description,
    tags: [tagOf(route)],
    ...securityOf(route),
    ...(isIdempotent ? { parameters: parametersOf(route) } : {}),
    ...(route.model && {
      requestBody: reference("requestBodies", REQUEST_NAMES[route.model]),
    }),
    responses: {
      [success.status]:
        success.name === undefined ? successResponse(route) : reference("responses", success.name),
      ...(route.method === "HEAD" ? HEAD_REFUSED : problemResponses(route)),
    },
  };
}

function parametersOf(route: Route): readonly Json[] {
  const names = ["IdempotencyKey", ...(isOfNamedApp(route) ? ["AppName"] : [])];
  return names.map((name) => reference("parameters", name));
}

/** A start with an API key is of the key's app, and what follows a start is of its app. */
function isOfNamedApp({ path, model }: Route): boolean {
  return (model === "start" || model === "server-start") && !KEYED_PATHS.test(path);
}

function callerOf(path: string): string {
  if (KEYED_PATHS.test(path)) return ", with an API key";
  return BACK_END_PATHS.test(path) ? ", from a back end" : "";
}

function operationId(route: Pick<Route, "method" | "path">): string {
  const { id } = operationOf(route);
  if (KEYED_PATHS.test(route.path)) return `${id}WithKey`;
  return SIGNED_PATHS.test(route.path) ? `${id}FromBackEnd` : id;
}

function requestBody(route: Route): Json {
  if (!route.model) return {};
  const model = REQUEST_NAMES[route.model];
  const example = operationOf(route).requestExample;
  const content = { "application/json": { schema: reference("schemas", model), example } };
  return { [model]: { required: true, content } };
}

function successResponse(route: Route): Json {
  const { description, schema, examples = {} } = operationOf(route).success;
  const links = linksOf(route);
  return {
    description,
    ...(schema && {
      content: {
        "application/json": {
          schema: reference("schemas", schema),
          examples: Object.fromEntries(
            Object.entries(examples).map(([name, value]) => [name, successExample(value)]),
          ),
        },
      },
    }),
    ...(Object.keys(links).length > 0 ? { links } : {}),
  };
}

function successExample(value: unknown): Json {
  return value === EXAMPLES.verification ? reference("examples", "verification") : { value };
}

/** The operations on a started verification: all that take its id. */
function linksOf(route: Route): Json {
  const { method, path } = route;
  if (`${method} ${path.replace(BACK_END_PATHS, "/v1/")}` !== "POST /v1/verifications") return {};
  const followers = documentedRoutes().filter((one) => one.path.startsWith(`${path}/{id}`));
  return Object.fromEntries(
    followers
      .map(operationId)
      .map((name) => [name, { operationId: name, parameters: { id: "$response.body#/id" } }]),
  );
}

/** A refusal has no body here. */
const HEAD_REFUSED = {
  "4XX": { description: "Refused, as the same request by GET would be." },
} as const;

function tagOf({ path }: Route): string {
  if (BACK_END_PATHS.test(path)) return "Back ends";
  return path.startsWith("/v1/") ? "Verifications" : "Proofs";
}

function reference(kind: string, name: string): Json {
  return { $ref: `#/components/${kind}/${name}` };
}

/** Every problem that a route can answer, in the order of the table. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const { isIdempotent, problems } = operationOf(route);
  const all = new Set<string>([
    ...problems,
    // Throttle, firewall and faults precede every route; the list of origins precedes every route of pages.
    "too-many-requests",
    "body-invalid",
    "request-blocked",
    "internal-error",
    ...(SIGNED_PATHS.test(route.path)
      ? ["signature-invalid", "access-denied", "route-not-found"]
      : []),
    ...(KEYED_PATHS.test(route.path)
      ? ["api-key-invalid", "api-key-not-allowed", ...(isSending(route) ? ["api-key-spent"] : [])]
      : []),
    ...(route.path.startsWith("/v1/") ? ["origin-not-allowed"] : []),
    ...(isOfNamedApp(route) ? ["app-not-allowed"] : []),
    ...(route.path.includes("{id}") ? ["verification-not-found"] : []),
    ...(route.model ? ["body-too-large", "media-type-unsupported"] : []),
    ...(isIdempotent ? ["idempotency-key-invalid"] : []),
  ]);
  return PROBLEM_CODES.filter((code) => all.has(code));
}

const PROBLEM_CODES = Object.keys(PROBLEMS).filter((code): code is ProblemCode => code in PROBLEMS);

/** The problems of a route, one set of codes for each status. */
function problemSets(route: Route): readonly (readonly ProblemCode[])[] {
  const codes = problemsOf(route);
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].toSorted();
  return statuses.map((status) => codes.filter((code) => PROBLEMS[code].status === status));
}

function problemResponses(route: Route): Json {
  return Object.fromEntries(
    problemSets(route).map((codes) => [
      statusOf(codes),
      reference("responses", responseName(codes)),
    ]),
  );
}

function statusOf([code]: readonly ProblemCode[]): number | undefined {
  return code && PROBLEMS[code].status;
}

/** One or two codes form the name; of more the first route that has them is part of it. */
function responseName(codes: readonly ProblemCode[]): string {
  if (codes.length <= 2) return codes.map(pascalCase).join("Or");
  const text = codes.join();
  const owner = documentedRoutes().find((route) =>
    problemSets(route).some((one) => one.join() === text),
  );
  return `${owner ? pascalCase(operationId(owner)) : ""}${statusOf(codes)}`;
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** One schema for all codes: a generated client has one type, and tolerates new codes. */
function problemResponse(codes: readonly ProblemCode[]): Json {
  const waits = codes.some((code) => PROBLEM_MEMBERS[code]?.retryAfterSeconds !== undefined);
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("\n\n"),
    ...(waits ? { headers: { "Retry-After": reference("headers", "RetryAfter") } } : {}),
    content: {
      "application/problem+json": {
        schema: reference("schemas", "Problem"),
        examples: Object.fromEntries(codes.map((code) => [code, reference("examples", code)])),
      },
    },
  };
}

const RETRY_AFTER = {
  description: "Seconds after which asking again can help (RFC 9110 §10.2.3).",
  schema: { type: "integer", minimum: 1 },
} as const;

function problemExample(code: ProblemCode): Json {
  const problem = new Problem(code, PROBLEM_MEMBERS[code]);
  const context = { docsUrl: "https://docs.example/problems#", requestId: "KDpJ0iXQLPEEMtA=" };
  return { value: problemAnswer(problem, context).body };
}
