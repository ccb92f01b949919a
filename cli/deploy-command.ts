import { join } from "node:path";
import { twilioModeOf } from "../infra/environments.ts";
import { placeholdersOf } from "../infra/stage-rules.ts";
import { STAGES, type Stage, type StageName } from "../infra/stages.ts";
import { dollars, whole } from "./cost-table.ts";
import type { WorstDay } from "./costs.ts";
import type { RunProgram } from "./run-program.ts";
import { cdkContextOf, type StageArgument, stageIn } from "./stage-argument.ts";
import {
  argumentsOf,
  bold,
  CommandFault,
  dim,
  link,
  progressOf,
  table,
  warn,
  yes,
} from "./terminal.ts";

export type DeployArguments = StageArgument & {
  readonly skipTests: boolean;
  readonly revertDrift: boolean;
  readonly allowDataLoss: boolean;
};

const USAGE = `npm run deploy -- <${Object.keys(STAGES).join("|")}> [flags]   runs all checks, then deploys a stage

  --skip-tests        deploys without the checks
  --revert-drift      puts back what was changed by hand at AWS
  --allow-data-loss   deploys even if a table, a key, a log or a secret is deleted or replaced
  --stack <name>      a stack of another name`;

/** Throws a `CommandFault` where `args` are not one stage and these flags. */
export function parseDeployArguments(args: readonly string[]): DeployArguments {
  const { values, positionals } = argumentsOf(
    {
      help: USAGE,
      takesWords: true,
      options: {
        "skip-tests": { type: "boolean", default: false },
        "revert-drift": { type: "boolean", default: false },
        "allow-data-loss": { type: "boolean", default: false },
        stack: { type: "string" },
      },
    },
    args,
  );
  const stage = stageIn("deploy", positionals, values.stack);
  return {
    ...stage,
    skipTests: values["skip-tests"],
    revertDrift: values["revert-drift"],
    allowDataLoss: values["allow-data-loss"],
  };
}

/** Throws if a value of production is still an example. */
export function refusePlaceholders(name: StageName, stage: Stage): void {
  const fields = placeholdersOf(stage);
  if (fields.length > 0)
    throw new CommandFault(
      `${name} still has example values: ${fields.join(", ")}. Put yours into latchkey.config.ts.`,
    );
}

/**
 * Checks, synthesizes into `folder`, and deploys it, unless that would lose state (`refuse` throws). `outputs.json` in the folder receives
 * the outputs of the stack. CloudFormation leaves manual changes of resources that the template did
 * not change, unless `revertDrift` makes it compare with the real resources.
 */
export async function deploy(
  asked: DeployArguments,
  folder: string,
  run: RunProgram,
  { refuse, statusOf = async () => undefined }: DeployDeps,
): Promise<void> {
  const { skipTests, revertDrift, allowDataLoss } = asked;
  const { stackName } = asked.place;
  // Credentials that do not work, and a stack that takes no deployment, are reported before minutes of checks.
  const before = await statusOf(stackName);
  const obstacle = obstacleOf(asked, before);
  if (obstacle !== undefined) throw new CommandFault(obstacle);
  const step = progressOf(skipTests ? 2 : 3);
  if (!skipTests) step("all checks, which take some minutes");
  if (!skipTests && (await run("npm", ["test"])) !== 0)
    throw new CommandFault("A check failed, so nothing was deployed. --skip-tests deploys anyway.");
  const assembly = join(folder, "cdk.out");
  const cdk = (...args: readonly string[]) => run("npx", ["--no-install", "cdk", ...args]);
  step("cdk synth");
  if ((await cdk("synth", "--quiet", ...cdkContextOf(asked), "--output", assembly)) !== 0)
    throw new CommandFault("cdk did not synthesize; its output has the reason.");
  if (!allowDataLoss) await refuse(assembly);
  step("cdk deploy");
  const drift = revertDrift ? ["--revert-drift"] : [];
  const outputs = ["--outputs-file", join(folder, "outputs.json")];
  if ((await cdk("deploy", "--app", assembly, ...outputs, ...drift)) !== 0)
    throw new CommandFault(failureWords(asked, await statusOf(stackName)));
}

