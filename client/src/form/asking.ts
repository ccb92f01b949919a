import type { Aborted } from "../outcomes.ts";

/** The browser's view of the network. It is wrong behind VPNs and virtual adapters, so it prevents no request. MDN, `Navigator.onLine`. */
export type Network = {
  readonly isOnline: () => boolean;
  /** Settles when it may be back, or when the signal ends the wait. */
  readonly back: (signal: AbortSignal) => Promise<void>;
};

/** The text that is shown while an answer is awaited. */
export type Waiting = {
  readonly slow: () => void;
  readonly offline: (isOffline: boolean) => void;
};

/** After this time the form shows that the answer is late. */
const SLOW_MILLISECONDS = 4_000;

/** With a network an answer arrives within this time. */
const DOUBT_MILLISECONDS = 1_000;

/** After this time a request is sent although the browser reports no network. */
const DOUBTED_AFTER_MILLISECONDS = 10_000;

type Answer = { readonly kind: string; readonly code?: string };

/**
 * Sends a request. Without network the request is repeated when the network may be back; the client makes both the same request. `undefined` if the end user left the step.
 */
export async function askPatiently<Outcome extends Answer>(
  ask: (signal: AbortSignal) => Promise<Outcome | Aborted>,
  network: Network,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const timers = [
    setTimeout(waiting.slow, SLOW_MILLISECONDS),
    setTimeout(() => waiting.offline(!network.isOnline()), DOUBT_MILLISECONDS),
  ];
  const stop = (): void => timers.forEach(clearTimeout);
  // The end user has left the step.
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const outcome = await ask(signal);
      if (signal.aborted || isAborted(outcome)) return undefined;
      if (outcome.code !== "no-answer" || network.isOnline()) return outcome;
      waiting.offline(true);
      await network.back(signal);
    }
  } finally {
    stop();
  }
}

function isAborted(outcome: Answer | Aborted): outcome is Aborted {
  return outcome.kind === "aborted";
}

let isHinted = false;

/** `fetch`; at the first request without an answer the console states where to look, since a browser does not report to a script that its origin was refused. */
export const hintingFetch: typeof fetch = (...request) =>
  fetch(...request).catch((fault: unknown) => {
    if (isHinted || request[1]?.signal?.aborted) throw fault;
    // biome-ignore lint/suspicious/noConsole: the developer of the page looks there, and the library has no other channel to them
    console.warn(`Latchkey: no answer. Is ${origin} in allowedOrigins?`);
    isHinted = true;
    throw fault;
  });

/** The network as the browser sees it. */
export const BROWSER_NETWORK: Network = {
  isOnline: () => navigator.onLine,
  back: (signal) =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, DOUBTED_AFTER_MILLISECONDS);
      addEventListener("online", end, { once: true, signal });
      signal.addEventListener("abort", end, { once: true });
    }),
};
