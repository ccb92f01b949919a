/** `npm run setup`: asks for what a company decides, writes it into latchkey.config.ts answer by answer, and looks at the AWS account. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { refuseUnaffordable } from "../infra/deployable.ts";
import { stackNameOf } from "../infra/deployment.ts";
import { PROJECT } from "../infra/place.ts";
import { placeholdersOf, StageFault, validateStage } from "../infra/stage-rules.ts";
import { isStageName, STAGES, type Stage, type StageName } from "../infra/stages.ts";
import { answersWords } from "./checklist/words.ts";
import { answerAccount } from "./live/account.ts";
import { liveDeps } from "./live/live.ts";
import { type Ask, prompter } from "./prompt.ts";
import { type Change, writeFields } from "./setup/config-file.ts";
import { SETUP_QUESTIONS, type SetupQuestion } from "./setup/questions.ts";
import {
  argumentsOf,
  bold,
  CommandFault,
  dim,
  no,
  runCommand,
  tell,
  warn,
  yes,
} from "./terminal.ts";

const CONFIG = join(PROJECT, "latchkey.config.ts");
/** The names of the questions that were answered, by stage, so that a second run continues after them. */
const ANSWERED = join(PROJECT, ".build/setup.json");
const NAMES = v.record(v.string(), v.array(v.string()));

const HELP = `npm run setup -- [<${Object.keys(STAGES).join("|")}>] [--again]   asks for the settings of a stage, prod if none is named

  Each answer is written into latchkey.config.ts at once. Ctrl-C stops, and the next run goes on;
  --again asks the answered questions too. Enter keeps the value in brackets.`;

await runCommand(async () => {
  const options = { again: { type: "boolean", default: false } } as const;
  const { values, positionals } = argumentsOf({ help: HELP, takesWords: true, options });
  const [name = "prod", ...more] = positionals;
  if (!isStageName(name) || more.length > 0)
    throw new CommandFault(`The stages: ${Object.keys(STAGES).join(", ")}. One of them, or none.`);
  // An answer is validated with all the others: a wrong old one would refuse each.
  validateStage(name, STAGES[name]);
  tell(
    `\n  ${bold("Latchkey")} ${dim("·")} the settings of ${bold(name)}. Ctrl-C stops; the next run goes on.\n`,
  );
  const { stdin: input, stdout: output } = process;
  const { ask, close } = prompter({
    input,
    output,
    terminal: input.isTTY === true,
    whenEnded: "Stopped. The answers so far are in latchkey.config.ts, and npm run setup goes on.",
  });
  try {
    const stage = await askedAll(name, { ask, isAgain: values.again });
    return await nextStep(name, stage);
  } finally {
    close();
  }
});

type Asking = { readonly ask: Ask; readonly isAgain: boolean };

async function askedAll(name: StageName, { ask, isAgain }: Asking): Promise<Stage> {
  const answered = new Set(isAgain ? [] : await answeredBefore(name));
  let stage: Stage = STAGES[name];
  for (const question of SETUP_QUESTIONS) {
    if (question.isAsked?.(stage) === false) continue;
    const now = question.now(stage);
    if (answered.has(question.name) && !isExample(question, stage))
      tell(`  ${yes()} ${question.name}: ${dim(now)}`);
    else stage = await answerTo(question, { name, stage, ask });
    await keepAnswered(name, answered.add(question.name));
  }
  return stage;
}

/** Whether the stage still has the value that latchkey.config.ts came with. */
function isExample(question: SetupQuestion, stage: Stage): boolean {
  const fields = question.read(question.now(stage), stage);
  return placeholdersOf(stage).some((field) => field in fields);
}

type Subject = { readonly name: StageName; readonly stage: Stage; readonly ask: Ask };

/** Asks until the schema takes the answer, and writes it. */
async function answerTo(question: SetupQuestion, { name, stage, ask }: Subject): Promise<Stage> {
  const otherwise = isExample(question, stage) ? {} : { otherwise: question.now(stage) };
  for (;;) {
    const answer = await ask({ text: question.text(stage), ...otherwise });
    const change = question.read(answer, stage);
    const judged = judgedStage(name, stage, change);
    if (typeof judged === "string") {
      tell(`  ${no()} ${judged}`);
      continue;
    }
    await writeFields(CONFIG, name, change, judged);
    const means = question.means?.(judged);
    if (means !== undefined) tell(`    ${dim(means)}`);
    return judged;
  }
}

/** The stage with the change, or the sentence of the schema, or that the answer is still an example. */
function judgedStage(name: StageName, stage: Stage, change: Change): Stage | string {
  const all = Object.entries({ ...stage, ...change }).filter(([, value]) => value !== undefined);
  const candidate: unknown = Object.fromEntries(all);
  try {
    validateStage(name, candidate);
    if ("spend" in change) refuseUnaffordable(name, candidate);
    const example = placeholdersOf(candidate).find((field) => field in change);
    return example === undefined
      ? candidate
      : `${example} is still the example of latchkey.config.ts: give your own.`;
  } catch (fault) {
    if (fault instanceof StageFault) return fault.message;
    throw fault;
  }
}

async function answeredBefore(name: StageName): Promise<readonly string[]> {
  return (await allAnswered())[name] ?? [];
}

async function keepAnswered(name: StageName, names: ReadonlySet<string>): Promise<void> {
  const all = { ...(await allAnswered()), [name]: [...names] };
  await mkdir(dirname(ANSWERED), { recursive: true });
  await writeFile(ANSWERED, JSON.stringify(all));
}

async function allAnswered(): Promise<v.InferOutput<typeof NAMES>> {
  const text = await readFile(ANSWERED, "utf8").catch(() => "");
  // It can end in the middle of a write: then all questions are asked again.
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), NAMES), text);
  return kept.success ? kept.output : {};
}

/** Checks the account and prints the next command. */
async function nextStep(name: StageName, stage: Stage): Promise<number> {
  const left = placeholdersOf(stage);
  if (left.length > 0) {
    tell(
      `\n${warn("!")} Still examples: ${left.join(", ")}. Run npm run setup -- ${name} --again.`,
    );
    return 1;
  }
  tell(
    `\n${yes()} latchkey.config.ts has the settings of ${bold(name)}. Looking at the AWS account …`,
  );
  const template = { Resources: {} };
  const deps = liveDeps({ stageName: name, stackName: stackNameOf(name), stage, template });
  const answers = await answerAccount(deps);
  // Without a domain, its question needs no answer of AWS.
  const byAws = answers.filter(({ id }) => id !== "domain");
  const [first, ...others] = byAws.map((one) => (one.kind === "unasked" ? one.because : ""));
  if (first && others.every((one) => one === first)) throw new CommandFault(first);
  const isReady = answers.every((one) => one.kind === "answered" && one.holds);
  const commands = [
    `npm run deploy -- ${name}`,
    `npm run secrets -- ${name}`,
    `npm run checklist -- ${name} --live`,
  ];
  const next = isReady
    ? `  ${bold("Next:")}`
    : `  ${bold("Next")}, when the lines above hold (npm run setup -- ${name} looks again):`;
  tell(
    answersWords(`the account of ${name}`, answers, [next, ...commands.map((one) => `    ${one}`)]),
  );
  return 0;
}
