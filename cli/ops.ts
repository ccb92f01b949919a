/** `npm run ops -- <command>`: an operator's command about numbers, clients or sending, done by the function `operate`. */
import { operatorAt } from "./operator.ts";
import { askedBy } from "./ops-arguments.ts";
import { wordsOf } from "./ops-words.ts";
import { replayFile } from "./replay/command.ts";
import { runCommand, tell } from "./terminal.ts";

await runCommand(async () => {
  const asked = askedBy(process.argv.slice(2));
  if (asked.kind === "replay") {
    tell(await replayFile(asked));
    return 0;
  }
  const operate = await operatorAt(asked.place);
  const result = await operate(asked.operation);
  tell(wordsOf(result, Date.now()));
  return result.kind === "refused" ? 2 : 0;
});
