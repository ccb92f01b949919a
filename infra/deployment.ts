import type { Stage } from "./stage.ts";

/** What every part of a deployment is told. */
export type Deployment = {
  /** Starts each name that must be unique in the account and region. Short enough for all of them. */
  readonly name: string;
  /** The stage of the API: the first segment of its paths. */
  readonly stageName: string;
  readonly stage: Stage;
};

/** The stack of a stage of this repository. Another stack is named to the commands by `--stack`. */
export function stackNameOf(stageName: string): string {
  return `latchkey-${stageName}`;
}
