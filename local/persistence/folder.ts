import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { forgetfulJournal, type Journal, openJournal } from "./journal.ts";
import { lockFolder } from "./lock.ts";

/** Where the state of one local system is kept; `database` is undefined where nothing is. */
export type Keeping = {
  readonly database: string | undefined;
  readonly keys: Journal;
  readonly twilio: Journal;
  readonly handset: Journal;
  /** Lets the next system use the folder. */
  readonly stop: () => Promise<void>;
};

/** Without a folder everything ends with the process. With one it is made where it is missing, and throws where it cannot be used. */
export function openKeeping(folder: string | undefined, engine: string): Keeping {
  if (folder === undefined) {
    return {
      database: undefined,
      keys: forgetfulJournal(),
      twilio: forgetfulJournal(),
      handset: forgetfulJournal(),
      stop: async () => undefined,
    };
  }
  const home = resolve(folder);
  makeFolder(home);
  const unlock = lockFolder(home);
  return {
    // Engines do not read each other's files.
    database: join(home, engine),
    keys: openJournal(join(home, "keys.jsonl")),
    twilio: openJournal(join(home, "twilio.jsonl")),
    handset: openJournal(join(home, "handset.jsonl")),
    stop: async () => unlock(),
  };
}

/** For the owner alone: it will hold keys, and messages with codes. */
const OWNER_ONLY = 0o700;

function makeFolder(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: OWNER_ONLY });
    if (statSync(home).isDirectory()) return;
  } catch (fault) {
    throw new Error(
      `${home} cannot keep anything: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
  }
  throw new Error(`${home} is no folder`);
}
