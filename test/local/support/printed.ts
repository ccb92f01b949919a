import type { ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";

/** All that a program has printed once it has printed what is expected. Reads on, so that it can print more. Throws where it ends before. */
export function printed(
  child: ChildProcessByStdio<null, Readable, Readable>,
  expected: string | RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (out.search(expected) >= 0) resolve(out);
    });
    child.once("exit", () =>
      reject(new Error(`it ended before it said ${expected}: ${complaint}`)),
    );
  });
}
