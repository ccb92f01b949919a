import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseOperation } from "../../functions/operations/operation.ts";
import { askedBy } from "../../infra/operations/ops-arguments.ts";

const FOLDER = join(import.meta.dirname, "../../docs/runbooks");

/** Every command of operators that a runbook tells a tired person to type. */
const COMMANDS = readdirSync(FOLDER).flatMap((file) =>
  [...readFileSync(join(FOLDER, file), "utf8").matchAll(/`npm run ops -- ([^`]+)`/g)].map(
    ([, line = ""]) => ({ file, line }),
  ),
);

/** Words as a shell would hand them over, with an address where the page leaves a place for one. */
function wordsOf(line: string): readonly string[] {
  const filled = line
    .replaceAll("<address>", "203.0.113.7")
    .replaceAll("<number>", "+447700900123");
  return (filled.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
}

describe("a runbook", () => {
  it("tells to stop sending", () => {
    expect(COMMANDS.map(({ line }) => line.split(" ")[0])).toContain("pause");
  });

  it.each(COMMANDS)("$file tells a command that works: $line", ({ line }) => {
    const asked = askedBy(wordsOf(line));
    expect(asked.kind).toBe("operation");
    if (asked.kind === "operation") expect(parseOperation(asked.operation).kind).toBe("operation");
  });
});