type DeployDeps = {
  /** Throws where the assembly in this folder would lose state of what is deployed. */
  readonly refuse: (assembly: string) => Promise<void>;
  readonly statusOf?: StatusOf;
};

/** The status of a stack by its name; `undefined` if there is no such stack. */
type StatusOf = (stackName: string) => Promise<string | undefined>;

/** The reason why CloudFormation takes no deployment of a stack with this status, and the mend. */
function obstacleOf(asked: StageArgument, status = ""): string | undefined {
  const { stackName } = asked.place;
  // A first deployment that failed cannot be repeated.
  if (/^(CREATE_FAILED|DELETE_FAILED|ROLLBACK_(COMPLETE|FAILED))$/.test(status))
    return failedFirstWords(asked, status);
  if (status === "UPDATE_ROLLBACK_FAILED")
    return `The last update of ${stackName} failed, and so did its rollback (${status}). In CloudFormation choose Continue update rollback, then deploy again.`;
  return /_IN_PROGRESS$/.test(status) && status !== "REVIEW_IN_PROGRESS"
    ? `Another deployment of ${stackName} has not ended (${status}). Wait for it, then deploy again.`
    : undefined;
}

function failureWords(asked: StageArgument, status: string | undefined): string {
  const otherwise =
    status === undefined
      ? "An account and region that never had CDK need once: npx cdk bootstrap."
      : `The version before still runs (${status}).`;
  return `cdk did not deploy; its output has the reason. ${obstacleOf(asked, status) ?? otherwise}`;
}

function failedFirstWords({ name, place }: StageArgument, status: string): string {
  const stage: Stage = STAGES[name];
  const unprotect = stage.production
    ? ` switch off the termination protection of ${place.stackName} in CloudFormation;`
    : "";
  const flag = stage.production ? " --this-is-production" : "";
  return `The first deployment of ${place.stackName} failed, and cannot be tried again (${status}). Remove what is left and deploy again:${unprotect} npm run destroy -- ${name}${flag}.`;
}

/** The address of the API in the outputs that cdk wrote; `undefined` if there is none. */
export function addressIn(outputs: unknown, stackName: string): string | undefined {
  const address: unknown = Object(Object(outputs)[stackName]).LatchkeyAddress;
  return typeof address === "string" ? address : undefined;
}

/** The manual steps that remain, and the destinations that the stage opens. */
export function nextSteps(
  name: StageName,
  stage: Stage,
  { address, worst }: { readonly address: string | undefined; readonly worst: WorstDay },
): string {
  const steps = [
    ...(stage.alertEmail === undefined
      ? []
      : [
          `Open the mail that AWS sent to ${bold(stage.alertEmail)} and confirm it. Until then no alarm reaches you.`,
        ]),
    `Put Twilio's ${twilioModeOf(stage)} credentials in, unless they are: ${bold(`npm run secrets -- ${name}`)}`,
    "Check that the account has a CloudTrail trail: without one no alarm reports misuse of keys",
    `Check all settings: ${bold(`npm run checklist -- ${name} --live`)}`,
  ];
  return [
    "",
    `${yes()} ${bold(name)} is deployed.`,
    "",
    `  ${dim("The API")}   ${address === undefined ? warn("its address is in what cdk printed") : link(`${address}/v1/verifications`)}`,
    "",
    bold("  Next"),
    ...steps.map((step, index) => `    ${index + 1}. ${step}`),
    "",
    bold("  The highest bill of a day, within the throttles and the cap of spend"),
    worstWords(worst),
    "",
  ].join("\n");
}

function worstWords({ requests, sends, awsDollars, messageDollars }: WorstDay): string {
  return table([
    ["AWS", `$${dollars(awsDollars)} for ${whole(requests)} requests`],
    [
      "messages",
      `$${dollars(messageDollars)}, ${whole(sends)} messages at most: reserved before each is sent`,
    ],
  ]);
}
