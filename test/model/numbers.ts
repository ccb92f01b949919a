import { countIn, type Moment, PROMISED } from "./promised.ts";

/** A number as its owner sees it: when it was sent something, and when guesses about it failed since it was last proved. */
export type NumberHistory = {
  readonly sends: readonly Moment[];
  readonly failures: readonly Moment[];
};

export const NO_HISTORY: NumberHistory = { sends: [], failures: [] };

/** Every window that ends now has room for one more: the windows slide, so they are looked at from each send anew. */
function hasRoom(sends: readonly Moment[], at: Moment): boolean {
  return PROMISED.sendsPerNumber.every(({ max, within }) => countIn(sends, at, within) < max);
}

/** The first moment from `now` on at which a send fits: now, or when some earlier send leaves some window. */
export function opensAt({ sends }: NumberHistory, now: Moment): Moment {
  const moments = sends.flatMap((send) =>
    PROMISED.sendsPerNumber.map(({ within }) => send + within),
  );
  const openings = [now, ...moments].filter((at) => at >= now && hasRoom(sends, at));
  return Math.min(...openings);
}

function lockedUntil({ failures }: NumberHistory): Moment {
  if (failures.length < PROMISED.failuresUntilLocked) return 0;
  return Math.max(...failures) + PROMISED.failuresAreRememberedFor;
}

/** Why `now` is no moment to send this number anything, if it is none. */
export function refusalOf(history: NumberHistory, now: Moment) {
  const lockEnds = lockedUntil(history);
  if (lockEnds > now) return { kind: "refused", why: "number-locked", retryAt: lockEnds } as const;
  const opens = opensAt(history, now);
  return opens > now
    ? ({ kind: "refused", why: "too-many-sends", retryAt: opens } as const)
    : undefined;
}

export function afterSend(history: NumberHistory, now: Moment): NumberHistory {
  return { ...history, sends: [...history.sends, now] };
}

export function afterFailure(history: NumberHistory, now: Moment): NumberHistory {
  const last = Math.max(...history.failures);
  const isRemembered = now - last < PROMISED.failuresAreRememberedFor;
  return { ...history, failures: [...(isRemembered ? history.failures : []), now] };
}

export function afterApproval(history: NumberHistory): NumberHistory {
  return { ...history, failures: [] };
}
