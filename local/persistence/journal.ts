import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import * as v from "valibot";

/** An append-only list of records; each is JSON. */
export type Journal = {
  readonly records: readonly unknown[];
  /** Writes the line to the disk before it returns, so that an answer after it survives a crash of this process. */
  readonly append: (record: unknown) => void;
};

/** A journal that ends with this process. */
export function memoryJournal(): Journal {
  return { records: [], append: () => undefined };
}

/** Readable by its owner alone: it holds keys, or messages with codes. */
const OWNER_ONLY = 0o600;

/**
 * A journal in a file, one line a record. A last line without its end was being written when the process was killed, before its write was
 * answered: it is dropped. Throws where any other line is no JSON.
 */
export function openJournal(file: string): Journal {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) truncateSync(file, Buffer.byteLength(whole));
  const records = whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => recordIn(line, `${file}, line ${index + 1}`));
  return {
    records,
    append: (record) =>
      appendFileSync(file, `${JSON.stringify(record)}\n`, { mode: OWNER_ONLY, flush: false }),
  };
}

function recordIn(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${place} is not readable`);
  }
}

/** A time that is a date in memory, and text in a journal. */
export const TIME = v.pipe(
  v.union([v.date(), v.string()]),
  v.transform((time) => new Date(time)),
);
