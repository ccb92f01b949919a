import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HOME = join(import.meta.dirname, "../corpus");

/** `kept`: reaches something that no other input does. Any other kind was once a finding. */
const KINDS = ["kept", "broken", "slow", "hanging"] as const;
type Kind = (typeof KINDS)[number];
export type FindingKind = Exclude<Kind, "kept">;
type Line = { readonly kind: Kind; readonly input: Uint8Array };

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

function write(target: string, lines: readonly Line[]): void {
  const texts = lines.map(({ kind, input }) => `${kind} ${inAscii(input)}`);
  writeFileSync(pathOf(target), `${[...new Set(texts)].toSorted().join("\n")}\n`);
}

function inAscii(input: Uint8Array): string {
  return JSON.stringify(Buffer.from(input).toString("latin1")).replace(
    /[\x7f-\xff]/g,
    (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`,
  );
}

/** Kept inputs of a target, and what once broke it. */
export function keptInputs(target: string): readonly Buffer[] {
  return linesOf(target).map(({ input }) => Buffer.from(input));
}

/** Puts a set in the place of the one before. What once broke something stays. */
export function keepInputs(target: string, inputs: readonly Uint8Array[]): void {
  const findings = linesOf(target).filter(({ kind }) => kind !== "kept");
  write(target, [...findings, ...inputs.map((input) => ({ kind: "kept", input }) as const)]);
}

/** Keeps an input that a target did not bear: every later run and every `npm test` tries it again. */
export function keepFinding(target: string, kind: FindingKind, input: Uint8Array): string {
  write(target, [...linesOf(target), { kind, input }]);
  return `evidence/fuzz/corpus/${target}.txt`;
}
