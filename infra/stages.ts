import { STAGES } from "../latchkey.config.ts";

export type { Stage } from "./stage.ts";

/** The stages in latchkey.config.ts. */
export { STAGES };

// No command has begun that could print a fault.
if (!hasDev(STAGES)) {
  process.stderr.write(
    "latchkey.config.ts must export STAGES, an object with a stage dev, which runs on your machine.\n",
  );
  process.exit(2);
}

function hasDev(stages: unknown): boolean {
  return typeof stages === "object" && stages !== null && Object.hasOwn(stages, "dev");
}

export type StageName = keyof typeof STAGES;

export function isStageName(name: unknown): name is StageName {
  return typeof name === "string" && Object.hasOwn(STAGES, name);
}
