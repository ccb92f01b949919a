import { LIMITS } from "../../policy/limits.ts";
import type { Clock } from "../../verification/ports.ts";

/** Answers of one container about what is asked very often. */
export type AnswerCache<Answer> = {
  /** What was answered a moment ago, where the same was asked often enough to remember it. */
  readonly recall: (key: string) => Answer | undefined;
  readonly keep: (key: string, answer: Answer) => void;
  readonly forget: (key: string) => void;
};

type Kept<Answer> = { readonly answer: Answer; readonly times: number; readonly since: number };

/** More than one container meets in a few seconds of any load; the oldest go first. */
const MOST_KEYS = 1_000;

/**
 * Within `seconds` a container asks for the same at most `LIMITS.hotAnswerTimes` times, and then answers from memory until they are over. So an
 * item that everybody hammers is asked for so often by each container and no more, however many requests there are.
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
