import { expect } from "vitest";
import { type Evidence, leaksIn, withoutProvenNumbers } from "../../local/support/leaks.ts";
import type { Target } from "./target.ts";

/** A place that shows codes shows any. Among hundreds one would be in some MAC by chance. */
const MOST_CODES = 40;

/** Looks through all that a system wrote, said and keeps for its first codes and all of its numbers. */
export async function insistOnNoLeak(target: Target): Promise<void> {
  const { answers, lines, items } = await target.written();
  expect([answers.length, lines.length, items.length].every((count) => count > 0)).toBe(true);
  const { codes, numbers } = target.secrets();
  const evidence = withoutProvenNumbers(distinct([...answers, ...lines, ...items]));
  expect(leaksIn(evidence, { codes: codes.slice(0, MOST_CODES), numbers })).toEqual([]);
}

/** Each text once: most answers to an attack are the same. */
function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const texts = new Map(
    evidence.map(({ where, text }) => [text.replace(EVERYWHERE, ""), where] as const),
  );
  return [...texts].map(([text, where]) => ({ where, text }));
}

/**
 * What tells two answers to the same question apart, ids of requests and moments, and the numbers that are everywhere: the year of HSTS, and which
 * window of time a scope's key is for. Among hundreds of thousands of digits some six would be a code by chance.
 */
const EVERYWHERE =
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b\d{4}-\d\d-\d\dT[\d:.]+Z|(?<!\d)1[7-9]\d{11}(?!\d)|max-age=31536000|(?<=[a-z0-9-]+#[\w-]+)#\d{6,7}/g;
