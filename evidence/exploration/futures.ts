/** What a step touches, and whether it writes there. */
export type Touch = { readonly item: number; readonly isWrite: boolean };

type Step = Touch & { readonly to: { readonly number: number } };

type Reach = { readonly reads: ReadonlySet<number>; readonly writes: ReadonlySet<number> };

/**
 * The items that an actor can still touch from each of its places on, as far as is known. Nothing is known at first: an exploration begins as if
 * no actors met, records each step, and is repeated with that knowledge until it learns nothing new. Then everything is known. Proof: suppose some
 * schedule has an actor touch an item unexpectedly, and take a shortest one. The steps that were taken early, since no conflict with them was
 * known, commute with all steps before that surprise; moved to the front they give a schedule that was explored, and it contains the surprise.
 */
export class Futures {
  readonly #steps = new Map<number, Map<string, Step>>();
  #reaches = new Map<number, Reach>();
  #size = 0;
  #learnedSize = 0;

  note(from: { readonly number: number }, step: Step): void {
    const steps = this.#steps.get(from.number) ?? new Map<string, Step>();
    const key = `${step.item} ${step.isWrite} ${step.to.number}`;
    if (!steps.has(key)) this.#size += 1;
    steps.set(key, step);
    this.#steps.set(from.number, steps);
  }

  /** Whether an actor at this place can still touch the same, one of the two to write. */
  mayMeet(place: number, { item, isWrite }: Touch): boolean {
    const reach = this.#reaches.get(place);
    if (reach === undefined || item < 0) return false;
    return reach.writes.has(item) || (isWrite && reach.reads.has(item));
  }

  /** Adds the notes. Returns whether any of them is new. */
  learn(): boolean {
    if (this.#size === this.#learnedSize) return false;
    this.#learnedSize = this.#size;
    const reaches = new Map<number, Reach>();
    for (const place of this.#steps.keys()) this.#reachOf(place, reaches);
    this.#reaches = reaches;
    return true;
  }

  /** Learns of one place, when what follows it has been seen. */
  learnOf(place: number): void {
    this.#reaches.delete(place);
    this.#reachOf(place, this.#reaches);
  }

  /** Places follow each other without a circle: each has one answer more in its history. */
  #reachOf(place: number, known: Map<number, Reach>): Reach {
    const before = known.get(place);
    if (before !== undefined) return before;
    const reads = new Set<number>();
    const writes = new Set<number>();
    for (const { item, isWrite, to } of this.#steps.get(place)?.values() ?? []) {
      (isWrite ? writes : reads).add(item);
      const further = this.#reachOf(to.number, known);
      for (const each of further.reads) reads.add(each);
      for (const each of further.writes) writes.add(each);
    }
    const reach = { reads, writes };
    known.set(place, reach);
    return reach;
  }
}
