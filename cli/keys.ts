/** `latchkey keys <command>`: the API keys of back ends, through the function `operate`. */
import * as v from "valibot";
import { KEY_OPERATION_RESULT } from "../functions/operator/key-operations.ts";
import { keyWordsOf, parseKeysArguments } from "./keys-arguments.ts";
import { answerOf, deployedAt } from "./operator.ts";
import { runCommand, tell } from "./terminal.ts";

await runCommand(async () => {
  const { place, operation } = parseKeysArguments(process.argv.slice(2));
  const { reach } = await deployedAt(place);
  const answer = await answerOf(reach, operation);
  const result = v.parse(KEY_OPERATION_RESULT, answer);
  tell(keyWordsOf(result, Date.now()));
  return result.kind === "refused" ? 2 : 0;
});
