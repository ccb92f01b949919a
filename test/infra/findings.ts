import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "aws-cdk-lib";
import * as v from "valibot";
import { addChecks } from "../../infra/checks.ts";

const FINDING = v.looseObject({ ruleName: v.string(), description: v.string() });
const REPORT = v.object({ pluginReports: v.array(v.object({ violations: v.array(FINDING) })) });

/** What all checks, or those that are added, find in an app. A warning is no finding. */
export function findingsIn(app: App, add = addChecks): readonly v.InferOutput<typeof FINDING>[] {
  add(app);
  const report = join(app.outdir, "validation-report.json");
  try {
    app.synth();
    return [];
  } catch (fault) {
    if (!existsSync(report)) throw fault;
  }
  return v
    .parse(REPORT, JSON.parse(readFileSync(report, "utf8")))
    .pluginReports.flatMap(({ violations }) => violations)
    .filter(({ ruleName }) => !ruleName.startsWith("Annotation::"));
}
