/** One use of a proof, for the store that records it. */
export type ProofUse = {
  /** The `jti` of the proof: 43 characters at most, without meaning. */
  readonly id: string;
  /** After this the verifier refuses the proof by its age, and the store may delete it. */
  readonly forgetAt: Date;
};

/** Records a use. Returns true for the first use of an id, and false for each later one; of several at once, exactly one is the first. */
export type ReplayStore = (use: ProofUse) => boolean | Promise<boolean>;

/** Uses in the memory of one process. With several processes or Lambda containers, take a store that they share. */
export function memoryReplayStore(clock: () => number = Date.now): ReplayStore {
  const used = new Map<string, number>();
  return ({ id, forgetAt }) => {
    // Insertion order is nearly the order of expiry, so this stops early.
    for (const [known, until] of used) {
      if (until > clock()) break;
      used.delete(known);
    }
    if (used.has(id)) return false;
    used.set(id, forgetAt.getTime());
    return true;
  };
}
