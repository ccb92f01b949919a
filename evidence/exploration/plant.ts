import { registerHooks } from "node:module";
import type { Planted } from "./planted.ts";

/** From here on, an import of the file of a planted bug loads it with the bug. Throws where the text that it replaces is not there once. */
export function plant({ file, text, instead }: Planted): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/functions/verification/${file}`)) return loaded;
      const parts = String(loaded.source).split(text);
      if (parts.length !== 2) throw new Error(`${file} does not hold once: ${text}`);
      return { ...loaded, source: parts.join(instead) };
    },
  });
}
