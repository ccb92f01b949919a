import { LIMITS } from "../policy/limits.ts";
import type { Instant } from "./verification.ts";

export const DAY_MS = 86_400_000;

/** 0 at midnight in UTC, 1 at the next. */
export function elapsedOfDay(now: Instant): number {
  return (now % DAY_MS) / DAY_MS;
}

/** The share of a day's messages that an ordinary service stays below at this time of the day. */
export function paceOfDay(now: Instant): number {
  const { dayAtMidnight, dayAtItsEnd } = LIMITS.pace;
  return dayAtMidnight + (dayAtItsEnd - dayAtMidnight) * elapsedOfDay(now);
}
