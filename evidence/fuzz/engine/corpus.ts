import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HOME = join(import.meta.dirname, "../corpus");

/** Kept inputs of a target by the names of their files. */
export function keptInputs(target: string): ReadonlyMap<string, Buffer> {
  const folder = join(HOME, target);
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).toSorted();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/** Puts a set in the place of the one before. What once broke something stays. */
export function keepInputs(target: string, inputs: readonly Buffer[]): void {
  const folder = join(HOME, target);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!FINDING.test(name)) rmSync(join(folder, name));
  for (const input of inputs) writeFileSync(join(folder, nameOf(input)), input);
}

/** Keeps an input that a target did not bear: every later run and every `npm test` tries it again. */
export function keepFinding(target: string, kind: FindingKind, input: Buffer): string {
  const folder = join(HOME, target);
  mkdirSync(folder, { recursive: true });
  const name = `${kind}-${nameOf(input)}`;
  writeFileSync(join(folder, name), input);
  return `evidence/fuzz/corpus/${target}/${name}`;
}

export type FindingKind = "broken" | "slow" | "hanging";
const FINDING = /^(?:broken|slow|hanging)-/;

function nameOf(input: Buffer): string {
  return createHash("sha256").update(input).digest("hex").slice(0, 12);
}
