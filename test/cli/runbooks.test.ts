import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDeployArguments } from "../../cli/deploy-command.ts";
import { parseOpsArguments } from "../../cli/ops-arguments.ts";
import { SECRET_MINUTES } from "../../functions/adapters/secrets/secrets.ts";
import { parseOperation } from "../../functions/operator/operation.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const FOLDER = join(DOCS, "operate/runbooks");

/** Every command of operators in the documents that names a stage. */
const COMMANDS = globSync("**/*.md", { cwd: DOCS }).flatMap((file) =>
  [
    ...readFileSync(join(DOCS, file), "utf8").matchAll(/npm run ops -- ([^`]+? --stage prod)\b/g),
  ].map(([, line = ""]) => ({ file, line })),
);

/** Words as a shell would hand them over, with an address where the page leaves a place for one. */
function wordsOf(line: string): readonly string[] {
  const filled = line.replaceAll("<address>", "203.0.113.7").replaceAll("+44… ", "+447700900123 ");
  return (filled.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
}

const PAGES = readdirSync(FOLDER).map((file) => ({
  file,
  text: readFileSync(join(FOLDER, file), "utf8"),
}));
const DEPLOYS = PAGES.flatMap(({ file, text }) =>
  [...text.matchAll(/`npm run deploy -- ([^`]+)`/g)].map(([, line = ""]) => ({ file, line })),
);
const textOf = (file: string) => PAGES.find((page) => page.file === file)?.text ?? "";

describe("a runbook", () => {
  it.each(DEPLOYS)("$file names a deployment that works: $line", ({ line }) => {
    expect(parseDeployArguments(line.split(" ")).name).toBe("prod");
  });

  it.each(["key-misuse.md", "server-errors.md"])(
    "%s puts back what was changed by hand, which a deployment of an unchanged template does not",
    (file) => {
      expect(textOf(file)).toContain("`npm run deploy -- prod --revert-drift`");
      expect(textOf(file)).not.toMatch(/deploy again/);
    },
  );

  it("replaces a key that others used, since an intruder could derive every epoch", () => {
    const text = textOf("key-misuse.md");
    expect(text).not.toMatch(/raise `keyEpoch`/i);
    for (const part of ["`infra/keys.ts`", "`proofKeys`"])
      expect(text).toMatch(new RegExp(`${part}.*--allow-data-loss`));
  });

  it("states that new credentials of Twilio need no deployment", () => {
    const words = `No deployment is needed: functions use them within ${SECRET_MINUTES} minutes`;
    expect(textOf("provider-errors.md")).toContain(words);
    const twilio = readFileSync(join(DOCS, "production/twilio.md"), "utf8");
    for (const each of [`again every ${SECRET_MINUTES} min`, `key ${SECRET_MINUTES} minutes after`])
      expect(twilio).toContain(each);
  });

  it("sorts counts of Logs Insights by their name, as it must", () => {
    for (const { text } of PAGES) expect(text).not.toMatch(/sort by|sort \d/);
    expect(textOf("refusal-spike.md")).toContain(
      "stats count(*) as n by terminatingRuleId, httpRequest.clientIp | sort n desc",
    );
  });

  it("contains the pause", () => {
    expect(COMMANDS.map(({ line }) => line.split(" ")[0])).toContain("pause");
  });

  it.each(COMMANDS)("$file names a command that works: $line", ({ line }) => {
    const asked = parseOpsArguments(wordsOf(line));
    expect(["operation", "timeline"]).toContain(asked.kind);
    if (asked.kind === "operation") expect(parseOperation(asked.operation).kind).toBe("operation");
  });
});
