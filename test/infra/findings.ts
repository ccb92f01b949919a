import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "aws-cdk-lib";
import * as v from "valibot";
import { addChecks } from "../../infra/checks.ts";

const REPORT = v.object({
  pluginReports: v.array(v.object({ violations: v.array(v.object({ ruleName: v.string() })) })),
});

/** The rules of all checks that find something in an app. A warning is none. */
export function findingsIn(app: App): readonly string[] {
  addChecks(app);
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
    .map(({ ruleName }) => ruleName)
    .filter((ruleName) => !ruleName.startsWith("Annotation::"));
}
