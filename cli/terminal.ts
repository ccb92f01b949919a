import { styleText } from "node:util";
import { StageFault } from "../infra/stage-rules.ts";

/** Something that the person at the terminal can mend. Its message is a sentence for them. */
export class CommandFault extends Error {}

export const bold = (text: string) => styleText("bold", text);
export const dim = (text: string) => styleText("dim", text);
export const yes = (text = "✓") => styleText("green", text);
export const no = (text = "✗") => styleText("red", text);
export const warn = (text: string) => styleText("yellow", text);
export const link = (text: string) => styleText("cyan", text);

export function tell(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Rows of a name and what it is, the second column in line. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `    ${dim(name.padEnd(width))}   ${text}`).join("\n");
}

/** Breaks a text at spaces, so that no line is longer than `width` characters. Later lines start with `indent`. */
export function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** Runs a command to its exit code. A fault of the person is told in one sentence, any other as it is. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (fault) {
    const isOurs = fault instanceof CommandFault || fault instanceof StageFault;
    const text = fault instanceof Error ? fault.message : String(fault);
    process.stderr.write(`${no()} ${isOurs ? text : `This should not happen: ${text}`}\n`);
    process.exitCode = isOurs ? 2 : 1;
  }
}
