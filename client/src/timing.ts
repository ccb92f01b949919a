/** A mobile network usually answers within this time or never. Repeating is safe. */
export const TIMEOUT_SECONDS = 10;

/**
 * No request is sent again later than this. It is longer than any function of the service runs (20 seconds), so that a request in progress is
 * followed to its end.
 */
export const PATIENCE_SECONDS = 30;

/** Shorter waits pass unseen; a longer one is reported to the caller. */
export const LONGEST_SILENT_WAIT_SECONDS = 3;

export const FIRST_BACKOFF_MILLISECONDS = 400;
export const LONGEST_BACKOFF_MILLISECONDS = 5_000;

/** The header `Date` has whole seconds and a travel time: a smaller difference proves no wrong clock. */
export const CLOCK_NOISE_MILLISECONDS = 5_000;

/** The pause before the first reading of the delivery. Later pauses are longer. */
export const FIRST_PAUSE_SECONDS = 2;
export const LONGEST_PAUSE_SECONDS = 15;
export const PAUSE_GROWTH = 1.4;
