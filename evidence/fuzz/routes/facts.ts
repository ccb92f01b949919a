import assert from "node:assert/strict";
import { METHODS } from "node:http";
import * as v from "valibot";
import { SAFE_HEADERS } from "../../../functions/http/answer.ts";
import { PROBLEMS } from "../../../functions/http/problem.ts";
import { PROBLEM_RESPONSE } from "../../../functions/http/responses.ts";
import { insistOnDescribed } from "../../../test/support/api-answers.ts";
import { type Exchange, MOST_CPU_MILLISECONDS } from "./ground.ts";
import { CANARY } from "./placeholders.ts";
import type { Answer } from "./wire.ts";

/** Holds one exchange to every fact that there is of all of them. Throws where one does not hold. */
export function insistOnFacts(exchange: Exchange, url: string): void {
  const { answer, cpuMilliseconds = 0, faults } = exchange;
  assert.deepEqual(faults, [], "no fault is logged");
  assert.ok(cpuMilliseconds <= MOST_CPU_MILLISECONDS, `${cpuMilliseconds} ms of CPU time`);
  insistOnRightfulSends(exchange);
  if (answer === undefined) {
    assert.ok(!isPlain(exchange), "the server hung up on plain HTTP");
    return;
  }
  for (const [, status] of answer.raw.matchAll(/HTTP\/1\.1 (\d{3}) /g))
    assert.ok(Number(status) < 500, `answered ${status}`);
  if (isOfTheApi(answer)) insistOnOurAnswer(exchange, answer, url);
  else insistOnHttpRefusal(exchange, answer);
}

/** An answer of the gateway or of a function; any other is of Node's own HTTP server, before either saw the request. */
export function isOfTheApi({ headers }: Answer): boolean {
  return headers.has("x-amz-apigw-id");
}

function insistOnHttpRefusal(exchange: Exchange, { status, headers, body }: Answer): void {
  assert.ok([400, 413, 417, 421, 431, 505].includes(status), `answered ${status} before the API`);
  const bytes = exchange.wire.headers.flat().join("").length + exchange.wire.target.length;
  assert.ok(!isPlain(exchange) || (status === 431 && bytes > 8_000), `refused with ${status}`);
  assert.ok(!body.includes(CANARY) && !headers.has("set-cookie"));
}

const OWN_HEADERS = ["host", "connection", "upgrade", "expect", "te"];

/** Whether HTTP itself has nothing against a request. */
function isPlain({ wire: { method, target, version, headers, framing } }: Exchange): boolean {
  return (
    METHODS.includes(method) &&
    method !== "CONNECT" &&
    version === "HTTP/1.1" &&
    (framing === "length" || framing === "chunked") &&
    /^\/[!-~]*$/.test(target) &&
    headers.every(
      ([name, value]) =>
        /^[\w-]+$/.test(name) &&
        !OWN_HEADERS.includes(name.toLowerCase()) &&
        /^[\t -~\u0080-\u00ff]*$/.test(value),
    )
  );
}

function insistOnOurAnswer({ wire }: Exchange, answer: Answer, url: string): void {
  const { status, headers, body } = answer;
  const path = pathOf(wire.target);
  const isPublished = path.startsWith("/.well-known/") && status === 200;
  assert.equal(headers.get("cache-control")?.includes("no-store"), !isPublished);
  for (const name of ["x-content-type-options", "strict-transport-security"] as const)
    assert.equal(headers.get(name), SAFE_HEADERS[name]);
  for (const name of ["set-cookie", "server", "x-powered-by"])
    assert.ok(!headers.has(name), `tells ${name}`);
  const origin = headers.get("access-control-allow-origin") ?? "*";
  assert.ok(["*", url, url.replace("localhost", "127.0.0.1")].includes(origin), origin);
  // The gateway gives a caller's own id back, and nothing else.
  const told = [...headers].filter(([name]) => name !== "x-amzn-requestid").flat();
  assert.ok(!told.join("\n").includes(CANARY) && !body.includes(CANARY), "repeats what was sent");
  if (wire.method === "HEAD") return;
  insistOnSignature(wire, path, answer);
  insistOnContent(wire.method, path, answer);
}

