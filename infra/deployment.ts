import type { AnyFunctionName } from "../functions/runtime/environment.ts";
import type { Stage } from "./stage.ts";

/** The properties that every part of a deployment receives. */
export type Deployment = {
  /** The prefix of names that must be unique in the account and region. Short enough for all of them. */
  readonly name: string;
  /** The stage of the API: the first segment of its paths. */
  readonly stageName: string;
  readonly stage: Stage;
};

/** The stack of a stage of this repository. `--stack` names another stack to the commands. */
export function stackNameOf(stageName: string): string {
  return `latchkey-${stageName}`;
}

/** Known before the function exists: its role is bound to it, and the keys are bound to the role. */
export function functionName(deploymentName: string, name: AnyFunctionName): string {
  return `${deploymentName}-${name}`;
}
