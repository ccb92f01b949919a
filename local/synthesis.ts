/** Synthesizes the stack into the folder that it is called with. */
import { join } from "node:path";
import { synthesize } from "../infra/synthesize.ts";

/** The stage that takes numbers of fiction. */
const STAGE = "dev";

const [, , folder = ""] = process.argv;

try {
  await synthesize(STAGE, {
    outdir: join(folder, "cdk.out"),
    bundlesDirectory: join(folder, "bundles"),
  });
} catch (fault) {
  process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exitCode = 1;
}
