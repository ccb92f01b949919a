import type { Aborted } from "../outcomes.ts";

/** Whether there is a network, and when it is back. */
export type Network = {
  readonly isOnline: () => boolean;
  /** Settles when it is back, or when the signal ends the wait. */
  readonly back: (signal: AbortSignal) => Promise<void>;
};

/** What there is to tell while an answer is awaited. */
export type Waiting = {
  readonly slow: () => void;
  readonly offline: (isOffline: boolean) => void;
};

/** When people begin to wonder. */
const SLOW_MILLISECONDS = 4_000;

type Answer = { readonly kind: string; readonly code?: string };

/**
 * Asks; where there is no network, once it is back. What got no answer because the network went away is asked again, which the client makes
 * the same request. `undefined` where the person has turned to something else meanwhile.
 */
export async function askPatiently<Outcome extends Answer>(
  ask: (signal: AbortSignal) => Promise<Outcome | Aborted>,
  network: Network,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const timer = setTimeout(waiting.slow, SLOW_MILLISECONDS);
  // Whoever has turned away is told nothing more.
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  try {
    for (;;) {
      await untilOnline(network, waiting, signal);
      if (signal.aborted) return undefined;
      const outcome = await ask(signal);
      if (signal.aborted || isAborted(outcome)) return undefined;
      if (outcome.code !== "no-answer" || network.isOnline()) return outcome;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function untilOnline(network: Network, waiting: Waiting, signal: AbortSignal): Promise<void> {
  if (network.isOnline()) return;
  waiting.offline(true);
  await network.back(signal);
  if (!signal.aborted) waiting.offline(false);
}

function isAborted(outcome: Answer | Aborted): outcome is Aborted {
  return outcome.kind === "aborted";
}

/** The network as the browser sees it. */
export const BROWSER_NETWORK: Network = {
  isOnline: () => navigator.onLine,
  back: (signal) =>
    new Promise((resolve) => {
      addEventListener("online", () => resolve(), { once: true, signal });
      signal.addEventListener("abort", () => resolve(), { once: true });
    }),
};
