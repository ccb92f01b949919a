import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import type { Journal } from "./persistence/journal.ts";
import type { Delivery } from "./twilio/handlers.ts";

/** A text that has reached its phone. */
export type Arrival = Delivery & { readonly at: Date };

/** The phones of everybody: what arrives at any number. */
export type Handset = {
  /** Brings a text to its phone: at once, or as slowly as the network pretends to be. */
  readonly deliver: (delivery: Delivery) => void;
  /** Oldest first. */
  readonly messages: () => readonly Arrival[];
  /** The oldest message of a number that no call has answered yet, or else the next one. Throws when none comes. */
  readonly waitFor: (number: string) => Promise<Arrival>;
  /** Calls back with each new message until told to stop. */
  readonly subscribe: (onArrival: (arrival: Arrival) => void) => () => void;
  readonly slowness: () => number;
  /** How long every text takes from now on, in seconds. */
  readonly setSlowness: (seconds: number) => void;
};

/** A message arrives within milliseconds; one that is not there by now was not sent. */
const LONGEST_WAIT_MILLISECONDS = 5_000;

const RECORD = v.object({
  sid: v.string(),
  to: v.string(),
  text: v.string(),
  at: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => new Date(text)),
  ),
});

/** Phones that already have what the journal tells. What was on its way to them when it ended arrives when it was to arrive. */
export function createHandset(journal: Journal): Handset {
  const arrivals: Arrival[] = [];
  const taken = new Set<string>();
  const listeners = new Set<(arrival: Arrival) => void>();
  let slownessSeconds = 0;

  const arrive = (arrival: Arrival): void => {
    arrivals.push(arrival);
    for (const listener of listeners) listener(arrival);
  };

  const arriveInTime = (arrival: Arrival): void => {
    const wait = arrival.at.getTime() - Date.now();
    if (wait <= 0) arrive(arrival);
    else setTimeout(() => arrive(arrival), wait).unref();
  };

  const subscribe: Handset["subscribe"] = (onArrival) => {
    listeners.add(onArrival);
    return () => listeners.delete(onArrival);
  };

  const take = (number: string): Arrival | undefined => {
    const found = arrivals.find(({ sid, to }) => to === number && !taken.has(sid));
    if (found !== undefined) taken.add(found.sid);
    return found;
  };

  for (const record of journal.records) arriveInTime(v.parse(RECORD, record));

  return {
    deliver: (delivery) => {
      const arrival = { ...delivery, at: new Date(Date.now() + slownessSeconds * 1_000) };
      journal.append(arrival);
      arriveInTime(arrival);
    },
    messages: () => [...arrivals],
    waitFor: (number) => nextOf(() => take(number), subscribe),
    subscribe,
    slowness: () => slownessSeconds,
    setSlowness: (seconds) => {
      slownessSeconds = seconds;
    },
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
