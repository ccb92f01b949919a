import type { Deps } from "./deps.ts";
import type { Aborted, Problem } from "./outcomes.ts";
import { isOpen, NO_ANSWER, type Outcome, problemOf } from "./problem.ts";
import {
  CLOCK_NOISE_MILLISECONDS,
  FIRST_BACKOFF_MILLISECONDS,
  LONGEST_BACKOFF_MILLISECONDS,
  LONGEST_SILENT_WAIT_SECONDS,
} from "./timing.ts";

export type Request<Body> = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object | undefined;
  /** The Idempotency-Key: the same over every time that this request is sent. */
  readonly key?: string | undefined;
  /** Whether a success has the documented form. Anything else comes from something between the service and the client. */
  readonly isAnswer?: ((body: Body) => boolean) | undefined;
};

type Granted<Body> = {
  readonly kind: "done";
  /** The body as in the API; a 204 has none. */
  readonly body: Body;
  readonly aheadMilliseconds: number;
};

export type Exchanged<Body> = Granted<Body> | Problem | Aborted;

/** For a caller that gives no signal. */
export const NEVER = new AbortController().signal;

export const ABORTED: Aborted = { kind: "aborted" };

/**
 * Sends a request until it has a final answer: again after no answer, a fault of the service, or a short wait. Each repetition has the same key, so nothing is done twice. Never throws.
 */
export async function exchange<Body>(
  deps: Deps,
  request: Request<Body>,
  signal: AbortSignal,
): Promise<Exchanged<Body>> {
  const endsAt = deps.clock() + deps.patienceSeconds * 1_000;
  let backoff = FIRST_BACKOFF_MILLISECONDS;
  while (!signal.aborted) {
    const outcome = await sendOnce<Body>(deps, request, signal);
    if (!isOpen(outcome)) return outcome;
    const { retryAfterSeconds = 0 }: Outcome = outcome;
    const [chance = 0] = deps.randomBytes(1);
    // Adds up to half of it at random, so that many clients do not return at once. The wait that the service asks for is the minimum.
    const wait = Math.max(retryAfterSeconds * 1_000, backoff) * (1 + chance / 512);
    const isTooLong = retryAfterSeconds > LONGEST_SILENT_WAIT_SECONDS;
    if (isTooLong || deps.clock() + wait >= endsAt) return signal.aborted ? ABORTED : outcome;
    await deps.sleep(wait, signal);
    backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MILLISECONDS);
  }
  return ABORTED;
}

async function sendOnce<Body>(
  deps: Deps,
  { method, path, body, key, isAnswer }: Request<Body>,
  signal: AbortSignal,
): Promise<Granted<Body> | Problem> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort();
  const timer = setTimeout(stop, deps.timeoutSeconds * 1_000);
  signal.addEventListener("abort", stop);
  try {
    const answer = await deps.fetch(`${deps.baseUrl}/v1/verifications${path}`, {
      method,
      headers: {
        ...(body && { "Content-Type": "application/json" }),
        ...(key && { "Idempotency-Key": key }),
      },
      // Nothing for no body.
      body: JSON.stringify(body),
      credentials: "omit",
      // The API never redirects. A captive portal does, and would receive the code.
      redirect: "error",
      signal: attempt.signal,
    });
    const text = await answer.text();
    const json = JSON.parse(text || "{}");
    if (!answer.ok) return problemOf(answer, json);
    return isAnswer?.(json) !== false
      ? { kind: "done", body: json, aheadMilliseconds: aheadOf(answer, deps) }
      : NO_ANSWER;
  } catch {
    return NO_ANSWER;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function aheadOf({ headers }: Response, { clock }: Deps): number {
  const ahead = Date.parse(`${headers.get("date")}`) - clock();
  return Math.abs(ahead) > CLOCK_NOISE_MILLISECONDS ? ahead : 0;
}
