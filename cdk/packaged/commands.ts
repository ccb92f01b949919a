/** cli/commands.ts of the package: the commands of a company that uses it. */
export const COMMANDS = {
  init: {
    program: ["cdk/packaged/init.js"],
    summary: "writes the settings and a CDK app into an empty folder",
  },
  start: { program: ["local/main.js"], summary: "runs the whole system on this machine" },
  test: {
    program: ["cdk/packaged/test.js"],
    summary: "checks the settings and the template of every stage",
  },
  deploy: { program: ["cli/deploy.js"], summary: "checks and deploys a stage" },
  destroy: { program: ["cli/destroy.js"], summary: "removes a deployed stage" },
  secrets: {
    program: ["cli/secrets.js"],
    summary: "asks for Twilio's credentials and stores them",
  },
  ops: {
    program: ["cli/ops.js"],
    summary: "blocks, unblocks, pauses, erases …: what an operator does",
  },
  smoke: {
    program: ["cli/smoke.js"],
    summary: "compares Twilio's magic numbers with its documents",
  },
  checklist: {
    program: ["cli/checklist.js"],
    summary: "answers the checklist for a stage; --live asks AWS",
  },
} as const;

export function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}
