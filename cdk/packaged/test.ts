/** `latchkey test`: validates and synthesizes each stage as a deployment does. A refused setting, a finding of cdk-nag or one of a Guard rule ends it. */

import { runProgram } from "../../cli/run-program.ts";
import { argumentsOf, dim, no, runCommand, tell, yes } from "../../cli/terminal.ts";
import { placeholdersOf, validateStage } from "../../infra/stage-rules.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";

await runCommand(async () => {
  argumentsOf({ help: "npx latchkey test", options: {} });
  let failed = 0;
  for (const [name, stage] of Object.entries<Stage>(STAGES)) {
    validateStage(name, stage);
    const code = await runProgram("npx", [
      ...["--no-install", "cdk", "synth", "--quiet"],
      ...["-c", `stage=${name}`, "--output", `.build/cdk.out/${name}`],
    ]);
    if (code !== 0) failed += 1;
    const fields = placeholdersOf(stage);
    const left = fields.length === 0 ? "" : dim(`  still examples: ${fields.join(", ")}`);
    tell(`${code === 0 ? yes() : no()} ${name}${left}`);
  }
  return failed === 0 ? 0 : 1;
});
