import fc from "fast-check";
import { CALLBACKS, ROUTES, type Route } from "../../../infra/routes.ts";
import { type Body, formBodies, honestBodies, honestForms, jsonBodies } from "./bodies.ts";
import { CANARY, liveOf, oddText, SIGNED, SIGNED_V4 } from "./placeholders.ts";

type Header = readonly [name: string, value: string];

/** How the body is told to be as long as it is, or not. */
const FRAMINGS = [
  "length",
  "chunked",
  "none",
  "too long",
  "too short",
  "twice",
  "both",
  "bad chunks",
  "negative",
] as const;
export type Framing = (typeof FRAMINGS)[number];

/** A request as plain data, all texts of Latin-1. */
export type FuzzedRequest = {
  /** The route that it is a neighbour of, as the table has it. */
  readonly near: string;
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly version: string;
  readonly headers: readonly Header[];
  readonly body: string;
  readonly framing: Framing;
  /** Whose address it comes from: the last three numbers of 127.0.0.0/8. */
  readonly from: number;
};

/** Neighbours of the honest requests of every route in the table; a row that is added is fuzzed from then on. What takes a body has twice as many. */
export const requests: fc.Arbitrary<FuzzedRequest> = fc
  .constantFrom(...ROUTES, ...ROUTES.filter(({ model }) => model !== undefined))
  .chain(neighbours);

/** The name of a route, as logs and tables have it. */
export function nameOf({ method, path }: Pick<Route, "method" | "path">): string {
  return `${method} ${path}`;
}

/** What can be odd about a request, by how much there is to find there. */
const PARTS = [
  "headers",
  "headers",
  "headers",
  "body",
  "body",
  "target",
  "method",
  "framing",
] as const;

/** One or two parts are odd and the others valid: a request that is odd everywhere is refused by the first check. */
function neighbours(route: Route): fc.Arbitrary<FuzzedRequest> {
  const parts = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 2 });
  return parts.chain((odd) => neighbour(route, new Set(odd)));
}

function neighbour(
  route: Route,
  odd: ReadonlySet<(typeof PARTS)[number]>,
): fc.Arbitrary<FuzzedRequest> {
  return fc.record({
    near: fc.constant(nameOf(route)),
    method: odd.has("method") ? methods : fc.constant(route.method),
    target: targetsOf(route, odd.has("target")),
    version: odd.has("framing")
      ? mostly(fc.constant("HTTP/1.1"), fc.constantFrom("HTTP/1.0", "HTTP/0.9", "X"), 6)
      : fc.constant("HTTP/1.1"),
    headers: odd.has("headers") ? oddHeaders(route) : fc.constant(honestHeaders(route)),
    body: bodiesOf(route, odd.has("body")),
    framing: odd.has("framing") ? fc.constantFrom(...FRAMINGS) : fc.constant("length"),
    from: fc.integer({ min: 2, max: 0xff_ff_fe }),
  });
}

function mostly<Thing>(
  usual: fc.Arbitrary<Thing>,
  odd: fc.Arbitrary<Thing>,
  times: number,
): fc.Arbitrary<Thing> {
  return fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const methods = fc.constantFrom(
  ...["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"],
  ...["PROPFIND", "get", "X-METHOD"],
);

function bodiesOf({ model, function: name }: Route, isOdd: boolean): Body {
  if (CALLBACKS.includes(name)) return isOdd ? formBodies : honestForms;
  if (model !== undefined) return isOdd ? jsonBodies(model) : honestBodies(model);
  return isOdd ? jsonBodies("start") : fc.constant("");
}

const PARAMETERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  id: liveOf("id"),
  sealed: liveOf("call"),
};
const segment = oddText.map((text) => encodeURIComponent(text.toWellFormed()) || CANARY);

