/** `npm run docs`: names what the documents state wrongly. `-- --write` writes their generated parts. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { synthesizedTemplate } from "../../cli/synthesized-template.ts";
import { argumentsOf, no, runCommand, tell, yes } from "../../cli/terminal.ts";
import { installFor } from "../install.ts";
import { faultsOfTables } from "./security/faults.ts";
import { textOf } from "./security/titles.ts";

await runCommand(async () => {
  const { values } = argumentsOf({
    help: `npm run docs -- [--write]`,
    options: { write: { type: "boolean", default: false } },
  });
  await installFor(["docs"]);
  const { PARTS, written } = await import("./parts.ts");
  const template = await synthesizedTemplate("prod");
  const stale = Object.keys(PARTS).filter((page) => written(page, template) !== textOf(page));
  if (values.write)
    for (const page of stale)
      await writeFile(join(import.meta.dirname, "../..", page), written(page, template));
  const faults = [
    ...(values.write ? [] : stale.map((page) => `${page} is out of date: npm run docs -- --write`)),
    ...faultsOfTables(),
  ];
  for (const fault of faults) tell(`${no()} ${fault}`);
  if (faults.length === 0) tell(`${yes()} The documents state what the code does.`);
  return faults.length === 0 ? 0 : 1;
});
