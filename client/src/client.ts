import { isVerification, STATE_VERSION } from "./answers.ts";
import type { StartRequest } from "./api.ts";
import { type DepsOptions, depsOf, newKey } from "./deps.ts";
import { exchange, NEVER } from "./exchange.ts";
import { createFlights } from "./flights.ts";
import type { SessionDeps } from "./memory.ts";
import type { CallOptions, Session, SessionState, StartOutcome } from "./outcomes.ts";
import { isOpen } from "./problem.ts";
import { createSession } from "./session.ts";
import { readTicket, ticketKey } from "./tickets.ts";

/** The options of a client. Only `baseUrl` is required. */
export type ClientOptions = DepsOptions & {
  /**
   * Called at each change of a session, also just before a request leaves, so that the page can store it for a reload. An error that it throws is
   * thrown by the call that changed the session.
   */
  readonly onChange?: ((session: Session) => void) | undefined;
};

/** Starts verifications and resumes kept ones. */
export type Client = {
  /** Sends a code to a number. Never throws. The same start, repeated until it has an answer, is one start. */
  readonly start: (request: StartRequest, options?: CallOptions) => Promise<StartOutcome>;
  /** The session that `JSON.stringify(session)` kept; `undefined` where there is none in it. */
  readonly resume: (kept: string | null | undefined) => Session | undefined;
};

/** A client of one deployment. Throws `TypeError` for options that cannot work, and for nothing later. */
export function createClient({ onChange = () => undefined, ...options }: ClientOptions): Client {
  const deps: SessionDeps = { ...depsOf(options), onChange };
  const flights = createFlights<StartOutcome>();
  const keys = new Map<string, string>();

  async function startOnce(
    request: StartRequest,
    name: string,
    signal: AbortSignal,
  ): Promise<StartOutcome> {
    const storedAt = ticketKey(request.to);
    const key = keys.get(name) ?? newKey(deps);
    keys.set(name, key);
    const body = { ...request, ticket: request.ticket ?? (await readTicket(deps, storedAt)) };
    const call = { method: "POST", path: "", body, key, isAnswer: isVerification } as const;
    const outcome = await exchange(deps, call, signal);
    if (outcome.kind !== "aborted" && !isOpen(outcome)) keys.delete(name);
    if (outcome.kind !== "done") return outcome;
    const session = createSession(deps, {
      version: STATE_VERSION,
      verification: outcome.body,
      aheadMilliseconds: outcome.aheadMilliseconds,
      ticketKey: storedAt,
      keys: {},
    });
    deps.onChange(session);
    return { kind: "started", session };
  }

  return {
    start: (request, { signal = NEVER } = {}) => {
      // Two starts with these fields are the same for the service; a ticket and a challenge do not matter.
      const name = JSON.stringify({ ...request, ticket: "", challenge: "" });
      return flights(name, signal, (ownSignal) => startOnce(request, name, ownSignal));
    },
    resume: (kept) => {
      const state = stateIn(kept);
      return state && createSession(deps, state);
    },
  };
}

/** The stored text may be of another version or another program. */
function stateIn(kept: string | null | undefined): SessionState | undefined {
  try {
    const state: SessionState = JSON.parse(kept ?? "");
    const { version, verification, keys, ticketKey, aheadMilliseconds } = state;
    const isOurs = version === STATE_VERSION && isVerification(verification);
    const words = Object.values(keys).concat(ticketKey, aheadMilliseconds.toFixed());
    // What a header takes; `match` throws for anything but texts.
    return isOurs && words.every((word) => word.match(/^[\w-]+$/)) ? state : undefined;
  } catch {
    return undefined;
  }
}
