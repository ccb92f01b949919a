import { PROBLEMS } from "../../functions/http/problem.ts";
import { METRICS } from "../../functions/metrics.ts";
import { CHANNELS } from "../../functions/verification/verification.ts";
import { ROUTES } from "../routes.ts";

const STATUSES = ["pending", "approved", "expired", "exhausted", "canceled"];

/** What can come of each route beside a problem. Preflights have one result each. */
export const RESULTS: Readonly<Record<string, readonly string[]>> = {
  "POST /v1/verifications": ["started"],
  "POST /v1/verifications/{id}/check": [
    "approved",
    "incorrect",
    "code-expired",
    "used",
    "expired",
    "exhausted",
    "canceled",
  ],
  "POST /v1/verifications/{id}/resend": ["resent"],
  "GET /v1/verifications/{id}": STATUSES,
  "DELETE /v1/verifications/{id}": ["canceled"],
  "GET /.well-known/jwks.json": ["keys"],
  "POST /v1/deliveries/twilio": ["noted", "known", "no-news"],
  "POST /v1/calls/twilio/{sealed}": ["spoken", "over"],
};

const COMMANDS = ["who", "block", "unblock", "unlock", "pause", "resume", "erase"];

/** What can go wrong, by the names that the functions give it. */
export const FAULTS: readonly string[] = [
  "approval-not-booked",
  "claim-not-released",
  "debt-not-repaid",
  "delivery-failed",
  "delivery-not-noted",
  "message-refused",
  "message-unanswered",
  "request-failed",
  ...COMMANDS.map((command) => `operation ${command}`),
];

/** How many values there are of what a metric is told apart by. */
const VALUES: Readonly<Record<string, number>> = {
  route: ROUTES.length,
  /** The three channels of one country, in the currency of one account. Each other country that a stage opens adds as many. */
  "currency country channel": CHANNELS.length,
  /** 2xx, 4xx and 5xx: nothing is redirected. */
  statusClass: 3,
  problem: Object.keys(PROBLEMS).length,
  "route result": ROUTES.reduce(
    (sum, { method, path }) => sum + (RESULTS[`${method} ${path}`]?.length ?? 1),
    0,
  ),
  what: FAULTS.length,
};

/** How many series the functions can write at most. CloudWatch takes money for each. Throws where a metric goes by what is not counted here. */
export function metricSeries(): number {
  const sets: readonly (readonly string[])[] = Object.values(METRICS).flatMap(
    ({ by }): readonly (readonly string[])[] => by,
  );
  return sets.reduce((sum, set) => sum + valuesOf(set.join(" ")), 0);
}

function valuesOf(set: string): number {
  const count = VALUES[set];
  if (count === undefined) throw new Error(`nobody knows how many values "${set}" has`);
  return count;
}
