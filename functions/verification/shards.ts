import { DAY_MS } from "./pace.ts";
import type { Instant } from "./verification.ts";

/** The number of items over which the counters of a day are spread, and the moment from which days begin with it. */
type Layout = { readonly shards: number; readonly from: Instant };

/** Oldest first. */
export type Layouts = readonly Layout[];

const HOUR_MS = 3_600_000;

/** A layout is stored this long before it comes into force: much longer than `LIMITS.switchCacheSeconds`, so that every container has read it. */
const NOTICE_MS = 60_000;

/** A layout is kept this long after a newer one came into force: longer than the longest window, a day. */
const KEPT_MS = 48 * HOUR_MS;

/** The shards of the UTC day of `now`: it keeps them until its end, whatever is deployed meanwhile. One before any layout is stored. */
export function shardsAt(layouts: Layouts, now: Instant): number {
  const start = Math.floor(now / DAY_MS) * DAY_MS;
  return layouts.findLast(({ from }) => from <= start)?.shards ?? 1;
}

/**
 * The layouts with the stage's shards, from the next hour that all containers can know of; nothing if they are stored already. Functions of two
 * deployments may both store theirs: all use the last one stored before the hour.
 */
export function layoutsWith(layouts: Layouts, wanted: number, now: Instant): Layouts | undefined {
  if ((layouts.at(-1)?.shards ?? 1) === wanted) return undefined;
  const from = Math.ceil((now + NOTICE_MS) / HOUR_MS) * HOUR_MS;
  const kept = layouts.filter((layout, index) => {
    const endsAt = layouts[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    return layout.from < from && endsAt > now - KEPT_MS;
  });
  return [...kept, { from, shards: wanted }];
}
