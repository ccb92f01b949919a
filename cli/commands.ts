import { COMPANY_COMMANDS, type Command } from "./company-commands.ts";

/** Every command of `latchkey`, with the line that `latchkey --help` prints. */
export const COMMANDS = {
  ...COMPANY_COMMANDS,
  test: { program: ["test/run.ts"], summary: "runs all checks, or those that are named" },
  synth: {
    program: ["node_modules/aws-cdk/bin/cdk", "synth", "--quiet"],
    summary: "synthesizes the template with cdk",
  },
  openapi: { program: ["infra/write-openapi.ts"], summary: "writes docs/openapi.json" },
  docs: {
    program: ["test/docs/write.ts"],
    summary: "checks or writes generated parts of documents",
  },
  format: {
    program: ["node_modules/@biomejs/biome/bin/biome", "check", "--write", "."],
    summary: "formats the sources with biome",
  },
  "build:cdk": { program: ["cdk/build.ts"], summary: "builds @latchkey/cdk" },
  "build:client": { program: ["client/build.ts"], summary: "builds @latchkey/client" },
  "build:server": { program: ["server/build.ts"], summary: "builds @latchkey/server" },
  bench: {
    program: ["evidence/bench/main.ts"],
    summary: "measures the cost of a start and a check",
  },
  capacity: {
    program: ["evidence/capacity/main.ts"],
    summary: "measures what each table item takes at full rate",
  },
  endure: {
    program: ["evidence/endurance/main.ts"],
    summary: "loads the local system for half an hour",
  },
  explore: {
    program: ["evidence/exploration/main.ts"],
    summary: "explores every interleaving of small cases",
  },
  fuzz: { program: ["evidence/fuzz/main.ts"], summary: "fuzzes parsers and routes" },
  "fresh-apps": {
    program: ["evidence/fresh-apps/main.ts"],
    summary: "makes a Vite and a Next.js app by their generators and signs in",
  },
  "other-browsers": {
    program: ["evidence/other-browsers/main.ts"],
    summary: "signs in with Firefox and with WebKit",
  },
  integrate: {
    program: ["evidence/integrations/main.ts"],
    summary: "signs in through other frameworks",
  },
  judge: {
    program: ["evidence/judges/main.ts"],
    summary: "lets software of others examine the product",
  },
  mutate: { program: ["evidence/mutation/main.ts"], summary: "runs the mutation tests" },
  simulate: {
    program: ["evidence/simulation/main.ts"],
    summary: "simulates end users and attackers on a fake clock",
  },
} as const satisfies Readonly<Record<string, Command>>;

export function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}
