import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** An empty folder, which goes when the file, or the group of tests, or the test that `until` stands for, has ended. */
export function aFolder(until: (work: () => void) => void = afterAll): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  until(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
