/** What is to happen, in the order of its moments. */
export type Agenda = {
  /** The moment of what happens now. */
  readonly now: () => number;
  readonly at: (moment: number, act: () => Promise<void>) => void;
  /** Everything, one after the other, with whatever it puts on the agenda in turn. */
  readonly run: () => Promise<void>;
};

type Entry = { readonly moment: number; readonly order: number; readonly act: () => Promise<void> };

export function agendaFrom(beginning: number): Agenda {
  const heap: Entry[] = [];
  let now = beginning;
  let entries = 0;
  return {
    now: () => now,
    at(moment, act) {
      push(heap, { moment: Math.max(Math.round(moment), now), order: entries, act });
      entries += 1;
    },
    async run() {
      for (let next = pop(heap); next !== undefined; next = pop(heap)) {
        now = next.moment;
        await next.act();
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
