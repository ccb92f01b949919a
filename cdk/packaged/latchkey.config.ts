import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT } from "./place.ts";

/** latchkey.config.ts of the package: that of the folder in which the command runs. */
export const STAGES = await stagesIn(join(PROJECT, "latchkey.config.ts"));

/** Ends the process with one sentence where there are none: no command has begun that could print it. */
async function stagesIn(file: string): Promise<object> {
  const { STAGES } = Object(await import(pathToFileURL(file).href));
  if (typeof STAGES === "object" && STAGES !== null && Object.hasOwn(STAGES, "dev")) return STAGES;
  process.stderr.write(
    "latchkey.config.ts must export STAGES with a stage dev, which runs on your machine.\n",
  );
  return process.exit(2);
}
