import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../infra/place.ts";
import type { StageName } from "../infra/stages.ts";
import { parseTemplate, type Template } from "./template.ts";

const BUILD = join(PROJECT, ".build");

/** The template of a stage, synthesized in a temporary folder. */
export async function synthesizedTemplate(stageName: StageName): Promise<Template> {
  return inBuildFolder(async (place) => {
    // Loaded only here: it takes longer than all else, and help and refusals need none of it.
    const { synthesize } = await import("../infra/synthesize.ts");
    const { template } = await synthesize(stageName, place);
    return parseTemplate(template);
  });
}

/** Runs a synthesis in a temporary folder, which is deleted afterwards. */
export async function inBuildFolder<T>(
  work: (place: { readonly outdir: string }) => Promise<T>,
): Promise<T> {
  await mkdir(BUILD, { recursive: true });
  const folder = await mkdtemp(join(BUILD, "template-"));
  try {
    return await work({ outdir: join(folder, "cdk.out") });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
