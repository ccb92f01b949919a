import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT } from "./place.ts";

const { STAGES: exported } = Object(
  await import(pathToFileURL(join(PROJECT, "latchkey.config.ts")).href),
);

/** latchkey.config.ts of the package: that of the folder in which the command runs. infra/stages.ts refuses what is none. */
export const STAGES: object = exported;
