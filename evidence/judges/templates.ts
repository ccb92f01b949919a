import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { templateOf } from "../../test/infra/stack.ts";
import { installTools } from "../tools/tools.ts";
import { inFolder, type Judge } from "./judge.ts";
import { runPython, toItsEnd } from "./programs.ts";

const STAGES = ["dev", "prod"] as const;

/** The templates as `cdk` synthesizes them, their first resource of the type with these properties changed. */
async function writeTemplates(
  folder: string,
  changed: object,
  type = "AWS::Lambda::Function",
): Promise<readonly string[]> {
  return Promise.all(
    STAGES.map(async (stage) => {
      const template = structuredClone(templateOf(stage).toJSON());
      const resources = Object.values<Record<string, unknown>>(template["Resources"]);
      const first = resources.find(({ Type }) => Type === type);
      if (first === undefined) throw new Error(`the template has no ${type}`);
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
    [
      /^W3005 .* dependency already enforced by a 'GetAtt'/,
      "CDK writes `DependsOn` beside a reference that implies it. CloudFormation takes both.",
    ],
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
    [
      /^AWS::CloudWatch::CompositeAlarm .*put_composite_alarm .*not been implemented/,
      "moto does not have the call. botocore has checked its properties before.",
    ],
    [/^AWS::Logs::QueryDefinition .*put_query_definition .*not been implemented/, "The same."],
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

type Found = { readonly ruleId: string; readonly message: { readonly text: string } };

const GUARD = "@cdklabs/cdk-validator-cfnguard";

export const guard: Judge = {
  name: "cfn-guard",
  packages: [GUARD],
  subject:
    "the templates of dev and prod, against AWS's Guard rules: the proactive controls of Control Tower",
  accepted: [
    [
      /API_GW_V1_EXECUTION_LOGGING/,
      "An execution log holds paths, and with them ids. The access log has each request.",
    ],
    [/API_GW_XRAY/, "A trace of the gateway holds addresses and paths."],
    [
      /CLOUDWATCH_ALARM_ACTION_CHECK/,
      "The mail comes from the composite alarm that each of them is a part of.",
    ],
    [/^dev .*LOG_GROUP_RETENTION/, "Logs of dev end after 7 days, those of prod after a year."],
    [
      /LOG_GROUP_ENCRYPTED/,
      "CloudWatch encrypts them by its own key. They hold no code and no number.",
    ],
    [
      /KMS_CREATE_GRANT/,
      "The keys of codes, numbers and proofs refuse a grant to services too, which the rule does not know. That of alerts on their way is left to the account's administrators.",
    ],
    [
      /LAMBDA_FUNCTION_PUBLIC_ACCESS/,
      "Each `SourceArn` is joined from API and route. The rule knows text and references.",
    ],
    [/LAMBDA_INSIDE_VPC/, "The functions call nothing inside a VPC."],
    [/SQS_DLQ_CHECK DeadLetters/, "It is the queue of dead letters."],
  ],
  fault: { what: "a queue that is not encrypted", finding: /SQS_QUEUE_ENCRYPTED/ },
  run: (isPlanted) =>
    inFolder(async (folder) => {
      const changed = isPlanted ? { SqsManagedSseEnabled: false } : {};
      const paths = await writeTemplates(folder, changed, "AWS::SQS::Queue");
      const home = join(await installTools(), GUARD);
      const system = process.platform === "darwin" ? "macos" : "ubuntu";
      const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
      const program = join(home, "bin", system, machine, "cfn-guard");
      const told = paths.map(async (path, index) => {
        const { output } = await toItsEnd(
          program,
          [
            ...["validate", "--rules", join(home, "rules"), "--data", path],
            ...["--structured", "--output-format", "sarif", "--show-summary", "none"],
          ],
          {},
        );
        const [{ results }] = Object(JSON.parse(output)).runs;
        return results.map(({ ruleId, message }: Found) => {
          const [, resource = ""] = /\/Resources\/(\w+)/.exec(message.text) ?? [];
          return `${STAGES[index]} ${ruleId} ${resource}`;
        });
      });
      return {
        extent: `${paths.length} templates`,
        findings: [...new Set((await Promise.all(told)).flat())],
      };
    }),
};
