import { setImmediate } from "node:timers/promises";

/** The planned events, in the order of their moments. */
export type Agenda = {
  /** The moment of what happens now. */
  readonly now: () => number;
  readonly at: (moment: number, act: () => Promise<void>) => void;
  /** What waits so long lets everything else go on. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Everything in order, with whatever it puts on the agenda in turn. */
  readonly run: () => Promise<void>;
};

type Entry = { readonly moment: number; readonly act: () => Promise<void> };

export function agendaFrom(beginning: number): Agenda {
  const queue: Entry[] = [];
  let now = beginning;
  let waiting = 0;
  let fallsAsleep = Promise.withResolvers<void>();
  function at(moment: number, act: Entry["act"]): void {
    put(queue, { moment: Math.max(Math.round(moment), now), act });
  }
  return {
    now: () => now,
    at,
    wait(milliseconds) {
      waiting += 1;
      fallsAsleep.resolve();
      return new Promise((resolve) => {
        at(now + milliseconds, async () => {
          waiting -= 1;
          resolve();
        });
      });
    },
    async run() {
      const faults: unknown[] = [];
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        now = next.moment;
        fallsAsleep = Promise.withResolvers();
        const isAlone = waiting === 0;
        const acting = next.act().catch((fault: unknown) => faults.push(fault));
        // Nothing here waits for I/O: a task that has not ended within a turn of the event loop waits on this agenda.
        await (isAlone ? Promise.race([acting, fallsAsleep.promise]) : setImmediate());
        if (faults.length > 0) throw faults[0];
      }
    },
  };
}

/** The queue is descending: the next entry is its last. What was put on first happens first, of what happens at one moment. */
function put(queue: Entry[], entry: Entry): void {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((queue[middle]?.moment ?? 0) > entry.moment) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, entry);
}
