import type { Random } from "../../../functions/verification/ports.ts";

/** The longest input that is tried: more than any route takes. */
export const MOST_BYTES = 20_000;

/** How many changes one input gets at once. */
const MOST_CHANGES = 6;

/** Where off-by-one and overflow live, as bytes and as digits. */
const INTERESTING_BYTES = [0, 1, 0x0a, 0x1f, 0x20, 0x22, 0x5c, 0x7f, 0x80, 0xc0, 0xe0, 0xed, 0xff];
const INTERESTING_TEXTS = [
  ...["0", "-1", "1e400", "9007199254740993", "null", "true", "{}", "[]", '""', ":", ","],
  ...["\\u0000", "\\ud800", "\\u", "\ufeff", "%00", "%"],
  ...["\u202e", "\u00e9", "\u{1f600}", "\uff10", "\u0660", "&", "=", "+", ";", "\r\n", "../", "a"],
];

/** What changes are made of: the target's own words, and other inputs that reached something new. */
export type Sources = {
  readonly random: Pick<Random, "integer" | "bytes">;
  readonly words: readonly string[];
  readonly others: readonly Buffer[];
};

type Change = (bytes: Buffer, sources: Sources) => Buffer;

/** A neighbour of an input. */
export function mutated(input: Buffer, sources: Sources): Buffer {
  let bytes = input;
  const count = 1 + sources.random.integer(MOST_CHANGES);
  for (let change = 0; change < count; change += 1)
    bytes = oneOf(CHANGES, sources)(bytes, sources).subarray(0, MOST_BYTES);
  return bytes;
}

function oneOf<Thing>(things: readonly [Thing, ...Thing[]], { random }: Sources): Thing {
  return things[random.integer(things.length)] ?? things[0];
}

function place(bytes: Buffer, { random }: Sources): number {
  return random.integer(bytes.length + 1);
}

/** A piece, as often short as long. */
function piece(bytes: Buffer, { random }: Sources): readonly [from: number, to: number] {
  const from = random.integer(bytes.length + 1);
  const most = random.integer(2) === 0 ? 4 : bytes.length;
  return [from, Math.min(bytes.length, from + 1 + random.integer(most + 1))];
}

function replaced(bytes: Buffer, [from, to]: readonly [number, number], by: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);
}

function wordFrom({ random, words }: Sources): Buffer {
  const all = random.integer(3) === 0 || words.length === 0 ? INTERESTING_TEXTS : words;
  return Buffer.from(all[random.integer(all.length)] ?? "");
}

/** Names that every object answers to. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);

function nameFrom({ random }: Sources): Buffer {
  return Buffer.from(INHERITED[random.integer(INHERITED.length)] ?? "");
}

function wordIn(bytes: Buffer, { random }: Sources): readonly [from: number, to: number] {
  const start = random.integer(Math.max(1, bytes.length));
  const word = /[a-z0-9_]+/i.exec(bytes.subarray(start, start + LONGEST_WORD).toString("latin1"));
  const from = start + (word?.index ?? 0);
  return [from, from + (word?.[0].length ?? 0)];
}

const LONGEST_WORD = 64;

/** Puts in somewhere what `make` makes. */
const inserting =
  (make: Change): Change =>
  (bytes, sources) => {
    const at = place(bytes, sources);
    return replaced(bytes, [at, at], make(bytes, sources));
  };

const CHANGES: readonly [Change, ...Change[]] = [
  (bytes, sources) => {
    const changed = Buffer.from(bytes);
    const at = sources.random.integer(Math.max(1, bytes.length));
    if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << sources.random.integer(8));
    return changed;
  },
  (bytes, sources) => {
    const at = place(bytes, sources);
    const byte = INTERESTING_BYTES[sources.random.integer(INTERESTING_BYTES.length)] ?? 0;
    return replaced(bytes, [at, at + sources.random.integer(2)], Buffer.from([byte]));
  },
  // The mode.
  (bytes, { random }) => replaced(bytes, [0, 1], random.bytes(1)),
  (bytes, sources) => replaced(bytes, piece(bytes, sources), Buffer.of()),
  inserting((_, { random }) => Buffer.from(random.bytes(1 + random.integer(8)))),
  inserting((bytes, sources) => bytes.subarray(...piece(bytes, sources))),
  // Many times the same: what a bad expression or loop is slow on.
  inserting((bytes, sources) => {
    const part = bytes.subarray(...piece(bytes, sources));
    const times = 1 << sources.random.integer(12);
    const most = Math.max(1, Math.floor(MOST_BYTES / Math.max(1, part.length)));
    return Buffer.concat(Array<Buffer>(Math.min(times, most)).fill(part));
  }),
  inserting((_, sources) => wordFrom(sources)),
  (bytes, sources) => replaced(bytes, piece(bytes, sources), wordFrom(sources)),
  // A whole word by another: what tables are asked for.
  (bytes, sources) => replaced(bytes, wordIn(bytes, sources), wordFrom(sources)),
  (bytes, sources) => replaced(bytes, wordIn(bytes, sources), nameFrom(sources)),
  (bytes, sources) => {
    const other = sources.others[sources.random.integer(Math.max(1, sources.others.length))];
    if (other === undefined) return bytes;
    return replaced(bytes, piece(bytes, sources), other.subarray(...piece(other, sources)));
  },
  // A digit, where there is one.
  (bytes, sources) => {
    const at = place(bytes, sources);
    const digit = bytes.subarray(at).findIndex((byte) => byte >= 0x30 && byte <= 0x39);
    if (digit < 0) return bytes;
    const changed = Buffer.from(bytes);
    changed[at + digit] = 0x30 + sources.random.integer(10);
    return changed;
  },
];
