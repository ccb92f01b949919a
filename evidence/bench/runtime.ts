import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installTools } from "../tools/tools.ts";
import { BENCH_FOLDER } from "./builds.ts";
import { measureProgram } from "./child.ts";

/** The one line of Lambda's runtime client that loads its compiled half, which talks to Lambda's own process. */
const NATIVE = `cjsRequire("./rapid-client.node")`;
const STAND_IN = `cjsRequire("./runtime-emulator.cjs")`;

type Start = {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** A file with an event, which comes once. */
  readonly event?: string | undefined;
};

type Used = { readonly milliseconds: number; readonly cpuMilliseconds: number };
export type RunReport = {
  /** When the function asked for its first event, since the process began. */
  readonly ready: Used & { readonly rssBytes: number };
  readonly firstAnswer?: Used;
};

/** What runs a function under Lambda's runtime client for Node, of which nothing but its compiled half is replaced. */
export async function prepareRuntime() {
  const source = join(await installTools(), "aws-lambda-ric/index.mjs");
  const client = await readFile(source, "utf8");
  if (client.split(NATIVE).length !== 2)
    throw new Error(
      "the runtime client loads its compiled half in another way than this stands in for",
    );
  const folder = join(BENCH_FOLDER, "runtime");
  await mkdir(folder, { recursive: true });
  const entry = join(folder, "index.mjs");
  await writeFile(entry, client.replace(NATIVE, STAND_IN));
  await copyFile(
    join(import.meta.dirname, "programs/runtime-emulator.cjs"),
    join(folder, "runtime-emulator.cjs"),
  );
  return {
    run: ({ directory, env, event }: Start) =>
      measureProgram<RunReport>({
        args: [entry],
        env: {
          ...env,
          _HANDLER: "index.handler",
          LAMBDA_TASK_ROOT: directory,
          AWS_LAMBDA_RUNTIME_API: "127.0.0.1:1",
          AWS_LAMBDA_FUNCTION_NAME: "bench",
          AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
          AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/bench",
          AWS_LAMBDA_LOG_STREAM_NAME: "bench",
          ...(event && { LATCHKEY_BENCH_EVENT: event }),
        },
      }),
  };
}
