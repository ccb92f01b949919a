/** `npm run checklist [-- <stage>]`: the founder's questions, answered from what would be deployed. */
import { stackNameOf } from "../infra/deployment.ts";
import { STAGES, type StageName } from "../infra/stages.ts";
import { factsOf } from "./checklist/facts.ts";
import { policiesOf } from "./checklist/policies.ts";
import { answer } from "./checklist/questions.ts";
import { checklistJson, checklistSummary, checklistWords } from "./checklist/words.ts";
import { type ChecklistAsked, checklistAskedBy } from "./checklist-arguments.ts";
import { costTable } from "./cost-table.ts";
import { answerLive, LIVE_QUESTIONS, liveDeps } from "./live/live.ts";
import { exitCode, liveJson, liveWords } from "./live/words.ts";
import { synthesizedTemplate } from "./synthesized-template.ts";
import { progressOf, runCommand, tell } from "./terminal.ts";

await runCommand(async () => {
  const asked = checklistAskedBy(process.argv.slice(2));
  if (asked.cost) tell(costTable(await synthesizedTemplate("prod")));
  else return printChecklists(asked);
  return 0;
});

/** A question that fails takes precedence over one that could not be asked. */
async function printLive(stageName: StageName, { json, stack }: ChecklistAsked): Promise<number> {
  const template = await synthesizedTemplate(stageName);
  const stackName = stack ?? stackNameOf(stageName);
  const deps = liveDeps({ stageName, stackName, stage: STAGES[stageName], template });
  const answers = await answerLive(deps, LIVE_QUESTIONS, progressOf(LIVE_QUESTIONS.length));
  tell(json ? liveJson(stageName, answers, new Date()) : liveWords(stageName, answers));
  return exitCode(answers);
}

/** Of several stages the last one is printed in full, the others with their failures only. */
async function printChecklists(asked: ChecklistAsked): Promise<number> {
  const { stages, json } = asked;
  const results: boolean[] = [];
  for (const stageName of stages) {
    const { answers, facts } = await checklistOf(stageName);
    const isWhole = stageName === stages.at(-1);
    if (json) tell(checklistJson(stageName, answers, facts));
    else
      tell(
        isWhole ? checklistWords(stageName, answers, facts) : checklistSummary(stageName, answers),
      );
    results.push(answers.every(({ holds }) => holds));
  }
  const [stageName] = stages;
  const told = asked.live && stageName !== undefined ? await printLive(stageName, asked) : 0;
  return results.every(Boolean) ? told : 1;
}

async function checklistOf(stageName: StageName) {
  const template = await synthesizedTemplate(stageName);
  const evidence = {
    stageName,
    stage: STAGES[stageName],
    template,
    policies: policiesOf(STAGES[stageName]),
  };
  return { answers: answer(evidence), facts: factsOf(evidence) };
}
