import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { System } from "../../local/system.ts";
import { keyMaker } from "../../test/support/key-maker.ts";
import { newNumber } from "./ground.ts";

const SDK = "twilio==9.8.3";
const LIBRARIES = join(import.meta.dirname, "../../.cache/integrations/twilio-python");
const PROGRAM = join(import.meta.dirname, "twilio_verify.py");

type Deployed = { readonly system: Pick<System, "url" | "handset" | "lambda"> };

/** Twilio's SDK for Python against the API in the shape of Twilio Verify. The codes that it asks for come from the handset. */
export async function twilioPython({ system }: Deployed): Promise<string> {
  await promisify(execFile)("python3", ["-m", "pip", "install", "-q", "-t", LIBRARIES, SDK]);
  const { key } = await keyMaker(() => system).makeKey();
  const numbers = [newNumber(), newNumber(), newNumber(), newNumber()];
  const child = spawn("python3", [PROGRAM, system.url, key, ...numbers], {
    env: { ...process.env, PYTHONPATH: LIBRARIES },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  for await (const to of createInterface({ input: child.stdout })) {
    const { text } = await system.handset.waitFor(to);
    child.stdin.write(`${/\d{6}/.exec(text)?.[0]}\n`);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the program ended with ${code}`);
  return SDK;
}
