/** Explores with one bug planted, by its place in the list, and writes what it found as JSON. For `main.ts`. */
import { plant } from "./plant.ts";
import { PLANTED } from "./planted.ts";

const planted = PLANTED[Number(process.argv[2])];
if (planted === undefined) throw new Error("no such bug");
plant(planted);

// Only from here on may anything be imported that the bug is in.
const { CONFIGURATIONS } = await import("./configurations.ts");
const { explore } = await import("./explore.ts");
const { MEMORY } = await import("./grounds.ts");

async function found() {
  for (const make of CONFIGURATIONS) {
    const configuration = make();
    if (configuration.ground === "table" || configuration.isLong === true) continue;
    const { broken } = await explore(MEMORY, configuration);
    if (broken !== undefined) return { configuration: configuration.name, ...broken };
  }
  return {};
}

process.stdout.write(JSON.stringify(await found()));
