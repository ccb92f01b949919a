import type { Aborted, Problem } from "./outcomes.ts";
import { isOpen, NO_ANSWER, problemOf } from "./problem.ts";
import {
  CLOCK_NOISE_MILLISECONDS,
  FIRST_BACKOFF_MILLISECONDS,
  LONGEST_BACKOFF_MILLISECONDS,
  LONGEST_SILENT_WAIT_SECONDS,
} from "./timing.ts";
import type { World } from "./world.ts";

export type Request<Body> = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object | undefined;
  /** The Idempotency-Key: the same over every time that this request is sent. */
  readonly key?: string | undefined;
  /** Whether a success is the documented answer, where it has one; anything else comes from something between the service and us. */
  readonly isAnswer?: ((body: Body) => boolean) | undefined;
};

type Granted<Body> = {
  readonly kind: "granted";
  /** As the API has it; of a 204 there is none. */
  readonly body: Body;
  readonly aheadMilliseconds: number;
};

export type Exchanged<Body> = Granted<Body> | Problem | Aborted;

/** For a caller that gives no signal. */
export const NEVER = new AbortController().signal;

export const ABORTED: Aborted = { kind: "aborted" };

/**
 * Sends a request until it is answered for good: again after no answer, a fault of the service, or a wait of moments. Nothing is done twice,
 * since every time carries the same key. Never throws.
 */
export async function exchange<Body>(
  world: World,
  request: Request<Body>,
  signal: AbortSignal,
): Promise<Exchanged<Body>> {
  const endsAt = world.clock() + world.patienceSeconds * 1_000;
  let backoff = FIRST_BACKOFF_MILLISECONDS;
  while (!signal.aborted) {
    const outcome = await sendOnce<Body>(world, request, signal);
    if (outcome.kind === "granted" || !isOpen(outcome)) return outcome;
    const { retryAfterSeconds = 0 } = outcome;
    const [chance = 0] = world.randomBytes(1);
    // Up to half of it by chance, so that many clients do not come back as one. What the service asks for is the least.
    const wait = Math.max(retryAfterSeconds * 1_000, backoff) * (1 + chance / 512);
    const isTooLong = retryAfterSeconds > LONGEST_SILENT_WAIT_SECONDS;
    if (isTooLong || world.clock() + wait >= endsAt) return signal.aborted ? ABORTED : outcome;
    await world.sleep(wait, signal);
    backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MILLISECONDS);
  }
  return ABORTED;
}

async function sendOnce<Body>(
  world: World,
  { method, path, body, key, isAnswer }: Request<Body>,
  signal: AbortSignal,
): Promise<Granted<Body> | Problem> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort();
  const timer = setTimeout(stop, world.timeoutSeconds * 1_000);
  signal.addEventListener("abort", stop);
  try {
    const answer = await world.fetch(`${world.baseUrl}/v1/verifications${path}`, {
      method,
      headers: {
        ...(body && { "Content-Type": "application/json" }),
        ...(key && { "Idempotency-Key": key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      credentials: "omit",
      // The API never redirects. The gate of a hotel's network does, and would be handed the code.
      redirect: "error",
      signal: attempt.signal,
    });
    const text = await answer.text();
    const json = JSON.parse(text || "{}");
    if (!answer.ok) return problemOf(answer, json);
    return isAnswer?.(json) !== false
      ? { kind: "granted", body: json, aheadMilliseconds: aheadOf(answer, world) }
      : NO_ANSWER;
  } catch {
    return NO_ANSWER;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function aheadOf({ headers }: Response, { clock }: World): number {
  const ahead = Date.parse(headers.get("date") ?? "") - clock();
  return Math.abs(ahead) > CLOCK_NOISE_MILLISECONDS ? ahead : 0;
}
