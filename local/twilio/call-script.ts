import { setTimeout as delay } from "node:timers/promises";
import type { Line } from "./live-call.ts";
import { type Gather, type Pause, parseTwiml, type Say, type Verb } from "./twiml.ts";

/** The request for the next document of a call. */
export type Turn = {
  readonly url: string;
  /** The key that was pressed. */
  readonly digits: string;
};

export type Stage = {
  readonly line: Line;
  readonly secondMilliseconds: number;
  /** Aborted when the call is over, whichever side ended it. */
  readonly signal: AbortSignal;
  /** Asks for the next document. Throws a `TwimlFault` where none comes. */
  readonly next: (turn: Turn) => Promise<string>;
};

/** About 150 words a minute. */
const SECONDS_PER_CHARACTER = 0.065;

/** Plays a document and all that follow from it, until one ends without a next one. Throws a `TwimlFault` for what it cannot play. */
export async function perform(document: string, stage: Stage): Promise<void> {
  const turn = await playAll(parseTwiml(document), stage);
  if (turn !== undefined) await perform(await stage.next(turn), stage);
}

async function playAll(verbs: readonly Verb[], stage: Stage): Promise<Turn | undefined> {
  for (const verb of verbs) {
    if (verb.verb !== "Gather") await prompt(verb, stage, stage.signal);
    else {
      const digits = await keyFor(verb, stage);
      if (digits !== undefined) return { url: verb.action, digits };
    }
  }
  return undefined;
}

async function prompt(verb: Say | Pause, stage: Stage, signal: AbortSignal): Promise<void> {
  if (verb.verb === "Say" && !signal.aborted)
    stage.line.say({ text: verb.text, language: verb.language });
  const seconds = verb.verb === "Say" ? verb.text.length * SECONDS_PER_CHARACTER : verb.seconds;
  await delay(seconds * stage.secondMilliseconds, undefined, { signal });
}

/** Speaks the prompts until a key interrupts them, then waits for one until the time is over. */
async function keyFor(verb: Gather, stage: Stage): Promise<string | undefined> {
  const pressed = Promise.withResolvers<string>();
  const interruption = new AbortController();
  const signal = AbortSignal.any([stage.signal, interruption.signal]);
  const patience = async (): Promise<undefined> => {
    for (const one of verb.prompts) await prompt(one, stage, signal);
    await delay(verb.timeoutSeconds * stage.secondMilliseconds, undefined, { signal });
  };
  const stopListening = stage.line.listen(pressed.resolve);
  try {
    return await Promise.race([pressed.promise, patience()]);
  } finally {
    stopListening();
    interruption.abort();
  }
}
