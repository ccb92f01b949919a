/** `npm run destroy -- <stage>`: takes a stage down, after its name was typed again. */
import { stackNameOf } from "../infra/deployment.ts";
import { STAGES } from "../infra/stages.ts";
import { destroy, destroyAskedBy, whatGoes } from "./destroy-command.ts";
import { prompter } from "./prompt.ts";
import { runProgram } from "./run-program.ts";
import { bold, runCommand, tell, yes } from "./terminal.ts";

await runCommand(async () => {
  const name = destroyAskedBy(process.argv.slice(2));
  tell(`\n  ${bold(stackNameOf(name))}: ${whatGoes(STAGES[name])}\n`);
  const { stdin: input, stdout: output } = process;
  const { ask, close } = prompter({ input, output, terminal: input.isTTY === true });
  await destroy(name, ask, (program, args) => {
    // cdk takes the terminal from here.
    close();
    return runProgram(program, args);
  }).finally(close);
  tell(`${yes()} ${bold(name)} is gone.`);
  return 0;
});
