import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, CloudFormationValidatePlugin, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";

const CONTENT = readFileSync(join(import.meta.dirname, "latchkey.guard"), "utf8");

/** AWS's validator. Its types give `undefined` where its interface allows none. */
class TemplateValidator extends CloudFormationValidatePlugin {
  override get version(): string {
    return super.version ?? "0.0.0";
  }

  override get ruleIds(): string[] {
    return super.ruleIds ?? [];
  }
}

/** One for all apps of a process: it takes three seconds to start. */
const VALIDATOR = new TemplateValidator({ guardRules: [{ name: "latchkey", content: CONTENT }] });

/**
 * The checks of every synthesis for a deployment, without an account: AWS's validator of templates with its own rules and ours, and cdk-nag. A
 * finding stops the synthesis.
 */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(VALIDATOR, new AwsSolutionsChecks(app));
}
