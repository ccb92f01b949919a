/** Synthesizes the stack into the folder that it is called with. */
import { join } from "node:path";
import { STAGES } from "../infra/stages.ts";
import { synthesize } from "../infra/synthesize.ts";

/** The stage that takes numbers of fiction, with its events. */
const STAGE = { ...STAGES.dev, events: true };

const [, , folder = ""] = process.argv;

try {
  await synthesize("dev", {
    stage: STAGE,
    outdir: join(folder, "cdk.out"),
    bundlesDirectory: join(folder, "bundles"),
  });
} catch (fault) {
  process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exitCode = 1;
}
