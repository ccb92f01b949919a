/** `npm run security`: says what of SECURITY.md does not hold. `-- --write` writes its tables anew. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { no, runCommand, tell, yes } from "../../../cli/terminal.ts";
import { faultsOfTables } from "./faults.ts";
import { withBlocks } from "./tables.ts";

const PAGE = join(import.meta.dirname, "../../../SECURITY.md");

await runCommand(async () => {
  const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
  const page = await readFile(PAGE, "utf8");
  const written = withBlocks(page);
  if (values.write) await writeFile(PAGE, written);
  const isStale = !values.write && written !== page;
  const faults = [
    ...(isStale ? ["its tables are not those of today: npm run security -- --write"] : []),
    ...faultsOfTables(),
  ];
  for (const fault of faults) tell(`${no()} ${fault}`);
  if (values.write) tell(`${yes()} Written: SECURITY.md`);
  if (faults.length === 0) tell(`${yes()} Every row holds.`);
  return faults.length === 0 ? 0 : 1;
});
