import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../infra/place.ts";
import type { StageName } from "../infra/stages.ts";
import { synthesize } from "../infra/synthesize.ts";
import { parseTemplate, type Template } from "./template.ts";

const BUILD = join(PROJECT, ".build");

/** The template of a stage, synthesized in a temporary folder. */
export async function synthesizedTemplate(stageName: StageName): Promise<Template> {
  await mkdir(BUILD, { recursive: true });
  const folder = await mkdtemp(join(BUILD, "template-"));
  try {
    const { template } = await synthesize(stageName, {
      outdir: join(folder, "cdk.out"),
      bundlesDirectory: join(folder, "bundles"),
    });
    return parseTemplate(template);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
