/** `npm run deploy -- <stage>`: checks, deploys, and prints what is left to do. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { PROJECT } from "../infra/place.ts";
import { STAGES } from "../infra/stages.ts";
import { worstDay } from "./costs.ts";
import {
  addressIn,
  deploy,
  nextSteps,
  parseDeployArguments,
  refusePlaceholders,
} from "./deploy-command.ts";
import { statusOf } from "./deployed.ts";
import { runProgram } from "./run-program.ts";
import { synthesizedTemplate } from "./synthesized-template.ts";
import { runCommand, tell } from "./terminal.ts";
import { refuseLosses } from "./upgrade-guard.ts";

const BUILD = join(PROJECT, ".build");

await runCommand(async () => {
  const asked = parseDeployArguments(process.argv.slice(2));
  const stage = STAGES[asked.name];
  refusePlaceholders(asked.name, stage);
  await mkdir(BUILD, { recursive: true });
  const folder = await mkdtemp(join(BUILD, "deploy-"));
  try {
    await deploy(asked, folder, runProgram, {
      refuse: refuseLosses,
      statusOf: (stackName) => statusOf(new CloudFormationClient({}), stackName),
    });
    const outputs: unknown = JSON.parse(await readFile(join(folder, "outputs.json"), "utf8"));
    const worst = worstDay(stage, await synthesizedTemplate(asked.name));
    tell(
      nextSteps(asked.name, stage, { address: addressIn(outputs, asked.place.stackName), worst }),
    );
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
