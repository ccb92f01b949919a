export type Command = {
  /** The program, relative to the root of the repository, and the arguments before those of the caller. */
  readonly program: readonly [string, ...string[]];
  readonly summary: string;
};

/** The commands that a company has too: those of `@latchkey/cdk`, beside its own `init` and `test`. */
export const COMPANY_COMMANDS = {
  start: { program: ["local/main.ts"], summary: "runs the whole system on this machine" },
  deploy: { program: ["cli/deploy.ts"], summary: "checks and deploys a stage" },
  destroy: { program: ["cli/destroy.ts"], summary: "removes a deployed stage" },
  secrets: {
    program: ["cli/secrets.ts"],
    summary: "asks for Twilio's credentials and stores them",
  },
  ops: {
    program: ["cli/ops.ts"],
    summary: "blocks, unblocks, pauses, erases …: what an operator does",
  },
  keys: {
    program: ["cli/keys.ts"],
    summary: "creates, lists, rotates and revokes API keys of back ends",
  },
  replay: {
    program: ["cli/ops.ts", "replay"],
    summary: "shows what other limits had done to the sends in a log",
  },
  smoke: {
    program: ["cli/smoke.ts"],
    summary: "compares Twilio's magic numbers with its documents",
  },
  checklist: {
    program: ["cli/checklist.ts"],
    summary: "answers the checklist for a stage; --live asks AWS",
  },
} as const satisfies Readonly<Record<string, Command>>;
