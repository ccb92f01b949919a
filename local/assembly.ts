import { rmSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { synthesize } from "../infra/synthesize.ts";

/** A synthesized stack: its template, and the folder that its assets lie in. */
export type Assembly = {
  readonly template: unknown;
  readonly assemblyDirectory: string;
  readonly stop: () => Promise<void>;
};

/** The stage that takes numbers of fiction. */
const STAGE = "dev";
const BUILD = join(import.meta.dirname, "../.build");

/** Builds the bundles and the stack as a deployment would, into a folder of its own that goes away at the end. */
export async function synthesizedAssembly(): Promise<Assembly> {
  await mkdir(BUILD, { recursive: true });
  const folder = await mkdtemp(join(BUILD, "local-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Ctrl-C leaves no time for anything that waits.
  process.once("exit", remove);
  const stop = async (): Promise<void> => {
    process.off("exit", remove);
    remove();
  };
  try {
    const { template, assemblyDirectory } = await synthesize(STAGE, {
      outdir: join(folder, "cdk.out"),
      bundlesDirectory: join(folder, "bundles"),
    });
    return { template, assemblyDirectory, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
