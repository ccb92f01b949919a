import type { Verification } from "./api.ts";
import { type Deps, newKey } from "./deps.ts";
import { type Exchanged, exchange, type Request } from "./exchange.ts";
import type { Session, SessionState } from "./outcomes.ts";
import { isOpen } from "./problem.ts";

export type SessionDeps = Deps & { readonly onChange: (session: Session) => void };

/** The state of a session, and the requests that change it. */
export type Memory = {
  readonly state: () => SessionState;
  readonly waits: Session["waits"];
  /** Sends a request of this verification. A named request has a key, which stays until the request is done or finally refused. */
  readonly ask: <Body>(
    request: Request<Body>,
    signal: AbortSignal,
    name?: string,
  ) => Promise<Exchanged<Body>>;
  /** Stores a response of this verification, and ends the request of this name. */
  readonly see: (verification: Verification, name?: string) => Verification;
};

export function createMemory(
  deps: SessionDeps,
  kept: SessionState,
  session: () => Session,
): Memory {
  let state = kept;
  const set = (change: Partial<SessionState>): void => {
    state = { ...state, ...change };
    deps.onChange(session());
  };
  const keysWithout = (name = ""): SessionState["keys"] => {
    const { [name]: _, ...keys } = state.keys;
    return keys;
  };
  const secondsUntil = (time: string): number => {
    const now = deps.clock() + state.aheadMilliseconds;
    return Math.max(0, Math.ceil((Date.parse(time) - now) / 1_000));
  };
  return {
    state: () => state,
    waits: () => ({
      resendSeconds: secondsUntil(state.verification.resendAt),
      expirySeconds: secondsUntil(state.verification.expiresAt),
    }),
    ask: async <Body>({ path, ...request }: Request<Body>, signal: AbortSignal, name?: string) => {
      const key = name && (state.keys[name] ?? newKey(deps));
      if (name && key) set({ keys: { ...state.keys, [name]: key } });
      const whole = { ...request, path: `/${state.verification.id}${path}`, key };
      const outcome = await exchange<Body>(deps, whole, signal);
      if (outcome.kind === "problem" && !isOpen(outcome)) set({ keys: keysWithout(name) });
      return outcome;
    },
    see: (verification, name) => {
      set({ verification, keys: keysWithout(name) });
      return verification;
    },
  };
}
