import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CommandFault } from "../../cli/terminal.ts";
import { KEPT, toItsEnd } from "./python.ts";

/** A program in a module of the Go proxy. */
export type GoProgram = {
  readonly module: string;
  readonly version: string;
  /** The hash of the module's files, as go.sum has it. Its own go.sum has those of what it needs. */
  readonly sum: string;
  /** The package of the program inside of the module. */
  readonly main: string;
};

/** Builds a program unless it is there already, and gives its path. Throws where Go is missing or the module is another than the one with this hash. */
export async function goProgram({ module, version, sum, main }: GoProgram): Promise<string> {
  const args = ["mod", "download", "-json", `${module}@${version}`];
  await mkdir(KEPT, { recursive: true });
  const { output, code } = await toItsEnd("go", args, { cwd: KEPT });
  if (code !== 0)
    throw new CommandFault(`Go is needed (Debian: apt-get install golang): ${output}`);
  const { Sum, Dir } = Object(JSON.parse(output));
  if (Sum !== sum) throw new Error(`${module} has the hash ${Sum}, not ${sum}`);
  const program = join(KEPT, `${main.split("/").at(-1)}-${version}`);
  const built = await toItsEnd("go", ["build", "-o", program, `./${main}`], { cwd: String(Dir) });
  if (built.code !== 0) throw new Error(built.output);
  return program;
}
