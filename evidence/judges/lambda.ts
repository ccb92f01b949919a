import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CommandFault } from "../../cli/terminal.ts";
import { freePort, localUrl } from "../../local/listening.ts";
import { bundleFunction } from "../bench/builds.ts";
import { startStub } from "../bench/stub.ts";
import { installTools } from "../tools/tools.ts";
import { answering } from "./engines.ts";
import type { Judge } from "./judge.ts";
import { type GoProgram, goProgram, toItsEnd } from "./programs.ts";

const EMULATOR: GoProgram = {
  module: "github.com/aws/aws-lambda-runtime-interface-emulator",
  version: "v0.0.0-20261030222936-bef5c4ba774d",
  sum: "h1:E8QcgpwFecNMTAHHnt11/CS9JLe5QqT/DI/WRg0cvMA=",
  main: "cmd/aws-lambda-rie",
};

/** Lambda's runtime client, its other half compiled from the package's own archives unless it is there already. */
async function runtimeClient(): Promise<string> {
  const tools = await installTools();
  const folder = join(tools, "aws-lambda-ric");
  if (!existsSync(join(folder, "rapid-client.node"))) {
    const headers = `--nodedir=${resolve(process.execPath, "../..")}`;
    const args = ["rebuild", "aws-lambda-ric", "--ignore-scripts=false", headers];
    const { code, output } = await toItsEnd("npm", args, { cwd: join(tools, "..") });
    if (code !== 0) throw new CommandFault(`A C++ compiler, make, cmake are needed: ${output}`);
  }
  return join(folder, "index.mjs");
}

export const lambda: Judge = {
  name: "Lambda's runtime client",
  packages: ["aws-lambda-ric", `aws-lambda-rie ${EMULATOR.version}`],
  subject:
    "the bundle of starts under the compiled client, behind the emulator of Lambda's runtime interface: an event of API Gateway is answered by 201. AWS and Twilio are the stub of the benchmark",
  fault: { what: "a handler that the bundle does not have", finding: /HandlerNotFound/ },
  run: async (isPlanted) => {
    const [emulator, client] = [await goProgram(EMULATOR), await runtimeClient()];
    const [directory, port] = [await bundleFunction("start-verification"), await freePort()];
    const addresses = [
      ...["--runtime-interface-emulator-address", `127.0.0.1:${port}`],
      ...["--runtime-api-address", `127.0.0.1:${await freePort()}`],
    ];
    const command = [process.execPath, client, `index.${isPlanted ? "other" : "handler"}`];
    const stub = await startStub();
    const env = { ...stub.environmentOf("start-verification"), LAMBDA_TASK_ROOT: directory };
    const child = spawn(emulator, [...addresses, ...command], { env, stdio: "ignore" });
    try {
      await answering(child, localUrl(port));
      const url = `${localUrl(port)}/2015-03-31/functions/function/invocations`;
      const body = await readFile(stub.eventFile("start"), "utf8");
      const answer = await (await fetch(url, { method: "POST", body })).text();
      const isStarted = Object(JSON.parse(answer)).statusCode === 201;
      return { extent: "1 event", findings: isStarted ? [] : [answer] };
    } finally {
      child.kill();
      stub.stop();
    }
  },
};
