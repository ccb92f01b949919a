/** `npm run restore -- <stage> --from <table>`: adds what a restored copy of the table has and the table lacks. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { STAGES } from "../infra/stages.ts";
import { asking } from "./aws-faults.ts";
import { outputsOf } from "./deployed.ts";
import { addMissing } from "./missing-items.ts";
import { stageIn } from "./stage-argument.ts";
import { argumentsOf, CommandFault, runCommand, tell, yes } from "./terminal.ts";

const HELP = `npm run restore -- <${Object.keys(STAGES).join("|")}> --from <table> [--stack <name>]   adds what a restored copy of the table has and the table lacks`;

await runCommand(async () => {
  const options = { from: { type: "string" }, stack: { type: "string" } } as const;
  const { values, positionals } = argumentsOf({ help: HELP, takesWords: true, options });
  const { place } = stageIn("restore", positionals, values.stack);
  const { from } = values;
  if (from === undefined)
    throw new CommandFault("Name the copy: --from with the name of its table.");
  const to = (await outputsOf(new CloudFormationClient({}), place))("Table");
  if (from === to) throw new CommandFault(`${from} is the table itself, and no copy of it.`);
  const client = new DynamoDBClient({});
  const { added, kept, leftOut } = await asking(() => addMissing(client, { from, to }));
  tell(
    `${yes()} ${added} items added. ${kept} were there and stay. ${leftOut} of codes were left out: no code is good again.`,
  );
  return 0;
});
