import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { addChecks } from "../../infra/checks.ts";
import type { StageName } from "../../infra/stages.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { inBuildFolder } from "../synthesized-template.ts";
import { parseTemplate, type Template } from "../template.ts";
import type { CheckFinding } from "./question.ts";

const VIOLATION = v.pipe(
  v.object({
    ruleName: v.string(),
    description: v.string(),
    violatingConstructs: v.array(
      v.object({ cloudFormationResource: v.object({ logicalId: v.string() }) }),
    ),
  }),
  v.transform(({ ruleName, description, violatingConstructs: where }) => ({
    rule: ruleName,
    words: `${description} (${where.map((one) => one.cloudFormationResource.logicalId).join(", ")})`,
  })),
);
const REPORT = v.object({ pluginReports: v.array(v.object({ violations: v.array(VIOLATION) })) });

/** The template of a stage, and what the checks of a deployment find in it: the Guard rules, cdk-nag and AWS's validator. */
export async function checkedTemplate(
  stageName: StageName,
): Promise<{ readonly template: Template; readonly findings: readonly CheckFinding[] }> {
  return inBuildFolder(async (place) => {
    let file = "";
    try {
      const { template } = await synthesize(stageName, {
        ...place,
        prepare: (app, stack) => {
          file = stack.templateFile;
          stack.latchkey.acknowledgeFindings();
          addChecks(app);
        },
      });
      return { template: parseTemplate(template), findings: [] };
    } catch (fault) {
      const report = join(place.outdir, "validation-report.json");
      if (!existsSync(report)) throw fault;
      const { pluginReports } = v.parse(REPORT, await jsonIn(report));
      return {
        template: parseTemplate(await jsonIn(join(place.outdir, file))),
        findings: pluginReports.flatMap(({ violations }) => violations),
      };
    }
  });
}

async function jsonIn(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}
