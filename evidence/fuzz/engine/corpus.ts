import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HOME = join(import.meta.dirname, "../corpus");

/** `kept`: reaches something that no other input does. Any other kind was once a finding. */
export type FindingKind = "broken" | "slow" | "hanging";
type Line = { readonly kind: "kept" | FindingKind; readonly input: Buffer };

function pathOf(target: string): string {
  return join(HOME, `${target}.txt`);
}

/** One input a line: its kind, and its bytes as JSON with a character for each. */
function linesOf(target: string): readonly Line[] {
  if (!existsSync(pathOf(target))) return [];
  const lines = readFileSync(pathOf(target), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const kind = KINDS.find((one) => line.startsWith(`${one} `));
    if (kind === undefined) throw new Error(`${target} has a line of no kind: ${line}`);
    const text: unknown = JSON.parse(line.slice(kind.length + 1));
    return { kind, input: Buffer.from(String(text), "latin1") };
  });
}
const KINDS = ["kept", "broken", "slow", "hanging"] as const;

function write(target: string, lines: readonly Line[]): void {
  mkdirSync(HOME, { recursive: true });
  const texts = lines.map(({ kind, input }) => `${kind} ${inAscii(input)}`);
  writeFileSync(pathOf(target), `${[...new Set(texts)].toSorted().join("\n")}\n`);
}

function inAscii(input: Buffer): string {
  return JSON.stringify(input.toString("latin1")).replace(
    /[\x7f-\xff]/g,
    (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`,
  );
}

/** Kept inputs of a target, and what once broke it. */
export function keptInputs(target: string): readonly Buffer[] {
  return linesOf(target).map(({ input }) => input);
}

/** Puts a set in the place of the one before. What once broke something stays. */
export function keepInputs(target: string, inputs: readonly Buffer[]): void {
  const findings = linesOf(target).filter(({ kind }) => kind !== "kept");
  write(target, [...findings, ...inputs.map((input) => ({ kind: "kept", input }) as const)]);
}

/** Keeps an input that a target did not bear: every later run and every `npm test` tries it again. */
export function keepFinding(target: string, kind: FindingKind, input: Buffer): string {
  write(target, [...linesOf(target), { kind, input }]);
  return `evidence/fuzz/corpus/${target}.txt`;
}
