/** `npm run checklist [-- <stage>]`: the founder's questions, answered from what would be deployed. */
import { stackNameOf } from "../infra/deployment.ts";
import { STAGES, type StageName } from "../infra/stages.ts";
import { factsOf } from "./checklist/facts.ts";
import { policiesOf } from "./checklist/policies.ts";
import { answer, PROVEN } from "./checklist/questions.ts";
import {
  afterWords,
  answersJson,
  answersWords,
  exitCode,
  failuresWords,
} from "./checklist/words.ts";
import { type ChecklistArguments, parseChecklistArguments } from "./checklist-arguments.ts";
import { costTable } from "./cost-table.ts";
import { answerLive, LIVE_QUESTIONS, liveDeps } from "./live/live.ts";
import { BY_HAND } from "./live/twilio.ts";
import { synthesizedTemplate } from "./synthesized-template.ts";
import { bold, dim, progressOf, runCommand, tell, wrapped } from "./terminal.ts";

await runCommand(async () => {
  const asked = parseChecklistArguments(process.argv.slice(2));
  if (asked.cost) tell(costTable(await synthesizedTemplate("prod")));
  else return printChecklists(asked);
  return 0;
});

/** A question that fails takes precedence over one that could not be asked. */
async function printLive(
  stageName: StageName,
  { json, stack }: ChecklistArguments,
): Promise<number> {
  const template = await synthesizedTemplate(stageName);
  const stackName = stack ?? stackNameOf(stageName);
  const deps = liveDeps({ stageName, stackName, stage: STAGES[stageName], template });
  const answers = await answerLive(deps, LIVE_QUESTIONS, progressOf(LIVE_QUESTIONS.length));
  const heading = `settings at AWS and Twilio of ${bold(stageName)}`;
  const byHand = BY_HAND.map((text) => `  ${dim("·")} ${wrapped(text, 96, "    ")}`);
  const after = [`  ${bold("To see by hand")}, since no API returns it`, ...byHand];
  const asked = new Date().toISOString();
  tell(
    json
      ? answersJson(stageName, answers, { asked, byHand: BY_HAND })
      : answersWords(heading, answers, after),
  );
  return exitCode(answers);
}

/** Of several stages the last one is printed in full, the others with their failures only. */
async function printChecklists(asked: ChecklistArguments): Promise<number> {
  const { stages, json } = asked;
  const step = progressOf(stages.length);
  const codes: number[] = [];
  for (const stageName of stages) {
    step(`synthesizing and checking ${stageName}`);
    const stage = STAGES[stageName];
    // Loaded only here: CDK takes longer than all else, and help and refusals need none of it.
    const { checkedTemplate } = await import("./checklist/checked-template.ts");
    const checked = await checkedTemplate(stageName);
    const evidence = { stageName, stage, ...checked, policies: policiesOf(stage) };
    const answers = answer(evidence);
    const facts = factsOf(evidence);
    const heading = `the founder's questions about ${bold(stageName)}`;
    if (json) tell(answersJson(stageName, answers, { facts: Object.fromEntries(facts) }));
    else if (stageName === stages.at(-1))
      tell(answersWords(heading, answers, afterWords(PROVEN, facts)));
    else tell(failuresWords(heading, answers));
    codes.push(exitCode(answers));
  }
  const [stageName] = stages;
  const liveCode = asked.live && stageName !== undefined ? await printLive(stageName, asked) : 0;
  return codes.includes(1) ? 1 : liveCode;
}
