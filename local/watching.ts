import { watch } from "node:fs";
import { join } from "node:path";
import { PROJECT, WATCHED } from "../infra/place.ts";

/** An editor writes a file in several steps. */
const QUIET_MILLISECONDS = 150;

/** Calls `rebuild` once after each change of a source, never twice at a time; what changes meanwhile is built next. */
export function watchSources(rebuild: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;
  let isBuilding = false;
  let isStale = false;

  const build = async (): Promise<void> => {
    if (isBuilding) {
      isStale = true;
      return;
    }
    isBuilding = true;
    do {
      isStale = false;
      await rebuild();
    } while (isStale);
    isBuilding = false;
  };

  for (const folder of WATCHED) {
    watch(join(PROJECT, folder), { recursive: true }, (_, name) => {
      if (name === null || !/\.(?:ts|json)$/.test(name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void build(), QUIET_MILLISECONDS);
    });
  }
}