/** No callback is accepted that Twilio did not sign, and no server route without a signature. */
function insistOnSignature(wire: Exchange["wire"], path: string, { status, body }: Answer): void {
  if (/^\/v1\/(?:deliveries|calls)\//.test(path) && status < 300)
    assert.ok(wire.isSignedByTwilio, "taken, and not signed by Twilio");
  const isThere = status !== 403 && !body.includes('"route-not-found"');
  if (path.startsWith("/v1/server/") && isThere)
    assert.ok(wire.isSignedByBackEnd, "there, and not signed by a back end");
}

function insistOnContent(method: string, path: string, answer: Answer): void {
  const { status, headers, body } = answer;
  const isTwilios = path.startsWith("/v2/") && headers.get("content-type") === "application/json";
  if (status >= 400 && isTwilios) insistOnTwilioError(answer);
  else if (status >= 400) insistOnProblem(answer);
  // Preflights are between browsers and us, and not described.
  if (method === "OPTIONS" && status === 403) return;
  if (/^\/(?:v1|\.well-known)\//.test(path) && !/^\/v1\/(?:deliveries|calls)\//.test(path))
    insistOnDescribed({
      method,
      path,
      status,
      mediaType: headers.get("content-type"),
      body,
    });
}

const TWILIO_ERROR = v.strictObject({
  code: v.pipe(v.number(), v.minValue(20_000)),
  message: v.pipe(v.string(), v.nonEmpty()),
  more_info: v.pipe(v.string(), v.url()),
  status: v.number(),
});

/** The API of Twilio Verify refuses in Twilio's form; the gateway before it in that of RFC 9457. */
function insistOnTwilioError({ status, body }: Answer): void {
  const error = v.parse(TWILIO_ERROR, JSON.parse(body));
  assert.equal(error.status, status);
  assert.ok(error.more_info.endsWith(`/${error.code}`));
}

/** RFC 9457, out of the table, and of this very request. */
function insistOnProblem({ status, headers, body }: Answer): void {
  assert.equal(headers.get("content-type"), "application/problem+json");
  const problem = v.parse(PROBLEM_RESPONSE, JSON.parse(body));
  const row = Object.entries(PROBLEMS).find(([code]) => code === problem.code)?.[1];
  assert.deepEqual({ status: problem.status, title: problem.title }, row);
  assert.equal(problem.status, status);
  assert.ok(problem.type.endsWith(`#${problem.code}`));
  assert.equal(problem.instance, headers.get("x-amz-apigw-id"));
  const wait = problem.retryAfterSeconds;
  assert.equal(headers.get("retry-after"), wait === undefined ? undefined : String(wait));
}

/** As the gateway reads it: each part decoded by itself. */
function pathOf(target: string): string {
  const [path = ""] = target.split("?");
  const parts = path.split("/").map((part) => ({ part, decoded: decodedOf(part) }));
  // Percent-encoded bytes that are no UTF-8 are no path of any route.
  if (parts.some(({ decoded }) => decoded === undefined)) return "/v1/none";
  return parts.map(({ part, decoded = "" }) => (decoded.includes("/") ? part : decoded)).join("/");
}

function decodedOf(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

const SENDS = /^\/v1\/(?:server\/)?verifications(?:\/[^/]+\/resend)?$/;

/** A message goes to one number at most, only for a start that names it or a resend, and only where the answer says so. */
function insistOnRightfulSends({ wire, answer, sentTo }: Exchange): void {
  if (sentTo.length === 0) return;
  assert.equal(sentTo.length, 1, "one request sends one message at most");
  const path = pathOf(wire.target);
  assert.equal(wire.method, "POST");
  assert.match(path, SENDS);
  const types = wire.headers.filter(([name]) => name.toLowerCase() === "content-type");
  assert.match(types[0]?.[1] ?? "", /^ *application\/json *(?:;|$)/i);
  assert.ok(answer?.status === 201 || answer?.status === 202, `sends, and says ${answer?.status}`);
  if (path.endsWith("/resend")) return;
  const body: unknown = JSON.parse(wire.body.toString("utf8").replace(/^\ufeff/, ""));
  const { to } = v.parse(v.looseObject({ to: v.string() }), body);
  assert.equal(sentTo[0], to, "to whom the request names");
  assert.match(to, /^\+447(?:700900|[1-57-9]\d\d\d\d\d)\d{3}$/);
  assert.equal(wire.body.toString("utf8").split(to).length, 2, "and names once");
}
