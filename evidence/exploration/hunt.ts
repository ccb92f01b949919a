/** Explores with one bug planted, by its place in the list, and writes what it found as JSON. For `main.ts`. */
import { registerHooks } from "node:module";
import { PLANTED } from "./planted.ts";

const planted = PLANTED[Number(process.argv[2])];
if (planted === undefined) throw new Error("no such bug");
const { file, text, instead } = planted;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/functions/verification/${file}`)) return loaded;
    const parts = String(loaded.source).split(text);
    if (parts.length !== 2) throw new Error(`${file} does not hold once: ${text}`);
    return { ...loaded, source: parts.join(instead) };
  },
});

// Only from here on may anything be imported that the bug is in.
const { QUICK } = await import("./configurations.ts");
const { firstBroken } = await import("./findings.ts");

process.stdout.write(JSON.stringify((await firstBroken(QUICK.map((make) => make()))) ?? null));
