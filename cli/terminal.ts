import { type ParseArgsConfig, type ParseArgsOptionsConfig, parseArgs, styleText } from "node:util";
import { StageFault } from "../infra/stage-rules.ts";

/** A fault that the user can fix. Its message is a sentence for the user. */
export class CommandFault extends Error {}

/** `--help` was given. Its message is the text to print. */
class HelpAsked extends Error {}

/** The arguments of a command. Without `takesWords` it takes flags only. */
type Usage<Options extends ParseArgsOptionsConfig> = {
  readonly help: string;
  readonly options: Options;
  readonly takesWords?: boolean;
};

/** Reads a command line. Ends the command with its help for `--help`, and throws a `CommandFault` for a flag that is unknown, empty or given twice. `takesOnly` refuses a flag that a command of several does not take. */
export function argumentsOf<Options extends ParseArgsOptionsConfig>(
  { help, options, takesWords = false }: Usage<Options>,
  args: readonly string[] = process.argv.slice(2),
) {
  if (args.includes("--help")) throw new HelpAsked(help);
  const parsed = parsedOf({ args: [...args], allowPositionals: takesWords, options, tokens: true });
  const positionals: readonly string[] = parsed.positionals;
  const flags = parsed.tokens.filter((token) => token.kind === "option");
  const given = flags.map(({ name }) => name);
  for (const { name, value } of flags) {
    if (value === "") throw new CommandFault(`--${name} is empty. --help lists what there is.`);
    if (options[name]?.multiple !== true && given.indexOf(name) !== given.lastIndexOf(name))
      throw new CommandFault(`--${name} is there twice. Leave one out.`);
  }
  const takesOnly = (command: string, taken: readonly string[]): void => {
    const other = given.find((name) => !taken.includes(name));
    if (other !== undefined)
      throw new CommandFault(`${command} takes no --${other}. --help lists what there is.`);
  };
  return { values: parsed.values, positionals, takesOnly };
}

function parsedOf<Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config);
  } catch (fault) {
    const [sentence] = (fault instanceof Error ? fault.message : String(fault)).split(/\.\s/);
    throw new CommandFault(`${sentence}. --help lists what there is.`);
  }
}

/** Ends the command with its help. */
export function showHelp(help: string): never {
  throw new HelpAsked(help);
}

/** Prints one line to stderr before each of `total` steps: its place, its name, and the time left at the mean pace so far. */
export function progressOf(
  total: number,
  { now = () => performance.now(), write = (line: string) => void process.stderr.write(line) } = {},
): (name: string) => void {
  const began = now();
  let done = 0;
  return (name) => {
    const left =
      done === 0 ? "" : `, about ${duration(((now() - began) / done) * (total - done))} left`;
    done += 1;
    write(dim(`  ${done} of ${total}: ${name}${left} …\n`));
  };
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

export const bold = (text: string) => styleText("bold", text);
export const dim = (text: string) => styleText("dim", text);
export const yes = (text = "✓") => styleText("green", text);
export const no = (text = "✗") => styleText("red", text);
export const warn = (text: string) => styleText("yellow", text);
export const link = (text: string) => styleText("cyan", text);

export function tell(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Rows of a name and its text, the second column aligned. */
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

/** Runs a command to its exit code. A `CommandFault` is printed as one sentence, any other fault as it is. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (fault) {
    if (fault instanceof HelpAsked) return tell(fault.message);
    const isOurs = fault instanceof CommandFault || fault instanceof StageFault;
    const text = fault instanceof Error ? fault.message : String(fault);
    process.stderr.write(`${no()} ${isOurs ? text : `This should not happen: ${text}`}\n`);
    process.exitCode = isOurs ? 2 : 1;
  }
}
