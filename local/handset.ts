import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import type { Journal } from "./persistence/journal.ts";
import type { CallView, LiveCall } from "./twilio/live-call.ts";
import type { Deliver, Delivery } from "./twilio/message-handlers.ts";

/** A text that has reached its phone. */
export type Arrival = Delivery & { readonly at: Date };

/** All phones: the messages and calls of each number. */
export type Handset = {
  /** Delivers a text to its phone: at once, after this time, or with the simulated delay of the network. */
  readonly deliver: Deliver;
  /** Oldest first. */
  readonly messages: () => readonly Arrival[];
  /** The oldest message of a number that no call has answered yet, or else the next one. Throws when none comes. */
  readonly waitFor: (number: string) => Promise<Arrival>;
  /** Calls back with each new message until the returned function is called. */
  readonly subscribe: (onArrival: (arrival: Arrival) => void) => () => void;
  /** Starts a call to a phone. Calls end with this process. */
  readonly ring: (call: LiveCall) => void;
  /** Oldest first, those that are over too. */
  readonly calls: () => readonly LiveCall[];
  /** The oldest call to a number that no caller has waited for yet, or else the next one. Throws when none comes. */
  readonly waitForCall: (number: string) => Promise<LiveCall>;
  /** Calls back with every change of every call until the returned function is called. */
  readonly subscribeToCalls: (onChange: (view: CallView) => void) => () => void;
  readonly slowness: () => number;
  /** How long every text takes from now on, in seconds. */
  readonly setSlowness: (seconds: number) => void;
};

/** A message arrives within milliseconds, a call after the dialling; one that is not there by now was not sent. */
const LONGEST_WAIT_MILLISECONDS = 5_000;

const RECORD = v.object({
  sid: v.string(),
  to: v.string(),
  text: v.string(),
  // Older folders have no channel.
  channel: v.optional(v.picklist(["sms", "whatsapp"]), "sms"),
  at: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => new Date(text)),
  ),
});

/** Phones with the messages of the journal. A message that was pending when the process ended arrives at its time. */
export function createHandset(journal: Journal, secondMilliseconds = 1_000): Handset {
  const texts = createBox<Arrival>(({ sid, to }) => ({ sid, to }));
  const { rings, ...calls } = createCalls();
  let slownessSeconds = 0;

  const arriveInTime = (arrival: Arrival): void => {
    const wait = arrival.at.getTime() - Date.now();
    if (wait <= 0) texts.add(arrival);
    else setTimeout(() => texts.add(arrival), wait).unref();
  };

  for (const record of journal.records) arriveInTime(v.parse(RECORD, record));

  return {
    deliver: (delivery, afterMilliseconds = 0) => {
      const wait = slownessSeconds * secondMilliseconds + afterMilliseconds;
      const arrival = { ...delivery, at: new Date(Date.now() + wait) };
      journal.append(arrival);
      arriveInTime(arrival);
    },
    messages: texts.all,
    waitFor: texts.waitFor,
    subscribe: texts.subscribe,
    ...calls,
    waitForCall: rings.waitFor,
    slowness: () => slownessSeconds,
    setSlowness: (seconds) => {
      slownessSeconds = seconds;
    },
  };
}

function createCalls() {
  const rings = createBox<LiveCall>((call) => call.view());
  const listeners = new Set<(view: CallView) => void>();
  const tell = (view: CallView): void => {
    for (const listener of listeners) listener(view);
  };
  const ring: Handset["ring"] = (call) => {
    call.subscribe(tell);
    rings.add(call);
    tell(call.view());
  };
  const subscribeToCalls: Handset["subscribeToCalls"] = (onChange) => {
    listeners.add(onChange);
    return () => listeners.delete(onChange);
  };
  return { rings, ring, calls: rings.all, subscribeToCalls };
}

/** The arrived things in order, and the callers that wait for more. */
type Box<Thing> = {
  readonly add: (thing: Thing) => void;
  readonly all: () => readonly Thing[];
  readonly subscribe: (onThing: (thing: Thing) => void) => () => void;
  readonly waitFor: (number: string) => Promise<Thing>;
};

function createBox<Thing>(
  nameOf: (thing: Thing) => { readonly sid: string; readonly to: string },
): Box<Thing> {
  const things: Thing[] = [];
  const taken = new Set<string>();
  const listeners = new Set<(thing: Thing) => void>();
  const take = (number: string): Thing | undefined => {
    const found = things.find((thing) => {
      const { sid, to } = nameOf(thing);
      return to === number && !taken.has(sid);
    });
    if (found !== undefined) taken.add(nameOf(found).sid);
    return found;
  };
  const subscribe: Box<Thing>["subscribe"] = (onThing) => {
    listeners.add(onThing);
    return () => listeners.delete(onThing);
  };
  return {
    add: (thing) => {
      things.push(thing);
      for (const listener of listeners) listener(thing);
    },
    all: () => [...things],
    subscribe,
    waitFor: (number) => nextOf(() => take(number), subscribe),
  };
}

async function nextOf<Thing>(
  take: () => Thing | undefined,
  subscribe: Box<Thing>["subscribe"],
): Promise<Thing> {
  const already = take();
  if (already !== undefined) return already;
  const { promise, resolve } = Promise.withResolvers<Thing>();
  const unsubscribe = subscribe(() => {
    const found = take();
    if (found === undefined) return;
    // At once, so that the next message is left for the next caller.
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
  throw new Error(`nothing came within ${LONGEST_WAIT_MILLISECONDS / 1_000} s`);
}
