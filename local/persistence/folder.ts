import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Journal, memoryJournal, openJournal } from "./journal.ts";

/** The storage of one local system; `database` is undefined without a folder. */
export type Storage = {
  readonly database: string | undefined;
  readonly keys: Journal;
  readonly twilio: Journal;
  readonly handset: Journal;
  /** Frees the folder for the next system. */
  readonly stop: () => Promise<void>;
};

/** Without a folder nothing is stored. A missing folder is created. Throws if it cannot be used. */
export function openStorage(folder: string | undefined, engine: string): Storage {
  if (folder === undefined) {
    return {
      database: undefined,
      keys: memoryJournal(),
      twilio: memoryJournal(),
      handset: memoryJournal(),
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
    makeAll(home);
    if (statSync(home).isDirectory()) return;
  } catch (fault) {
    throw new Error(
      `${home} cannot keep anything: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
  }
  throw new Error(`${home} is no folder`);
}

/** One folder at a time: in one whose system makes none, such as /proc, Node's `recursive` never ends. */
function makeAll(folder: string): void {
  if (existsSync(folder)) return;
  makeAll(dirname(folder));
  mkdirSync(folder, { mode: OWNER_ONLY });
}

/**
 * Locks a folder for this process until the returned function is called or the process ends. Throws if another running process holds it; the lock of a killed process is ignored.
 */
function lockFolder(home: string): () => void {
  const file = join(home, "running.pid");
  take(file, home);
  const leave = (): void => {
    process.off("exit", leave);
    rmSync(file, { force: true });
  };
  process.once("exit", leave);
  return leave;
}

function take(file: string, home: string): void {
  if (wrote(file)) return;
  const owner = Number(readFileSync(file, "utf8"));
  if (runs(owner))
    throw new Error(`${home} is in use by another Latchkey, process ${owner} (see ${file})`);
  rmSync(file, { force: true });
  if (!wrote(file)) throw new Error(`${home} is in use by another Latchkey`);
}

/** Whether the file was not there, and is now. */
function wrote(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (fault) {
    if (fault instanceof Error && "code" in fault && fault.code === "EEXIST") return false;
    throw fault;
  }
}

/** Signal 0 only checks whether the process exists. kill(2). */
function runs(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    // EPERM: a process of another user.
    return fault instanceof Error && "code" in fault && fault.code === "EPERM";
  }
}
