import type { Aborted, Problem } from "./outcomes.ts";
import { isOpen, NO_ANSWER, problemOf } from "./problem.ts";
import type { World } from "./world.ts";

export type Request = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object | undefined;
  /** The Idempotency-Key: the same over every time that this request is sent. */
  readonly key?: string | undefined;
};

type Granted<Body> = {
  readonly kind: "granted";
  /** As the API has it; of a 204 there is none. */
  readonly body: Body;
  readonly clockAheadMilliseconds: number;
};

export type Exchanged<Body> = Granted<Body> | Problem | Aborted;

export const ABORTED: Aborted = { kind: "aborted" };

/** Waits that the client sits out itself. A longer one is for the person to know of. */
const LONGEST_SILENT_WAIT_SECONDS = 3;

const FIRST_BACKOFF_MILLISECONDS = 400;
const LONGEST_BACKOFF_MILLISECONDS = 5_000;

/**
 * Sends a request until it is answered for good: again after no answer, a fault of the service, or a wait of moments. Nothing is done twice,
 * since every time carries the same key. Never throws.
 */
export async function exchange<Body>(
  world: World,
  request: Request,
  signal: AbortSignal,
): Promise<Exchanged<Body>> {
  const endsAt = world.clock() + world.patienceSeconds * 1_000;
  let backoff = FIRST_BACKOFF_MILLISECONDS;
  while (!signal.aborted) {
    const outcome = await sendOnce<Body>(world, request, signal);
    if (outcome.kind === "granted" || !isOpen(outcome)) return outcome;
    const wait = waitOf(outcome, backoff, world);
    if (wait === undefined || world.clock() + wait >= endsAt)
      return signal.aborted ? ABORTED : outcome;
    await world.sleep(wait, signal);
    backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MILLISECONDS);
  }
  return ABORTED;
}

/** Up to half of it by chance, so that many clients do not come back as one. What the service asks for is the least. */
function waitOf(
  { retryAfterSeconds = 0 }: Problem,
  backoff: number,
  { randomBytes }: World,
): number | undefined {
  if (retryAfterSeconds > LONGEST_SILENT_WAIT_SECONDS) return undefined;
  const [chance = 0] = randomBytes(1);
  return Math.max(retryAfterSeconds * 1_000, backoff) * (1 + chance / 512);
}

async function sendOnce<Body>(
  world: World,
  { method, path, body, key }: Request,
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
    return answer.ok
      ? { kind: "granted", body: json, clockAheadMilliseconds: aheadOf(answer, world) }
      : problemOf(answer, json);
  } catch {
    return NO_ANSWER;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** The header tells whole seconds, and travels: less than this says nothing about a clock. */
const CLOCK_NOISE_MILLISECONDS = 5_000;

function aheadOf({ headers }: Response, { clock }: World): number {
  const ahead = Date.parse(headers.get("date") ?? "") - clock();
  return Math.abs(ahead) > CLOCK_NOISE_MILLISECONDS ? ahead : 0;
}
