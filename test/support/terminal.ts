import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { onTestFinished } from "vitest";

export const CTRL_C = "\u0003";

/** Runs a program of the repository at a pseudo-terminal, and types each answer when it asks; after the last one Ctrl-C. `left`: the answers that it has not asked for. */
export function atTerminal(
  command: string,
  answers: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> },
) {
  const left: string[] = [...answers];
  const child = spawn("script", ["-qec", `${process.execPath} ${command}`, "/dev/null"], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  let screen = "";
  let shown = 0;
  child.stdout.on("data", (chunk) => {
    screen += stripVTControlCharacters(String(chunk));
    if (!screen.slice(shown).endsWith(": ")) return;
    shown = screen.length;
    const answer = left.shift() ?? CTRL_C;
    child.stdin.write(answer === CTRL_C ? answer : `${answer}\n`);
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, screen: () => screen.replaceAll("\r", ""), left };
}

/** The environment in which the SDK of AWS asks an emulator. */
export const awsAt = (url: string) => ({
  AWS_REGION: "eu-west-2",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_ENDPOINT_URL: url,
});
