import type { APIGatewayProxyResult } from "aws-lambda";
import type { VerificationView } from "../verification/view.ts";
import { PROBLEMS, type Problem } from "./problem.ts";
import type { VerificationBody } from "./responses.ts";

/** The outcome of a preflight that is not refused. It is not logged, since the gateway logs each request. */
export const PREFLIGHT = "preflight";

/** An answer of an endpoint. `outcome` is for the log: a fixed word, never content. */
export type Answer = {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  /** In place of `body`: markup for the provider of calls, or a page. */
  readonly xml?: string;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly outcome: string;
};

/** On every answer, errors included. A year of HSTS: RFC 6797, OWASP ASVS 5.0 §3.4.1. Nothing is cached, nothing is rendered. */
export const SAFE_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
} as const;

/** Headers that a page of another origin may read: how long to wait, and the server's time, since clocks of phones are wrong. */
export const EXPOSED_HEADERS = "Date, Retry-After";

export function response(
  answer: Answer,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  const { status, body, xml, html } = answer;
  const text = xml ?? html ?? (body && JSON.stringify(body));
  const contentType = text === undefined ? {} : { "content-type": mediaTypeOf(answer) };
  return {
    statusCode: status,
    headers: { ...contentType, ...SAFE_HEADERS, ...headers, ...answer.headers },
    body: text ?? "",
  };
}

function mediaTypeOf({ xml, html }: Answer): string {
  if (html !== undefined) return "text/html; charset=utf-8";
  return xml === undefined ? "application/json" : "text/xml; charset=utf-8";
}

type Context = { readonly docsUrl: string; readonly requestId: string };

/** A problem by RFC 9457. The standard members come last, so that no other member replaces them. */
export function problemAnswer({ code, members }: Problem, { docsUrl, requestId }: Context): Answer {
  const { status, title } = PROBLEMS[code];
  const { retryAfterSeconds } = members;
  const retryAfter =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return {
    status,
    body: { ...members, code, type: `${docsUrl}${code}`, title, status, instance: requestId },
    headers: { "content-type": "application/problem+json", ...retryAfter },
    outcome: code,
  };
}

/** A verification as the API shows it: times as RFC 3339 in UTC. */
export function verificationBody(view: VerificationView): VerificationBody {
  return {
    ...view,
    expiresAt: new Date(view.expiresAt).toISOString(),
    resendAt: new Date(view.resendAt).toISOString(),
  };
}
