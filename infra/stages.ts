import { STAGES } from "../latchkey.config.ts";

export type { Stage } from "./stage.ts";

/** The stages in latchkey.config.ts. */
export { STAGES };

export type StageName = keyof typeof STAGES;

export function isStageName(name: unknown): name is StageName {
  return typeof name === "string" && Object.hasOwn(STAGES, name);
}
