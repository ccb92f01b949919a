import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import cdk from "../../cdk.json" with { type: "json" };
import { byBundle } from "../../infra/by-function.ts";
import { LatchkeyStack } from "../../infra/latchkey-stack.ts";
import { STAGES, type Stage, type StageName } from "../../infra/stages.ts";
import { createResolve } from "../../local/template/intrinsics.ts";

/** Stands for bundles where nobody asks what functions do. */
export const ANY_DIRECTORY = import.meta.dirname;

/** An app with the switches of the project, whose assembly goes away with the process. AWS's validator takes seconds; the tests of the checks add it. */
export function anApp(builtinCloudFormationValidation = false): App {
  const outdir = mkdtempSync(join(tmpdir(), "assembly-"));
  outdirs.push(outdir);
  const { context } = cdk;
  return new App({ outdir, context, analyticsReporting: false, builtinCloudFormationValidation });
}
const outdirs: string[] = [];
process.once("exit", () => {
  for (const outdir of outdirs) rmSync(outdir, { recursive: true });
});

export function stackOf(stageName: StageName, stage: Stage = STAGES[stageName]): LatchkeyStack {
  const bundles = byBundle(() => ({ directory: ANY_DIRECTORY }));
  return new LatchkeyStack(anApp(), { stageName, stage, bundles });
}

const made = new Map<StageName, Template>();

/** The template of a stage as it is configured, made once for all files, or of a changed one. Tests only read it. */
export function templateOf(stageName: StageName, stage?: Stage): Template {
  if (stage !== undefined) return Template.fromStack(stackOf(stageName, stage));
  const template = made.get(stageName) ?? Template.fromStack(stackOf(stageName));
  made.set(stageName, template);
  return template;
}

/** A text of the template with its references replaced, in the region of the local system. */
export function textIn(template: Template, value: unknown): string {
  return String(createResolve({ Resources: template.toJSON()["Resources"] })(value));
}

/** The one resource of a type whose logical id starts like this. */
export function resourceIn(template: Template, type: string, idStart = "") {
  const found = Object.entries(template.findResources(type)).filter(([id]) =>
    new RegExp(`^${idStart}[0-9A-F]{8}$`).test(id),
  );
  const [first, ...others] = found;
  if (first === undefined || others.length > 0)
    throw new Error(`${found.length} resources ${type} ${idStart}`);
  const [id, resource] = first;
  return { id, resource };
}

/** The properties of the alarms of a template, by their names without the stage. */
export function alarmsIn(template: Template): Map<string, ReturnType<typeof JSON.parse>> {
  const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm"));
  return new Map(
    alarms.map(({ Properties }) => [
      Properties.AlarmName.replace("latchkey-prod-", ""),
      Properties,
    ]),
  );
}
