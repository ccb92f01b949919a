import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { aModel, codeOf, type Model, ordinalOf, tell } from "../model/model.ts";
import { carriedBy, NOON } from "../support/deps.ts";
import { NUMBERS, type Step } from "./steps.ts";
import type { Played, System } from "./systems.ts";

/**
 * Plays a history on the model and on every system. After each step all must give the same answer and hold the same item, and in the end they
 * must have sent the same messages. The last number comes with a past: so many guesses about it have failed at noon.
 */
export async function play(
  steps: readonly Step[],
  systems: readonly System[],
  failedBefore = 0,
): Promise<Model> {
  const model = aModel(NOON);
  model.numbers.set(NUMBERS[2], { sends: [], failures: Array<number>(failedBefore).fill(NOON) });
  await Promise.all(systems.map((system) => system.fail(NUMBERS[2], failedBefore)));
  for (const [index, step] of steps.entries()) {
    const ordinal = "of" in step ? ordinalOf(model, step.of) : -1;
    const typed = step.act === "check" ? codeOf(model, step.of, step.typed) : "";
    const expected = tell(model, step);
    const at = `step ${index}: ${JSON.stringify(step)}`;
    const played = await Promise.all(systems.map((system) => system.play(step, ordinal, typed)));
    insistOn(expected, played, at);
  }
  for (const { deps } of systems) {
    const messages = deps.messages.map((message) => ({ to: message.to, code: carriedBy(message) }));
    expect(messages).toEqual(model.messages);
    expect(deps.approvedMessages).toEqual(model.approvedMessages);
    expect(deps.faults).toEqual([]);
  }
  return model;
}

/** `expect` takes four fifths of the time of a history, so it is asked for the text of a difference alone. */
function insistOn(answer: unknown, played: readonly Played[], at: string): void {
  const item = played[0]?.item;
  for (const each of played)
    if (!isDeepStrictEqual(each, { answer, item }))
      expect({ at, ...each }).toEqual({ at, answer, item });
}
