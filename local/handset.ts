import { setTimeout as delay } from "node:timers/promises";
import type { Arrival } from "./twilio/handlers.ts";

/** The phones of everybody: what arrives at any number. Kept in memory. */
export type Handset = {
  readonly deliver: (arrival: Arrival) => void;
  /** Oldest first. */
  readonly messages: () => readonly Arrival[];
  /** The oldest message of a number that no call has answered yet, or else the next one. Throws when none comes. */
  readonly waitFor: (number: string) => Promise<Arrival>;
  /** Calls back with each new message until told to stop. */
  readonly subscribe: (onArrival: (arrival: Arrival) => void) => () => void;
};

/** A message arrives within milliseconds; one that is not there by now was not sent. */
const LONGEST_WAIT_MILLISECONDS = 5_000;

export function createHandset(): Handset {
  const arrivals: Arrival[] = [];
  const taken = new Set<string>();
  const listeners = new Set<(arrival: Arrival) => void>();

  const subscribe: Handset["subscribe"] = (onArrival) => {
    listeners.add(onArrival);
    return () => listeners.delete(onArrival);
  };

  const take = (number: string): Arrival | undefined => {
    const found = arrivals.find(({ sid, to }) => to === number && !taken.has(sid));
    if (found !== undefined) taken.add(found.sid);
    return found;
  };

  return {
    deliver: (arrival) => {
      arrivals.push(arrival);
      for (const listener of listeners) listener(arrival);
    },
    messages: () => [...arrivals],
    waitFor: (number) => nextOf(() => take(number), subscribe),
    subscribe,
  };
}

async function nextOf(
  take: () => Arrival | undefined,
  subscribe: Handset["subscribe"],
): Promise<Arrival> {
  const already = take();
  if (already !== undefined) return already;
  const { promise, resolve } = Promise.withResolvers<Arrival>();
  const unsubscribe = subscribe(() => {
    const found = take();
    if (found === undefined) return;
    // At once, so that what arrives next is left for whoever waits next.
    unsubscribe();
    resolve(found);
  });
  const waited = new AbortController();
  try {
    return await Promise.race([promise, tooLong(waited.signal)]);
  } finally {
    unsubscribe();
    waited.abort();
  }
}

async function tooLong(signal: AbortSignal): Promise<never> {
  await delay(LONGEST_WAIT_MILLISECONDS, undefined, { signal });
  throw new Error(`no message came within ${LONGEST_WAIT_MILLISECONDS / 1_000} s`);
}
