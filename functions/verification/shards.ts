import type { Instant } from "./verification.ts";

/** The number of items over which a shared counter and the money of a day are spread. */
export type ShardCounts = { readonly scopes: number; readonly spend: number };

/** Shard counts, and the moment from which windows and days begin with them. */
type Layout = ShardCounts & { readonly from: Instant };

/** Oldest first. */
export type Layouts = readonly Layout[];

/** The counts before any layout is stored. */
const FIRST: ShardCounts = { scopes: 1, spend: 1 };

const HOUR_MS = 3_600_000;

/** A layout is stored this long before it comes into force: much longer than `LIMITS.switchCacheSeconds`, so that every container has read it. */
const NOTICE_MS = 60_000;

/** A layout is kept this long after a newer one came into force: longer than the longest window, a day. */
const KEPT_MS = 48 * HOUR_MS;

/** The shards of a window, or a day, that begins at `start`: a window keeps its shards until its end, whatever is deployed meanwhile. */
export function shardsAt(layouts: Layouts, start: Instant): ShardCounts {
  return layouts.findLast(({ from }) => from <= start) ?? FIRST;
}

/**
 * The layouts with the stage's counts, from the next hour that all containers can know of; nothing if they are stored already. Functions of two
 * deployments may both store theirs: all use the last one stored before the hour.
 */
export function layoutsWith(
  layouts: Layouts,
  wanted: ShardCounts,
  now: Instant,
): Layouts | undefined {
  const last = layouts.at(-1) ?? FIRST;
  if (last.scopes === wanted.scopes && last.spend === wanted.spend) return undefined;
  const from = Math.ceil((now + NOTICE_MS) / HOUR_MS) * HOUR_MS;
  const kept = layouts.filter((layout, index) => {
    const endsAt = layouts[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    return layout.from < from && endsAt > now - KEPT_MS;
  });
  return [...kept, { from, scopes: wanted.scopes, spend: wanted.spend }];
}
