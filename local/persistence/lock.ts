import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Keeps a folder for this process until the function that it answers is called, or the process ends. Throws where another one that still
 * runs has it; one that was killed has left it.
 */
export function lockFolder(home: string): () => void {
  const file = join(home, "running.pid");
  take(file, home);
  const leave = (): void => {
    process.off("exit", leave);
    rmSync(file, { force: true });
  };
  process.once("exit", leave);
  return leave;
}

function take(file: string, home: string): void {
  if (wrote(file)) return;
  const owner = Number(readFileSync(file, "utf8"));
  if (runs(owner))
    throw new Error(`${home} is in use by another Latchkey, process ${owner} (see ${file})`);
  rmSync(file, { force: true });
  if (!wrote(file)) throw new Error(`${home} is in use by another Latchkey`);
}

/** Whether the file was not there, and is now. */
function wrote(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (fault) {
    if (fault instanceof Error && "code" in fault && fault.code === "EEXIST") return false;
    throw fault;
  }
}

/** Signal 0 asks and does nothing. kill(2). */
function runs(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    // EPERM: somebody else's process.
    return fault instanceof Error && "code" in fault && fault.code === "EPERM";
  }
}
