import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, CloudFormationValidatePlugin, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";

const GUARD_FILE = join(import.meta.dirname, "latchkey.guard");

/** AWS's validator. Its types give `undefined` where its interface allows none. */
class TemplateValidator extends CloudFormationValidatePlugin {
  override get version(): string {
    return super.version ?? "0.0.0";
  }

  override get ruleIds(): string[] {
    return super.ruleIds ?? [];
  }
}

/**
 * The checks of every synthesis for a deployment, without an account: AWS's validator of templates with its own rules and ours, and cdk-nag. A
 * finding stops the synthesis.
 */
export function addChecks(app: App): void {
  const guardRules = [{ name: "latchkey", content: readFileSync(GUARD_FILE, "utf8") }];
  Validations.of(app).addPlugins(
    new TemplateValidator({ guardRules }),
    new AwsSolutionsChecks(app),
  );
}
