/** `npm run ops -- <command>`: an operator's commands on numbers, clients and sending, and queries to the logs. */
import { formatted, report, timelineWords, topWords } from "./activity/words.ts";
import { type Deployed, deployedAt } from "./operator.ts";
import { type LogArguments, parseOpsArguments } from "./ops-arguments.ts";
import { wordsOf } from "./ops-words.ts";
import { replayFile } from "./replay/command.ts";
import { dim, runCommand, tell } from "./terminal.ts";

await runCommand(async () => {
  const asked = parseOpsArguments(process.argv.slice(2));
  if (asked.kind === "replay") {
    tell(await replayFile(asked));
    return 0;
  }
  const deployed = await deployedAt(asked.place);
  // To stderr: a report may go into a file.
  process.stderr.write(dim(`  ${deployed.title}\n`));
  if (asked.kind !== "operation") {
    tell(await logWords(asked, deployed));
    return 0;
  }
  const result = await deployed.operate(asked.operation);
  tell(wordsOf(result, Date.now()));
  return result.kind === "refused" ? 2 : 0;
});

async function logWords(
  { kind, subject, seconds, format }: LogArguments,
  deployed: Deployed,
): Promise<string> {
  const { operate, logs } = deployed;
  const to = Date.now();
  const span = { from: to - seconds * 1_000, to };
  if (kind === "top") return topWords(deployed, span);
  if (kind === "report") return formatted(await report(logs, span), format);
  if (!subject.startsWith("+"))
    return timelineWords(await logs.linesWith(["requestId"], subject, span));
  // The logs hold pseudonyms only, and only the function can compute one.
  const who = await operate({ command: "who", target: subject });
  if (who.kind !== "number") return wordsOf(who, to);
  const { pseudonym } = who.subject;
  return timelineWords(await logs.linesWith(["number", "pseudonym"], pseudonym, span));
}
