import { setTimeout as delay } from "node:timers/promises";
import type { Line } from "./live-call.ts";
import {
  type Gather,
  type Method,
  type Pause,
  parseTwiml,
  type Say,
  TwimlFault,
  type Verb,
} from "./twiml.ts";

/** Where a call gets its next document. */
export type Turn = {
  readonly url: string;
  readonly method: Method;
  /** The keys that were pressed, where they are why. */
  readonly digits?: string | undefined;
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
/** A call that has asked for so many documents goes round in circles. */
const MOST_DOCUMENTS = 50;

/** Plays a document and all that follow from it, until one ends without a next one. Throws a `TwimlFault` for what it cannot play. */
export async function perform(document: string, stage: Stage): Promise<void> {
  let current = document;
  for (let count = 0; count < MOST_DOCUMENTS; count += 1) {
    const turn = await playAll(parseTwiml(current), stage);
    if (turn === undefined) return;
    current = await stage.next(turn);
  }
  throw new TwimlFault("the documents of this call go round in circles");
}

async function playAll(verbs: readonly Verb[], stage: Stage): Promise<Turn | undefined> {
  for (const verb of verbs) {
    const turn = await play(verb, stage);
    if (turn === "hang up") return undefined;
    if (turn !== undefined) return turn;
  }
  return undefined;
}

async function play(verb: Verb, stage: Stage): Promise<Turn | "hang up" | undefined> {
  switch (verb.verb) {
    case "Say":
    case "Pause":
      return prompt(verb, stage, stage.signal);
    case "Gather":
      return gather(verb, stage);
    case "Redirect":
      return { url: verb.url, method: verb.method };
    case "Hangup":
      return "hang up";
  }
}

async function prompt(verb: Say | Pause, stage: Stage, signal: AbortSignal): Promise<undefined> {
  if (verb.verb === "Say" && !signal.aborted)
    stage.line.say({ text: verb.text, language: verb.language });
  const seconds = verb.verb === "Say" ? verb.text.length * SECONDS_PER_CHARACTER : verb.seconds;
  await delay(seconds * stage.secondMilliseconds, undefined, { signal });
  return undefined;
}

/** Says the prompts until a key interrupts them, then waits for more keys, or until the time is over. */
async function gather(verb: Gather, stage: Stage): Promise<Turn | undefined> {
  const keys = createKeys(verb);
  const stopListening = stage.line.listen(keys.press);
  try {
    await sayUntilKey(verb, stage, keys.interrupted);
    await keys.settled(verb.timeoutSeconds * stage.secondMilliseconds, stage.signal);
  } finally {
    stopListening();
  }
  const digits = keys.digits();
  if (digits === "" && !verb.asksWhenEmpty) return undefined;
  return { url: verb.action, method: verb.method, digits };
}

async function sayUntilKey(
  { prompts }: Gather,
  stage: Stage,
  interrupted: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([stage.signal, interrupted]);
  for (const one of prompts) {
    await prompt(one, stage, signal).catch((fault: unknown) => {
      if (!interrupted.aborted) throw fault;
    });
  }
}

/** https://www.twilio.com/docs/voice/twiml/gather#finishonkey */
function createKeys({ keyCount: most, finishKey }: Pick<Gather, "keyCount" | "finishKey">) {
  const interruption = new AbortController();
  const finished = Promise.withResolvers<"finished">();
  let digits = "";
  let pressed = 0;
  return {
    interrupted: interruption.signal,
    digits: () => digits,
    press: (key: string): void => {
      pressed += 1;
      interruption.abort();
      if (key !== finishKey && digits.length < most) digits += key;
      if (key === finishKey || digits.length >= most) finished.resolve("finished");
    },
    /** Resolves when the last key has come, or none for so long. */
    settled: async (patienceMilliseconds: number, signal: AbortSignal): Promise<void> => {
      for (;;) {
        const before = pressed;
        const waited = delay(patienceMilliseconds, "waited" as const, { signal });
        const what = await Promise.race([finished.promise, waited]);
        if (what === "finished" || pressed === before) return;
      }
    },
  };
}
