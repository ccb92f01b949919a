/** Each request and its outcome, as the caller saw it. The promises are compared with these at the end. */
export type Deeds = {
  started: number;
  approved: number;
  canceled: number;
  /** Nothing came in time, or a limit refused the start. */
  withoutCode: number;
  repeated: number;
  withTicket: number;
  /** A right code, typed in time, that did not lead to a proof. */
  readonly lostApprovals: string[];
  /** A request that was repeated with its key, and got another answer. */
  readonly unlikeRepeats: string[];
  /** How many guesses each verification counted. */
  readonly guesses: Map<string, number>;
  /** Starts and resends that were told that nothing was sent. */
  readonly unsent: { readonly to: string; readonly from: number; readonly until: number }[];
  /** Of the hostile requests, how many each kind made. */
  readonly hostile: Map<string, number>;
  /** What hostile requests got that they must not get. */
  readonly surrenders: string[];
  /** Requests that got no answer at all. */
  readonly unanswered: string[];
};

export function newDeeds(): Deeds {
  return {
    started: 0,
    approved: 0,
    canceled: 0,
    withoutCode: 0,
    repeated: 0,
    withTicket: 0,
    lostApprovals: [],
    unlikeRepeats: [],
    guesses: new Map(),
    unsent: [],
    hostile: new Map(),
    surrenders: [],
    unanswered: [],
  };
}

export function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
