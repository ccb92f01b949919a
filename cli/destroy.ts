/** `npm run destroy -- <stage>`: deletes a stage after the operator typed the name of the stack. */
import { STAGES } from "../infra/stages.ts";
import { destroy, destroyedAndKept, parseDestroyArguments } from "./destroy-command.ts";
import { prompter } from "./prompt.ts";
import { runProgram } from "./run-program.ts";
import { bold, runCommand, tell, yes } from "./terminal.ts";

await runCommand(async () => {
  const asked = parseDestroyArguments(process.argv.slice(2));
  const { stackName } = asked.place;
  tell(`\n  ${bold(stackName)}: ${destroyedAndKept(STAGES[asked.name])}\n`);
  const { stdin: input, stdout: output } = process;
  const { ask, close } = prompter({ input, output, terminal: input.isTTY === true });
  await destroy(asked, ask, (program, args) => {
    // cdk takes the terminal from here.
    close();
    return runProgram(program, args);
  }).finally(close);
  tell(`${yes()} ${bold(stackName)} is gone.`);
  return 0;
});