/** The path of a route with something live in its places, and the query that it asks for; or something else in one of them, or all of it bent. */
function targetsOf({ path, function: name }: Route, isOdd: boolean): fc.Arbitrary<string> {
  const parts = path.split("/").map((part) => {
    const parameter = /^\{(\w+)\}$/.exec(part)?.[1];
    if (parameter === undefined) return fc.constant(part);
    const live = PARAMETERS[parameter] ?? segment;
    return isOdd ? mostly(live, fc.oneof(segment, liveOf("report")), 1) : live;
  });
  const usual =
    name === "receive-delivery"
      ? liveOf("report").map((token) => `?message=${token}`)
      : fc.constant("");
  const bend = isOdd
    ? mostly(fc.constantFrom(...BENDS), fc.constant(asItIs), 1)
    : fc.constant(asItIs);
  const query = isOdd ? mostly(usual, queries, 1) : usual;
  return fc
    .tuple(fc.tuple(...parts), bend, query)
    .map(([all, change, asked]) => change(all.join("/")) + asked);
}

const queries = fc.oneof(
  fc.constantFrom(
    "?",
    "??",
    "?a=1&a=2",
    "?message",
    "?__proto__=1",
    "?%ff=%zz",
    `?${CANARY}`,
    "?&",
  ),
  segment.map((text) => `?message=${text}&message=x`),
  segment.map((text) => `?${text}`),
);

type Bend = (path: string) => string;
const asItIs: Bend = (path) => path;

const BENDS: readonly Bend[] = [
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replaceAll("/", "//"),
  (path) => path.replace("/v1", "/v1/."),
  (path) => path.replace("/v1", "/x/../v1"),
  (path) => path.replace("/v1", "/v1/%2e"),
  (path) => path.replace(/\/(\w+)$/, "%2f$1"),
  (path) => path.replace("v1", "%76%31"),
  (path) => path.toUpperCase(),
  (path) => `${path}%00`,
  (path) => `${path};x=${CANARY}`,
  (path) => `${path}%zz`,
  (path) => `${path}#${CANARY}`,
  (path) => `/dev${path}`,
  (path) => `/v1/server${path.replace("/v1", "")}`,
  (path) => path.replace("/v1/server", "/v1"),
  (path) => path.replace("/v1/server", "/v1/%73erver"),
  (path) => `http://${CANARY}.example${path}`,
  (path) => path.replaceAll("/", "\\"),
  (path) => `${path}/${"a".repeat(8_000)}`,
  (path) => `${path}/\u00e9\u00ff`,
  (path) => `/v1/${path.split("/").at(-1)}`,
  () => "*",
];

const JSON_TYPE: Header = ["Content-Type", "application/json"];
const FORM_TYPE: Header = ["content-type", "application/x-www-form-urlencoded; charset=UTF-8"];

/** What the route asks for. */
function honestHeaders({ function: name, model, signed }: Route): readonly Header[] {
  return [
    ...(CALLBACKS.includes(name) ? [FORM_TYPE, ["X-Twilio-Signature", SIGNED] as const] : []),
    ...(model === undefined ? [] : [JSON_TYPE]),
    ...(signed === true ? [["Authorization", SIGNED_V4] as const] : []),
  ];
}

/** Some left out, some with something else in them, and some more. */
function oddHeaders(route: Route): fc.Arbitrary<readonly Header[]> {
  const usual = honestHeaders(route).map(([name, value]) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constant<readonly Header[]>([[name, value]]) },
      { weight: 1, arbitrary: fc.constant<readonly Header[]>([]) },
      { weight: 2, arbitrary: another(name).map((text): readonly Header[] => [[name, text]]) },
    ),
  );
  const more = fc.array(header, { minLength: 1, maxLength: 3 });
  return fc.tuple(...usual, more).map((lists) => lists.flat());
}

function another(name: string): fc.Arbitrary<string> {
  return READ[name.toLowerCase()] ?? oddValue;
}

/** Printable, or with the bytes that HTTP calls obsolete (RFC 9110 §5.5). */
const oddValue = fc.oneof(
  oddText.map((text) => Buffer.from(text.replace(/[^ -~\u0080-\uffff]/g, "")).toString("latin1")),
  fc.constantFrom("x".repeat(7_000), '"'.repeat(200), ",".repeat(3_000)),
);

