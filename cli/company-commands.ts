export type Command = {
  /** The program, relative to the root of the repository, and the arguments before those of the caller. */
  readonly program: readonly [string, ...string[]];
  readonly summary: string;
};

export function command(summary: string, program: string, ...args: readonly string[]): Command {
  return { program: [program, ...args], summary };
}

/** The commands that a company has too: those of `@latchkey/cdk`, beside its own `init` and `test`. */
export const COMPANY_COMMANDS = {
  start: command("runs the whole system on this machine", "local/main.ts"),
  setup: command("asks for the settings of a stage and looks at the AWS account", "cli/setup.ts"),
  deploy: command("checks and deploys a stage", "cli/deploy.ts"),
  destroy: command("removes a deployed stage", "cli/destroy.ts"),
  secrets: command("asks for Twilio's credentials and stores them", "cli/secrets.ts"),
  ops: command("blocks, unblocks, pauses, erases …: what an operator does", "cli/ops.ts"),
  keys: command("creates, lists, rotates and revokes API keys of back ends", "cli/keys.ts"),
  replay: command("computes what other limits would have refused in a log", "cli/ops.ts", "replay"),
  restore: command("adds what a restored copy of the table has beyond it", "cli/restore.ts"),
  smoke: command("compares Twilio's magic numbers with its documents", "cli/smoke.ts"),
  checklist: command("answers the checklist for a stage; --live asks AWS", "cli/checklist.ts"),
};
