/** `latchkey init`: writes a company's own repository into the folder, and overwrites nothing. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import cdk from "../../cdk.json" with { type: "json" };
import { argumentsOf, bold, CommandFault, runCommand, tell, yes } from "../../cli/terminal.ts";
import { PROJECT } from "./place.ts";

const PACKAGE = join(import.meta.dirname, "../../..");

await runCommand(async () => {
  argumentsOf({ help: "npx latchkey init", options: {} });
  const files = {
    "latchkey.config.ts": await template("latchkey.config.ts"),
    "app.ts": await template("app.ts"),
    "README.md": await template("README.md"),
    "cdk.json": json({ ...cdk, app: "node app.ts" }),
    ".gitignore": "node_modules/\ncdk.out/\n.build/\n.cache/\n",
  };
  const there = Object.keys(files).filter((name) => existsSync(join(PROJECT, name)));
  if (there.length > 0)
    throw new CommandFault(`Nothing was written: this folder has ${there.join(", ")} already.`);
  const manifest = await manifestHere();
  for (const [name, text] of Object.entries({ ...files, "package.json": json(manifest) }))
    await writeFile(join(PROJECT, name), text);
  tell(`${yes()} Written. Next: ${bold("npm install")}, then ${bold("npx latchkey start")}.`);
  return 0;
});

function template(name: string): Promise<string> {
  return readFile(join(PACKAGE, "dist/template", name), "utf8");
}

/** package.json with what the app and the commands need. If npm has written one when it installed the package, its fields stay. */
async function manifestHere(): Promise<object> {
  const file = join(PROJECT, "package.json");
  const found = existsSync(file) ? Object(JSON.parse(await readFile(file, "utf8"))) : {};
  const own = Object(JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8")));
  const { "aws-cdk": cli, ...peers } = own.latchkey.developedWith;
  return {
    private: true,
    ...found,
    type: "module",
    scripts: { start: "latchkey start", test: "latchkey test", ...found.scripts },
    dependencies: { [own.name]: own.version, ...peers, ...found.dependencies },
    devDependencies: { "aws-cdk": cli, ...found.devDependencies },
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
