import { spawn } from "node:child_process";

/** Runs a program in this terminal. Returns its exit code. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<number>;

export const runProgram: RunProgram = (program, args) =>
  new Promise((resolve, reject) => {
    // npm and npx are scripts on Windows, which only a shell starts; no argument here comes from outside.
    const child = spawn(program, [...args], {
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
