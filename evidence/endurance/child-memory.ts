import { execFileSync } from "node:child_process";

/** What the one emulator that this process has started takes of the machine, in bytes; nothing where it has none. */
export function childRss(): number | undefined {
  try {
    const rows = execFileSync("ps", ["-A", "-o", "ppid=,rss=,comm="], { encoding: "utf8" });
    const row = rows.split("\n").map((line) => line.trim().split(/\s+/));
    const found = row.find(([parent, , name]) => parent === String(process.pid) && name === "java");
    return found === undefined ? undefined : Number(found[1]) * 1_024;
  } catch {
    return undefined;
  }
}
