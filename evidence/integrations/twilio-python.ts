import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { System } from "../../local/system.ts";
import { keyMaker } from "../../test/support/key-maker.ts";
import { pythonPrograms } from "../judges/programs.ts";
import { newNumber } from "./ground.ts";

const PROGRAM = join(import.meta.dirname, "twilio_verify.py");

type Deployed = { readonly system: Pick<System, "url" | "handset" | "lambda"> };

/** Twilio's SDK for Python, as the judges pin it, against the API in the shape of Twilio Verify. The codes that it asks for come from the handset. */
export async function twilioPython({ system }: Deployed): Promise<void> {
  const python = join(await pythonPrograms(), "python");
  const { key } = await keyMaker(() => system).makeKey();
  const numbers = [newNumber(), newNumber(), newNumber(), newNumber()];
  const child = spawn(python, [PROGRAM, system.url, key, ...numbers], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  for await (const to of createInterface({ input: child.stdout })) {
    const { text } = await system.handset.waitFor(to);
    child.stdin.write(`${/\d{6}/.exec(text)?.[0]}\n`);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the program ended with ${code}`);
}
