import { synthesizedTemplate } from "../../cli/synthesized-template.ts";

/** The template of production, synthesized once for all files of a process. Tests only read it. */
export const PRODUCTION = await synthesizedTemplate("prod");
