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

type Entry = { readonly moment: number; readonly order: number; readonly act: () => Promise<void> };

export function agendaFrom(beginning: number): Agenda {
  const heap: Entry[] = [];
  let now = beginning;
  let entries = 0;
  let waiting = 0;
  let fallsAsleep = Promise.withResolvers<void>();
  function at(moment: number, act: Entry["act"]): void {
    push(heap, { moment: Math.max(Math.round(moment), now), order: entries, act });
    entries += 1;
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
      for (let next = pop(heap); next !== undefined; next = pop(heap)) {
        now = next.moment;
        fallsAsleep = Promise.withResolvers();
        const isAlone = waiting === 0;
        const acting = next.act().catch((fault: unknown) => faults.push(fault));
        // Nothing here waits for the world: what has not ended within a turn of the event loop waits on this agenda.
        await (isAlone ? Promise.race([acting, fallsAsleep.promise]) : setImmediate());
        if (faults.length > 0) throw faults[0];
      }
    },
  };
}

/** What was put on first happens first, of what happens at one moment. */
function isBefore(one: Entry, other: Entry): boolean {
  return one.moment === other.moment ? one.order < other.order : one.moment < other.moment;
}

function push(heap: Entry[], entry: Entry): void {
  let place = heap.length;
  for (;;) {
    const parent = heap[(place - 1) >> 1];
    if (place === 0 || parent === undefined || !isBefore(entry, parent)) break;
    heap[place] = parent;
    place = (place - 1) >> 1;
  }
  heap[place] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  sink(heap, last);
  return first;
}

function sink(heap: Entry[], entry: Entry): void {
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    const [one, other] = [heap[left], heap[left + 1]];
    const isLeft = one !== undefined && (other === undefined || isBefore(one, other));
    const child = isLeft ? one : other;
    if (child === undefined || !isBefore(child, entry)) break;
    heap[place] = child;
    place = isLeft ? left : left + 1;
  }
  heap[place] = entry;
}