const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("unknown", "_x", CANARY, "::1:80"));

/** What the API, or the gateway for it, reads. */
const READ: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "content-type": fc.constantFrom(
    ...["text/plain", "application/json; charset=utf-16", "APPLICATION/JSON", "application/json;"],
    ...["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "*/*", ",", ""],
  ),
  "idempotency-key": fc.oneof(
    fc.constantFrom("0123456789abcdef", '"0123456789abcdef"', "a".repeat(255), "a".repeat(256)),
    fc.string({ minLength: 10, maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, "")),
    oddValue,
  ),
  origin: fc.constantFrom(
    ...["https://evil.example", "null", "https://localhost:3000", "", "://"],
    ...["<<origin 0>>", "<<origin 0>>/", "<<origin 0>> ", "HTTP://LOCALHOST:3000"],
  ),
  authorization: fc.constantFrom(
    ...["Basic bG9jYWw6bG9jYWw=", "Bearer x", "AWS4-HMAC-SHA256 Credential=, Signature=", ""],
    ...[
      `AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-2/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
    ],
    SIGNED_V4,
  ),
  "x-amz-date": fc.constantFrom("20260101T000000Z", "now", ""),
  "x-twilio-signature": fc.oneof(
    fc.constantFrom(SIGNED, "", "x", `${"A".repeat(27)}=`, "A".repeat(5_000)),
    oddValue,
  ),
  "x-forwarded-for": fc.array(address, { maxLength: 30 }).map((all) => all.join(", ")),
  "accept-language": fc.oneof(
    fc.constantFrom("de;q=0.9, *;q=0.1", "x", "de,".repeat(2_000), "a-".repeat(3_000), ";q=1"),
    oddValue,
  ),
};

/** What it must not care about. */
const UNREAD: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "content-encoding": fc.constantFrom("gzip", "br", "identity", "deflate, gzip", CANARY),
  forwarded: address.map((one) => `for="${one}";proto=https;by=x`),
  "x-real-ip": address,
  "cf-connecting-ip": address,
  "true-client-ip": address,
  "cloudfront-viewer-address": address,
  "x-forwarded-host": fc.constant(`${CANARY}.example`),
  "x-forwarded-proto": fc.constantFrom("http", "https", "x"),
  "x-http-method-override": fc.constantFrom("DELETE", "PUT", "x"),
  "x-amzn-requestid": fc.constantFrom("mine", CANARY, "a".repeat(500)),
  accept: fc.constantFrom("text/html", "*/*", "application/xml", "image/png,*/*", ""),
  "accept-encoding": fc.constantFrom("gzip, br", "identity;q=0", "*"),
  cookie: oddValue,
  connection: fc.constantFrom("keep-alive", "close, x", "upgrade"),
  upgrade: fc.constantFrom("h2c", "websocket"),
  te: fc.constant("trailers, deflate"),
  range: fc.constant("bytes=0-5"),
  "if-none-match": fc.constant("*"),
  "user-agent": oddValue,
};

/** What HTTP itself refuses, or answers for the API. */
const REFUSED: readonly Header[] = [
  ["expect", "100-continue"],
  ["expect", "x"],
  ["host", "evil.example"],
  ["host", ""],
  ["x-fuzzed", "a\u0001b"],
  ["", "x"],
  ["a b", "x"],
];

function headerOf(all: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<Header> {
  return fc
    .constantFrom(...Object.entries(all))
    .chain(([name, value]) => value.map((text): Header => [name, text]));
}

const header: fc.Arbitrary<Header> = fc.oneof(
  { weight: 16, arbitrary: headerOf(READ) },
  { weight: 8, arbitrary: headerOf(UNREAD) },
  { weight: 1, arbitrary: oddValue.map((value): Header => ["x-fuzzed", value]) },
  { weight: 1, arbitrary: fc.constantFrom(...REFUSED) },
);
