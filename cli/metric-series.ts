import { PROBLEMS } from "../functions/http/problem.ts";
import { RESULTS as CHECKED, STATUSES } from "../functions/http/responses.ts";
import { COMMANDS } from "../functions/operator/operation.ts";
import { LIMITS } from "../functions/policy/limits.ts";
import { METRICS } from "../functions/runtime/metrics.ts";
import { CHANNELS, DELIVERY_REASONS } from "../functions/verification/verification.ts";
import { ROUTES } from "../infra/routes.ts";

/** A route has one name in metrics, signed or not, by GET and by HEAD. */
export const NAMED_ROUTES = [
  ...ROUTES.filter(
    ({ signed, method, path }) =>
      signed !== true && method !== "HEAD" && !path.startsWith("/v1/keyed/"),
  ),
  { method: "POST", path: "/v1/verifications/check" },
];

const TWILIO_SERVICE = "/v2/Services/{service}";

/** The results of each route beside problems. A preflight is not counted unless it is refused. */
export const RESULTS: Readonly<Record<string, readonly string[]>> = {
  "POST /v1/verifications": ["started"],
  "POST /v1/verifications/{id}/check": CHECKED,
  "POST /v1/verifications/check": CHECKED,
  [`POST ${TWILIO_SERVICE}/Verifications`]: ["started", "resent"],
  [`GET ${TWILIO_SERVICE}/Verifications/{verification}`]: STATUSES,
  [`POST ${TWILIO_SERVICE}/Verifications/{verification}`]: ["canceled"],
  [`POST ${TWILIO_SERVICE}/VerificationCheck`]: CHECKED,
  "ANY /v2/{proxy+}": [],
  "POST /v1/verifications/{id}/resend": ["resent"],
  "GET /v1/verifications/{id}": STATUSES,
  "DELETE /v1/verifications/{id}": ["canceled"],
  "GET /.well-known/jwks.json": ["keys"],
  "GET /.well-known/openid-configuration": ["configuration"],
  "GET /problems": ["problems"],
  "POST /v1/deliveries/twilio": ["noted", "known", "no-news"],
  "POST /v1/calls/twilio/{sealed}": ["spoken", "over"],
};

/** Faults, by the names in logs and metrics. */
export const FAULTS: readonly string[] = [
  "approval-not-counted",
  "challenge-unreachable",
  "key-send-not-given-back",
  "claim-not-released",
  "unverified-not-released",
  "delivery-failed",
  "delivery-not-noted",
  "line-not-translated",
  "message-refused",
  "message-too-late",
  "message-unanswered",
  "request-failed",
  "spend-not-given-back",
  "turn-not-returned",
  ...COMMANDS.map(({ name }) => `operation ${name}`),
  ...["create", "list", "rotate", "revoke"].map((name) => `operation keys-${name}`),
];

/** delivered, undelivered */
const FINAL_DELIVERIES = 2;

const VALUES: Readonly<Record<string, number>> = {
  route: NAMED_ROUTES.length,
  /** The three channels of one country, in the currency of one account. Each further country adds as many. */
  "currency country channel": CHANNELS.length,
  /** 2xx, 4xx and 5xx: nothing is redirected. */
  statusClass: 3,
  problem: Object.keys(PROBLEMS).length,
  "route result": NAMED_ROUTES.reduce(
    (sum, { method, path }) => sum + (RESULTS[`${method} ${path}`]?.length ?? 0),
    0,
  ),
  what: FAULTS.length,
  /** malformed, unknown, revoked, expired, network, right, spent */
  keyOutcome: 7,
  /** The home country of the stage. Each further country adds as many again. */
  country: 1,
  "country channel": CHANNELS.length,
  /** A stage without other apps names none. With others each of its apps adds as many. */
  app: 0,
  /** All together. */
  "": 1,
  delivery: FINAL_DELIVERIES,
  "country channel delivery": CHANNELS.length * FINAL_DELIVERIES,
  reason: DELIVERY_REASONS.length,
  limitedScope: Object.keys(LIMITS.unverifiedSends).length,
  watchedScope: Object.keys(LIMITS.unverifiedSends).length,
};

/** The most series that the functions can write. CloudWatch charges for each. Throws for a metric with an unknown dimension. */
export function metricSeries(): number {
  const sets: readonly (readonly string[])[] = Object.values(METRICS).flatMap(
    ({ by }): readonly (readonly string[])[] => by,
  );
  return sets.reduce((sum, set) => sum + valuesOf(set.join(" ")), 0);
}

function valuesOf(set: string): number {
  const count = VALUES[set];
  if (count === undefined) throw new Error(`the number of values of "${set}" is unknown`);
  return count;
}
