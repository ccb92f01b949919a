import { COMPANY_COMMANDS, type Command } from "../../cli/company-commands.ts";

const OWN = {
  init: {
    program: ["cdk/packaged/init.ts"],
    summary: "writes the settings and a CDK app into an empty folder",
  },
  test: {
    program: ["cdk/packaged/test.ts"],
    summary: "checks the settings and the template of every stage",
  },
} as const;

/** cli/commands.ts of the package: the commands of a company that uses it, whose programs are JavaScript here. */
export const COMMANDS: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries<Command>({ ...OWN, ...COMPANY_COMMANDS }).map(([name, command]) => {
    const [source, ...first] = command.program;
    return [name, { ...command, program: [source.replace(/\.ts$/, ".js"), ...first] }];
  }),
);

export function isCommand(name: string): boolean {
  return Object.hasOwn(COMMANDS, name);
}
