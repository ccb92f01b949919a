import assert from "node:assert/strict";
import { Problem } from "../../../functions/http/problem.ts";

/** One target of the fuzzer. The shape of its module is that of Jazzer.js's targets, so that Jazzer.js can run it where it loads. */
export type Target = {
  /** Throws where a fact does not hold for these bytes. */
  readonly fuzz: (data: Buffer) => void | Promise<void>;
  /** The files whose branches are counted and lead the search. */
  readonly reaches: readonly string[];
  /** What the search starts from. */
  readonly seeds: readonly (string | Buffer)[];
};

/** The first byte decides how the rest is used; each bit is a choice. */
export function modeOf(data: Buffer): {
  readonly bit: (index: number) => boolean;
  readonly number: number;
  readonly rest: Buffer;
} {
  const number = data[0] ?? 0;
  return { bit: (index) => ((number >> index) & 1) === 1, number, rest: data.subarray(1) };
}

/** The first `count` lines, and all that is behind them. */
export function linesOf(bytes: Buffer, count: number): readonly [readonly string[], Buffer] {
  const lines: string[] = [];
  let from = 0;
  while (lines.length < count) {
    const end = bytes.indexOf("\n", from);
    const until = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, until).toString("latin1"));
    from = Math.min(bytes.length, until + 1);
  }
  return [lines, bytes.subarray(from)];
}

/** Takes a refusal by one of these codes, with these members. Throws any other fault. */
export function refusedAs(code: RegExp, members: Problem["members"] = {}) {
  return (fault: unknown): undefined => {
    if (!(fault instanceof Problem)) throw fault;
    assert.match(fault.code, code);
    assert.deepEqual(fault.members, members);
  };
}

/** Inputs of one mode. */
export function seedsOf(mode: number, ...texts: readonly string[]): readonly Buffer[] {
  return texts.map((text) => seed(mode, text));
}

export function seed(mode: number, text: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from([mode]), Buffer.from(text)]);
}
