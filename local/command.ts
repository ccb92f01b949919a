import { askCredentials } from "../cli/ask-credentials.ts";
import { prompter } from "../cli/prompt.ts";
import { CommandFault, runCommand as runToItsEnd, tell } from "../cli/terminal.ts";
import { probe, twilioUrl } from "../cli/twilio-probe.ts";
import type { Phone } from "../functions/verification/identifiers.ts";
import { playAttack } from "./attack.ts";
import { postEvent } from "./events.ts";
import { type Flags, parseFlags } from "./flags.ts";
import { announce } from "./running.ts";
import { stageFor } from "./stage-here.ts";
import { startSystem } from "./system.ts";
import {
  alarmLine,
  banner,
  eventLine,
  faultLine,
  originLine,
  reloadLine,
  requestLine,
} from "./terminal.ts";
import type { RealNumber } from "./twilio/real-number.ts";
import { watchSources } from "./watching.ts";

/** What `npm start` does. */
export async function runCommand(args: readonly string[]): Promise<void> {
  // Before the start, which may take a while: Ctrl-C ends it at any moment.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => process.exit(0));
  // The reader has closed the pipe, as `| head` does.
  process.stdout.on("error", () => process.exit(0));
  await runToItsEnd(async () => {
    const flags = parseFlags(args);
    await run(flags).catch((fault: unknown) => {
      throw new CommandFault(reasonOf(fault, flags));
    });
    return 0;
  });
}

async function run(flags: Flags): Promise<void> {
  const real = flags.real && (await askReal(flags.real));
  tell("  Starting, about 4 s …");
  const startedAt = performance.now();
  const refused = new Set<string>();
  let note = (_: string): void => undefined;
  const system = await startSystem({
    ...flags,
    real,
    stage: stageFor(flags),
    onServed: (served) => {
      if (!flags.quiet) tell(requestLine(served));
      const { refusedOrigin } = served;
      if (refusedOrigin === undefined || refused.has(refusedOrigin)) return;
      refused.add(refusedOrigin);
      tell(originLine(refusedOrigin));
    },
    onLine: (line) => {
      note(line.line);
      const fault = faultLine(line);
      if (fault !== undefined) tell(fault);
    },
    onEvent: (event) => {
      if (!flags.quiet) tell(eventLine(event));
      if (flags.eventsTo !== undefined) void postEvent(flags.eventsTo, event, tell);
    },
  });
  ({ note } = announce(system));
  system.activity.onAlarm((alarm) => tell(alarmLine(alarm)));
  tell(banner({ ...flags, url: system.url, seconds: secondsSince(startedAt) }));
  if (flags.attack !== undefined)
    system.activity.showAttack(playAttack(flags.attack, system).progress);
  if (flags.watch) watchSources(() => rebuild(system.reload));
}

/** Asks for the key of the owner's account. Twilio confirms it before anything starts. */
async function askReal(to: Phone): Promise<RealNumber> {
  const url = twilioUrl();
  const { stdin: input, stdout: output } = process;
  const { ask, close } = prompter({ input, output, terminal: input.isTTY === true });
  tell(`  Your account at Twilio (${url}). Its key stays in the memory of this process.`);
  try {
    const wanted = { mode: "live", recipients: "anyone" } as const;
    const { credentials } = await askCredentials(ask, wanted, (given) => probe(given, url));
    return { to, credentials, twilioUrl: url, tell: (line) => tell(`  ${line}`) };
  } finally {
    close();
  }
}

/** Builds anew. If the sources have a fault, the running system stays. */
async function rebuild(reload: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  try {
    await reload();
    tell(reloadLine(secondsSince(startedAt)));
  } catch (fault) {
    tell(reloadLine(secondsSince(startedAt), textOf(fault)));
  }
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}

const noAddress = ({ host }: Flags): string =>
  `${host} is no address of this machine. --host chooses another one.`;

/** The faults of `listen` that the user can fix. */
const LISTENING: Readonly<Record<string, (flags: Flags) => string>> = {
  EADDRINUSE: ({ port }) =>
    `Port ${port} is taken, perhaps by another Latchkey. --port chooses another one.`,
  EACCES: ({ port }) =>
    `Port ${port} is not for this user to listen on. --port chooses another one.`,
  EADDRNOTAVAIL: noAddress,
  ENOTFOUND: noAddress,
  EAI_AGAIN: noAddress,
};

function reasonOf(fault: unknown, flags: Flags): string {
  const code = fault instanceof Error && "code" in fault ? String(fault.code) : "";
  return LISTENING[code]?.(flags) ?? textOf(fault);
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
