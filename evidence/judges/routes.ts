import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import * as v from "valibot";
import type { System } from "../../local/system.ts";
import { rawItems } from "../../test/local/support/items.ts";
import { leaksIn } from "../../test/local/support/leaks.ts";
import { forward } from "../../test/support/forward.ts";
import { startPatientSystem } from "../../test/support/patient-system.ts";
import { inFolder, type Judge, withProxy } from "./judge.ts";
import { runPython } from "./programs.ts";

const HERE = import.meta.dirname;
export const DOCUMENT = join(HERE, "../../docs/openapi.json");
const SECONDS = 60;

/** Changes the text of an answer. */
export type Bend = (body: string) => string;

/** Runs the local system for `work`. Where `bend` is given, its answers pass through it on the way to `url`. */
export async function withSystem<Result>(
  bend: Bend | undefined,
  work: (url: string, system: System) => Promise<Result>,
): Promise<Result> {
  // DynamoDB Local returns the item of a refused write, as DynamoDB does. dynalite is asked for it by a second call, and the item may be gone by then.
  const system = await startPatientSystem({ engine: "dynamodb-local" });
  try {
    if (bend === undefined) return await work(system.url, system);
    const bent = async (request: IncomingMessage, body: Buffer) => {
      delete request.headers["accept-encoding"];
      const answer = await forward(system.url, request, body);
      return { ...answer, body: Buffer.from(bend(answer.body.toString())) };
    };
    return await withProxy(bent, (url) => work(url, system));
  } finally {
    await system.stop();
  }
}

/** What a run of schemathesis reports of itself. */
const REPORT = v.object({
  operations: v.object({ total: v.number(), tested: v.number() }),
  test_cases: v.object({ generated: v.number() }),
  failures: v.array(v.unknown()),
  errors: v.array(v.unknown()),
});

function verdictOf(report: string | undefined, output: string) {
  if (report === undefined) return { extent: "no report", findings: [output] };
  const { operations, test_cases, failures, errors } = v.parse(REPORT, JSON.parse(report));
  const isWhole = operations.tested === operations.total && errors.length === 0;
  return {
    extent: `${test_cases.generated} requests to ${operations.tested} operations`,
    findings: failures.length === 0 && isWhole ? [] : [output],
  };
}

/** The faults that functions have logged, and each code or number in a log line or an item. */
async function tracesIn({ logs, handset, engineEndpoint }: System): Promise<readonly string[]> {
  const lines = logs.map(({ line }) => ({ where: "log", text: line }));
  const items = (await rawItems(engineEndpoint)).map((text) => ({ where: "item", text }));
  const messages = handset.messages();
  const secrets = {
    codes: messages.flatMap(({ text }) => /\d{6}/.exec(text)?.[0] ?? []),
    numbers: messages.map(({ to }) => to),
  };
  const faults = lines.map(({ text }) => text).filter((text) => text.includes('"level":"error"'));
  return [...faults, ...leaksIn([...lines, ...items], secrets)];
}

/** Checks of schemathesis that do not hold of this API by its contract. */
const EXCLUDED = {
  unsupported_method: "API Gateway answers 404, not 405, for a method that a path does not have",
  ignored_auth: "an unsigned request to a server route is answered 404, not 401",
  missing_required_header: "the same: the header is the signature",
  positive_data_acceptance: "no schema lists which numbers, codes and addresses are refused",
} as const;

export const schemathesis: Judge = {
  name: "schemathesis",
  packages: ["schemathesis", "hypothesis", "botocore"],
  subject: `all routes of the local system for ${SECONDS} seconds, server routes signed by botocore; afterwards no log line is a fault, and no log line and no item has a code or a number. Without the checks ${Object.entries(
    EXCLUDED,
  )
    .map(([name, why]) => `\`${name}\` (${why})`)
    .join(", ")}`,
  isQuick: true,
  fault: {
    what: "a problem without its `code`, outside the schema",
    finding: /"code" is a required property/,
  },
  run: (isPlanted) => {
    const bend: Bend = (body) => body.replace(/"code":"[a-z-]+",/, "");
    return withSystem(isPlanted ? bend : undefined, async (url, system) =>
      inFolder(async (folder) => {
        const report = join(folder, "report.json");
        const seconds = isPlanted ? 15 : SECONDS;
        const { output } = await runPython(
          "st",
          [
            ...["run", DOCUMENT, "--url", url, "--workers", "2", "--max-time", `${seconds}`],
            ...["--exclude-checks", Object.keys(EXCLUDED).join(","), "--seed", "1"],
            ...["--report", "json", "--report-json-path", report],
          ],
          { cwd: folder, env: { SCHEMATHESIS_HOOKS: join(HERE, "signing.py") } },
        );
        const verdict = verdictOf(await readFile(report, "utf8").catch(() => undefined), output);
        const extent = `${verdict.extent}, messages sent: ${system.handset.messages().length}`;
        return { extent, findings: [...verdict.findings, ...(await tracesIn(system))] };
      }),
    );
  },
};
