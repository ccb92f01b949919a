import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EMULATOR } from "../../local/engines/emulator-download.ts";
import { startEngine } from "../../local/engines.ts";
import { freePort, localUrl } from "../../local/listening.ts";
import { forward } from "../../test/support/forward.ts";
import { inFolder, type Judge, withProxy } from "./judge.ts";
import { pythonPrograms, toItsEnd } from "./programs.ts";

const ROOT = join(import.meta.dirname, "../..");
export const ENFORCED = join(import.meta.dirname, "enforced.py");
const LONGEST_START_SECONDS = 60;

const MINISTACK = {
  BIND_HOST: "127.0.0.1",
  MINISTACK_REGION: "eu-west-2",
  IOT_MTLS_ENABLED: "0",
  // Its functions run by the Node of this process.
  PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
};

/** How each server of AWS's APIs is started on a port. */
const SERVERS = {
  ministack: (port: number) => ({
    args: ["-m", "ministack"],
    env: { ...MINISTACK, GATEWAY_PORT: `${port}` },
  }),
  /** With roles and key policies enforced. It writes its decisions into its folder. */
  enforced: (port: number) => ({
    args: [ENFORCED],
    env: { ...MINISTACK, GATEWAY_PORT: `${port}`, DECISIONS: "decisions" },
  }),
  moto: (port: number) => ({ args: ["-m", "moto.server", "-p", `${port}`], env: {} }),
} as const;

/** Runs a server for `work`, in an empty folder of its own. */
export async function withServer<Result>(
  name: keyof typeof SERVERS,
  work: (url: string, folder: string) => Promise<Result>,
): Promise<Result> {
  const port = await freePort();
  const { args, env } = SERVERS[name](port);
  const python = join(await pythonPrograms(), "python");
  return inFolder(async (folder) => {
    const child = spawn(python, args, {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder, ...env },
      stdio: "ignore",
    });
    try {
      await answering(child, localUrl(port));
      return await work(localUrl(port), folder);
    } finally {
      if (child.kill()) await once(child, "exit");
    }
  });
}

/** Waits until a server answers anything. Throws where it ends before that. */
export async function answering(child: ChildProcess, url: string): Promise<void> {
  for (let second = 0; second < LONGEST_START_SECONDS; second += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await wait(1_000);
  }
  throw new Error("the server does not answer");
}

/** So many checks of codes must have passed their condition before the first of them writes. Where fewer come, they wait this long. */
const BARRIER = { callers: 20, longestMilliseconds: 5_000 } as const;

/** An engine on the way to `target` whose check of a code is not atomic: it asks the condition, waits for other callers, and writes without it. */
function withBrokenChecks<Result>(
  target: string,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  let waiting = 0;
  let barrier = Promise.withResolvers<void>();
  return withProxy(async (request, body) => {
    const ask = (text: string) => {
      request.headers["content-length"] = `${Buffer.byteLength(text)}`;
      return forward(target, request, Buffer.from(text));
    };
    const { UpdateExpression, ...condition } = JSON.parse(body.toString());
    if (!`${UpdateExpression}`.includes("checkedAt")) return ask(body.toString());
    const answer = await ask(JSON.stringify(condition));
    if (answer.status !== 200) return answer;
    waiting += 1;
    if (waiting % BARRIER.callers === 0) {
      barrier.resolve();
      barrier = Promise.withResolvers();
    } else await Promise.race([barrier.promise, wait(BARRIER.longestMilliseconds)]);
    return ask(JSON.stringify({ ...condition, UpdateExpression, ConditionExpression: undefined }));
  }, work);
}

type VitestResult = {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
};

/** Runs tests of the stores on a server: how many, and those that fail. */
async function tested(url: string, filters: readonly string[]) {
  return inFolder(async (folder) => {
    const report = join(folder, "report.json");
    const config = ["run", "--config=test/vitest.config.ts", "--reporter=json"];
    const withoutMemory = "--exclude=contract/memory.test.ts";
    await toItsEnd("vitest", [...config, withoutMemory, `--outputFile=${report}`, ...filters], {
      cwd: ROOT,
      // As DynamoDB Local, each of them returns the item of a refused write.
      env: { TEST_ENGINE: "dynamodb-local", TEST_ENGINE_URL: url },
    });
    const { numPassedTests, testResults } = Object(JSON.parse(await readFile(report, "utf8")));
    const all: readonly VitestResult[] = testResults.flatMap(
      ({ assertionResults }: { readonly assertionResults: readonly VitestResult[] }) =>
        assertionResults,
    );
    const failed = all.filter(({ status }) => status === "failed");
    return {
      count: Number(numPassedTests) + failed.length,
      failed: failed.map(({ fullName, failureMessages: [first = ""] }) => `${fullName}: ${first}`),
    };
  });
}

const CONTRACT = "--project=contract";
const RACE = "--project=race";

/** All tests but those of calls side by side. */
const ALONE = "-t=^(?!.*(?:at once|side by side))";

const NOT_ATOMIC = {
  what: "an engine whose conditional write is not atomic: it asks the condition for twenty calls, then writes for all",
  finding: /checks side by side .* under one idempotency key/,
};

/** What the tests report of an engine with that fault. */
async function reported(engine: string) {
  const { failed } = await withBrokenChecks(engine, (url) =>
    tested(url, [RACE, "checks", "-t=idempotency key"]),
  );
  return { extent: "", findings: failed };
}

export const dynamodbLocal: Judge = {
  name: "DynamoDB Local",
  packages: [EMULATOR],
  isQuick: true,
  subject:
    "the tests that `npm test` runs on dynalite: contracts and races of the stores with the same figures of capacity, a configuration that changes, and a local system that is killed and started again",
  fault: NOT_ATOMIC,
  run: async (isPlanted) => {
    const { endpoint, stop } = await startEngine("dynamodb-local");
    try {
      if (isPlanted) return await reported(endpoint);
      const others = [
        "--project=attacks",
        "--project=local",
        "f-configuration",
        "engines",
        "persist",
      ];
      const { count, failed } = await tested(endpoint, [
        ...[CONTRACT, RACE, "test/contract/", "test/race/"],
        ...others,
      ]);
      return { extent: `${count} tests`, findings: failed };
    } finally {
      await stop();
    }
  },
};

export const engines: Judge = {
  name: "DynamoDB of others",
  packages: ["ministack", "moto"],
  subject:
    "the stores: their contract and race tests on ministack, with the same figures of capacity as on dynalite; their contract tests on moto, but for those of capacity, which moto counts as half a unit for each call, and of calls side by side, since moto asks a condition and writes without a lock",
  fault: NOT_ATOMIC,
  run: async (isPlanted) => {
    if (isPlanted) return withServer("ministack", reported);
    const onMinistack = await withServer("ministack", (url) => tested(url, [CONTRACT, RACE]));
    const onMoto = await withServer("moto", (url) =>
      tested(url, [CONTRACT, "--exclude=contract/capacity.test.ts", ALONE]),
    );
    return {
      extent: `${onMinistack.count} and ${onMoto.count} tests`,
      findings: [...onMinistack.failed, ...onMoto.failed],
    };
  },
};
