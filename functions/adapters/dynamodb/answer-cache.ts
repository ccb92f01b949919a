import { LIMITS } from "../../policy/limits.ts";
import type { Clock } from "../../verification/ports.ts";

/** Answers of one container to frequent questions. */
export type AnswerCache<Answer> = {
  /** The last answer, if the same request came often enough within the window. */
  readonly recall: (key: string) => Answer | undefined;
  readonly keep: (key: string, answer: Answer) => void;
  readonly forget: (key: string) => void;
};

type Kept<Answer> = { readonly answer: Answer; readonly times: number; readonly since: number };

/** More keys than a container receives in a few seconds of any load; the oldest are dropped first. */
const MOST_KEYS = 1_000;

/**
 * Within `seconds` a container asks for the same at most `LIMITS.cacheAfterTimes` times, and then answers from memory until they end. So each
 * container reads or writes a busy item at a bounded rate, at any rate of requests.
 */
export function answerCache<Answer>(clock: Clock, seconds: number): AnswerCache<Answer> {
  const kept = new Map<string, Kept<Answer>>();
  const fresh = (key: string): Kept<Answer> | undefined => {
    const one = kept.get(key);
    return one !== undefined && one.since + seconds * 1_000 > clock() ? one : undefined;
  };
  return {
    recall(key) {
      const one = fresh(key);
      return one !== undefined && one.times >= LIMITS.cacheAfterTimes ? one.answer : undefined;
    },
    keep(key, answer) {
      const { times, since } = fresh(key) ?? { times: 0, since: clock() };
      kept.delete(key);
      kept.set(key, { answer, times: times + 1, since });
      const [oldest = key] = kept.keys();
      if (kept.size > MOST_KEYS) kept.delete(oldest);
    },
    forget: (key) => {
      kept.delete(key);
    },
  };
}
