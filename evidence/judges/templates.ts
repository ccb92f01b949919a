import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { templateOf } from "../../test/infra/stack.ts";
import { inFolder, type Judge } from "./judge.ts";
import { runPython } from "./programs.ts";

const STAGES = ["dev", "prod"] as const;

/** The templates as `cdk` synthesizes them, their first function with these properties changed. */
async function writeTemplates(folder: string, changed: object): Promise<readonly string[]> {
  return Promise.all(
    STAGES.map(async (stage) => {
      const template = structuredClone(templateOf(stage).toJSON());
      const resources = Object.values<Record<string, unknown>>(template["Resources"]);
      const first = resources.find(({ Type }) => Type === "AWS::Lambda::Function");
      if (first === undefined) throw new Error("the template has no function");
      first["Properties"] = { ...Object(first["Properties"]), ...changed };
      const path = join(folder, `${stage}.template.json`);
      await writeFile(path, JSON.stringify(template));
      return path;
    }),
  );
}

export const cfnLint: Judge = {
  name: "cfn-lint",
  packages: ["cfn-lint"],
  subject: "the templates of dev and prod, against the schemas of CloudFormation",
  isQuick: true,
  accepted: [
    {
      finding: /^W3005 .* dependency already enforced by a 'GetAtt'/,
      reason:
        "CDK writes `DependsOn` beside a reference that implies it. CloudFormation takes both.",
    },
  ],
  fault: { what: "a function whose memory is a word", finding: /^E3012 .*MemorySize/ },
  run: (isPlanted) =>
    inFolder(async (folder) => {
      const paths = await writeTemplates(folder, isPlanted ? { MemorySize: "much" } : {});
      const { output } = await runPython("cfn-lint", ["--format", "json", "--", ...paths]);
      const findings = Object.values<Record<string, unknown>>(JSON.parse(output));
      return {
        extent: `${paths.length} templates`,
        findings: findings.map(({ Rule, Message, Location }) => {
          const { Id } = Object(Rule);
          return `${Id} ${Object(Location).Path.join("/")}: ${Message}`;
        }),
      };
    }),
};

export const moto: Judge = {
  name: "moto",
  packages: ["moto", "botocore"],
  subject:
    "each resource of dev and prod, made by its API call; botocore checks names and types of all properties",
  isQuick: true,
  accepted: [
    {
      finding: /^AWS::CloudWatch::CompositeAlarm .*put_composite_alarm .*not been implemented/,
      reason: "moto does not have the call. botocore has checked its properties before.",
    },
    {
      finding: /^AWS::Logs::QueryDefinition .*put_query_definition .*not been implemented/,
      reason: "The same.",
    },
  ],
  fault: {
    what: "a function with a property that does not exist",
    finding: /Unknown parameter in input: "MemorySizes"/,
  },
  run: (isPlanted) =>
    inFolder(async (folder) => {
      const paths = await writeTemplates(folder, isPlanted ? { MemorySizes: 256 } : {});
      const program = join(import.meta.dirname, "moto_calls.py");
      const told = await Promise.all(
        paths.map(async (path) => JSON.parse((await runPython("python", [program, path])).output)),
      );
      return {
        extent: `${told.map(({ calls }) => calls).join(" and ")} resources`,
        findings: told.flatMap(({ findings }) => findings),
      };
    }),
};
