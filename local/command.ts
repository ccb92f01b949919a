import { FlagFault, type Flags, HELP, parseFlags } from "./flags.ts";
import { startSystem } from "./system.ts";
import { banner, faultLine, requestLine } from "./terminal.ts";

/** What `npm start` does. Answers only where there is nothing to run: help, or a fault that it has told. */
export async function runCommand(args: readonly string[]): Promise<void> {
  // Before the start, which may take a while: Ctrl-C ends it at any moment.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
  try {
    const flags = parseFlags(args);
    if (flags.help) tell(HELP);
    else await run(flags);
  } catch (fault) {
    complain(reasonOf(fault, args));
    process.exit(fault instanceof FlagFault ? 2 : 1);
  }
}

async function run({ port, engine, quiet }: Flags): Promise<void> {
  const startedAt = performance.now();
  const system = await startSystem({
    port,
    engine,
    onServed: (served) => {
      if (!quiet) tell(requestLine(served));
    },
    onLine: (line) => {
      const fault = faultLine(line);
      if (fault !== undefined) tell(fault);
    },
  });
  tell(banner({ url: system.url, engine, seconds: (performance.now() - startedAt) / 1_000 }));
}

function reasonOf(fault: unknown, args: readonly string[]): string {
  if (fault instanceof FlagFault) return `${fault.message}.\n\n${HELP}`;
  const isTaken = fault instanceof Error && "code" in fault && fault.code === "EADDRINUSE";
  if (isTaken)
    return `Port ${parseFlags(args).port} is taken, perhaps by another Latchkey. --port chooses another one.`;
  return fault instanceof Error ? fault.message : String(fault);
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
