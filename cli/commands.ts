import { COMPANY_COMMANDS, command } from "./company-commands.ts";

/** Every command of `latchkey`, with the line that `latchkey --help` prints. */
export const COMMANDS = {
  ...COMPANY_COMMANDS,
  test: command("runs all checks, or those that are named", "test/run.ts"),
  synth: command(
    "synthesizes the template with cdk",
    "node_modules/aws-cdk/bin/cdk",
    "synth",
    "--quiet",
  ),
  openapi: command("writes docs/openapi.json", "infra/write-openapi.ts"),
  docs: command("checks or writes generated parts of documents", "test/docs/write.ts"),
  format: command("formats the sources with biome", "test/lint/format.ts"),
  "build:cdk": command("builds @latchkey/cdk", "cdk/build.ts"),
  "build:client": command("builds @latchkey/client", "client/build.ts"),
  "build:server": command("builds @latchkey/server", "server/build.ts"),
  bench: command("measures the cost of a start and a check", "evidence/bench/main.ts"),
  capacity: command(
    "measures what each table item takes at full rate",
    "evidence/capacity/main.ts",
  ),
  endure: command("loads the local system for half an hour", "evidence/endurance/main.ts"),
  explore: command("explores every interleaving of small cases", "evidence/exploration/main.ts"),
  fuzz: command("fuzzes parsers and routes", "evidence/fuzz/main.ts"),
  "fresh-apps": command(
    "makes a Vite and a Next.js app by their generators and signs in",
    "evidence/fresh-apps/main.ts",
  ),
  "other-browsers": command(
    "signs in with Firefox and with WebKit",
    "evidence/other-browsers/main.ts",
  ),
  integrate: command("signs in through other frameworks", "evidence/integrations/main.ts"),
  judge: command("lets software of others examine the product", "evidence/judges/main.ts"),
  mutate: command("runs the mutation tests", "evidence/mutation/main.ts"),
  simulate: command(
    "simulates end users and attackers on a fake clock",
    "evidence/simulation/main.ts",
  ),
};

export function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}
