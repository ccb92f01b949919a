import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { storeCredentials } from "../../cli/ask-credentials.ts";
import { outputsOf, statusOf } from "../../cli/deployed.ts";
import { CommandFault } from "../../cli/terminal.ts";
import { STAGES, type Stage, type StageName } from "../../infra/stages.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { createHandset } from "../../local/handset.ts";
import { memoryJournal } from "../../local/persistence/journal.ts";
import type { System } from "../../local/system.ts";
import { PLACE } from "../../local/template/names.ts";
import { startEmulator } from "../../local/twilio/emulator.ts";
import { versionOf } from "../tools/tools.ts";
import { ENFORCED, withServer } from "./engines.ts";
import { journey } from "./journey.ts";
import type { Judge } from "./judge.ts";
import { faultOf, runPython, toItsEnd } from "./programs.ts";

/** What ministack does not have. Alarms over metric math, which it does not have either, have `Metrics`. */
const LACKING: readonly unknown[] = [
  "AWS::CloudWatch::CompositeAlarm",
  "AWS::CloudWatch::InsightRule",
  "AWS::Logs::QueryDefinition",
  "AWS::WAFv2::LoggingConfiguration",
  "AWS::WAFv2::WebACLAssociation",
];

/** The credentials that ministack takes for the root of the account. */
const ROOT = { accessKeyId: "test", secretAccessKey: "test" } as const;

/** The stage of the journey: it has all functions, and its plan goes on by itself. */
const JOURNEY: Stage = {
  ...STAGES.dev,
  events: true,
  proofKeys: [1, 2],
  plan: { channels: ["sms", "voice"], steps: "automatic" },
};

const ROOT_FOLDER = join(import.meta.dirname, "../..");

/** The code that is updated, as long as there is no release: that of an earlier day. */
const EARLIER = "27db0f271262afeb34d824d3115bf7c44a9e6756";

type Here = {
  /** Where ministack and Twilio answer. */
  readonly url: string;
  readonly twilioUrl: string;
  readonly folder: string;
  readonly isPlanted: boolean;
};

/** By what programs find ministack in place of AWS. */
function environmentAt({ url, folder }: Here) {
  return {
    AWS_ENDPOINT_URL: url,
    // The CDK keeps the account of a key there.
    CDK_HOME: join(folder, "cdk"),
    AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
    AWS_REGION: PLACE.region,
    AWS_DEFAULT_REGION: PLACE.region,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    DECISIONS: "decisions",
  };
}

/** Runs the CDK's own program against ministack. Throws what it prints where it fails. */
async function cdk(here: Here, ...args: readonly string[]): Promise<void> {
  const setting = { cwd: here.folder, env: environmentAt(here) };
  const { code, output } = await toItsEnd("cdk", args, setting);
  if (code !== 0) throw new Error(`cdk ${args.join(" ")}: ${output.slice(-2_000)}`);
}

/** `synthesize` of the earlier code, with the packages of this one. Throws where the clone lacks it. */
async function earlierSynthesis(folder: string): Promise<typeof synthesize> {
  const home = join(folder, "earlier");
  await mkdir(home);
  const fault = await faultOf(ROOT_FOLDER, [
    ["git", "archive", `--output=${home}.tar`, EARLIER],
    ["tar", "-xf", `${home}.tar`, "-C", home],
    ["ln", "-s", join(ROOT_FOLDER, "node_modules"), home],
  ]);
  if (fault !== undefined)
    throw new CommandFault(`The history is needed (git fetch --unshallow): ${fault}`);
  return (await import(join(home, "infra/synthesize.ts"))).synthesize;
}

/** Deploys a stage as `cdk` does, without what ministack lacks. Returns its folder, and how many of its resources are deployed. */
async function deployed(here: Here, name: StageName, stage: Stage | undefined, by = synthesize) {
  const outdir = join(here.folder, crypto.randomUUID());
  const places = { outdir, bundlesDirectory: `${outdir}-bundles`, ...(stage && { stage }) };
  const { template, templateFile } = await by(name, places);
  const { Resources } = Object(template);
  const all: readonly (readonly [string, Record<string, unknown>])[] = Object.entries(Resources);
  const gone = all
    .filter(([, { Type, Properties }]) => LACKING.includes(Type) || "Metrics" in Object(Properties))
    .map(([id]) => id);
  const kept = all.filter(([id]) => !gone.includes(id));
  const secrets = kept.flatMap(([id, { Type }]) =>
    Type === "AWS::SecretsManager::Secret" ? [id] : [],
  );
  const text = JSON.stringify({ ...Object(template), Resources: Object.fromEntries(kept) })
    // The dashboard names what is gone.
    .replace(/\{"(?:Ref|Fn::GetAtt)":\[?"(\w+)"[^}]*\}/g, (whole, id) =>
      gone.includes(id) ? '"gone"' : whole,
    )
    // There `Ref` of a secret is its name.
    .replace(/\{"Ref":"(\w+)"\}/g, (whole, id) =>
      secrets.includes(id) ? `{"Fn::GetAtt":["${id}","Arn"]}` : whole,
    )
    .replace(ADDRESS, `"${here.url}/restapis/",$1,"/${name}/_user_request_`)
    .replaceAll("https://api.twilio.com", here.twilioUrl);
  await writeFile(templateFile, here.isPlanted ? bent(text) : text);
  await cdk(here, "deploy", "--app", outdir, "--all", "--require-approval=never");
  return { outdir, extent: `${name}: ${kept.length} of ${all.length} resources` };
}

/** The address of the API as `apiAddress` makes it. */
const ADDRESS =
  /"https:\/\/",(\{"Ref":"\w+"\}),"\.execute-api\.",\{"Ref":"AWS::Region"\},"\.",\{"Ref":"AWS::URLSuffix"\},"\/(?:dev|prod)/g;

/** The roles of the functions: what they lack, and what they have without a use. */
async function rolesOf(here: Here, name: string): Promise<readonly string[]> {
  const { output } = await runPython("python", [ENFORCED, here.url, `${name}-`], {
    cwd: here.folder,
    env: environmentAt(here),
  });
  return output.split("\n").filter((line) => line !== "");
}

export const deployment: Judge = {
  name: "ministack, deployed",
  packages: [
    ...["ministack", "aws-cdk", "botocore", "twilio"],
    `twilio-node ${versionOf("twilio")}`,
  ],
  subject: `\`cdk bootstrap\`, \`cdk deploy\` of dev as an earlier commit has it (there is no release yet), its update in place to this code, its \`cdk destroy\`, \`cdk deploy\` of prod, which refuses \`cdk destroy\`, with roles and key policies enforced. Without what ministack lacks: ${LACKING.join(", ")}, alarms over metric math, TLS. Through its API Gateway and Lambda: start, wrong and right code, proof by JWKS, resend, cancel, voice, callbacks signed by Twilio's library, report of the outcome, redaction, the automatic next step, events, API keys, Twilio's SDK, server routes signed by botocore, each command that the help of \`ops\` and \`keys\` shows. Twilio is the local emulator. Each role is compared with what it did`,
  accepted: [
    [/ has (?:logs|xray):/, "ministack writes the logs of functions itself, and has no traces."],
    [
      /-(?:receive-delivery|speak-code) has dynamodb:GetItem/,
      "They read what has refused a write without saying so: an item that is gone.",
    ],
    [
      /-serve-twilio-verify has dynamodb:DeleteItem/,
      "It deletes what Twilio refuses to send. The journey has none of that here.",
    ],
    [
      / has sqs:SendMessage/,
      "Lambda sends dead letters in the name of the role. ministack asks no role for it.",
    ],
    [
      /^ops (?:top|timeline|report)\b.*\n.*Unknown action: DescribeQueryDefinitions/,
      "ministack keeps no queries of Logs Insights, which these commands ask.",
    ],
    [
      /-(?:check-code|serve-keyed|serve-twilio-verify) has kms:(?:DescribeKey|Sign) on/,
      "Of two proof keys the newer signs after some time, and only its age is asked for.",
    ],
  ],
  fault: {
    what: "callbacks signed by another token, roles that may not sign proofs, and one that may scan the table",
    finding:
      /there is not: a call.*-check-code lacks kms:Sign.*-show-verification has dynamodb:Scan/s,
  },
  run: (isPlanted) =>
    withServer("enforced", async (url, folder) => {
      const handset = createHandset(memoryJournal());
      const emulator = await startEmulator(handset.deliver, memoryJournal(), handset);
      try {
        const here = { url, folder, twilioUrl: emulator.baseUrl, isPlanted };
        await cdk(here, "bootstrap", `aws://${PLACE.account}/${PLACE.region}`);
        const dev = await onDev(here, { handset, emulator });
        if (isPlanted) return { extent: "", findings: [dev.findings.join("\n")] };
        const { outdir, extent } = await deployed(here, "prod", undefined);
        const isKept = await cdk(here, "destroy", "--app", outdir, "--all", "--force").then(
          () => false,
          (fault: unknown) => /TerminationProtection is enabled/.test(`${fault}`),
        );
        const lost = isKept ? [] : ["prod is not protected against destroy"];
        return { extent: `${dev.extent}, ${extent}`, findings: [...dev.findings, ...lost] };
      } finally {
        await emulator.stop();
      }
    }),
};

/** The planted fault of the roles. */
function bent(template: string): string {
  return template
    .replaceAll('["kms:DescribeKey","kms:Sign"]', '["kms:DescribeKey"]')
    .replaceAll('"Action":"dynamodb:GetItem"', '"Action":["dynamodb:GetItem","dynamodb:Scan"]');
}

/** Deploys dev, makes the journey, in which the stage is updated, and destroys it. */
async function onDev(here: Here, phones: Pick<System, "handset" | "emulator">) {
  const earlier = await earlierSynthesis(here.folder);
  const { outdir } = await deployed(here, "dev", undefined, earlier);
  const client = { endpoint: here.url, region: PLACE.region, credentials: ROOT };
  const stacks = new CloudFormationClient(client);
  const place = { stackName: "latchkey-dev" };
  const output = await outputsOf(stacks, place);
  const secrets = new SecretsManagerClient(client);
  const { accountSid, apiKeySid, apiKeySecret, from, authToken } = phones.emulator.account;
  const account = { mode: "test", accountSid, apiKeySid, apiKeySecret, from } as const;
  await storeCredentials(secrets, output("TwilioSecret"), account);
  const authTokens = [here.isPlanted ? apiKeySecret : authToken];
  await storeCredentials(secrets, output("TwilioAuthSecret"), { authTokens });
  const functionNames = () => [output("OperateFunction")];
  const ground = {
    system: { ...phones, url: output("Address"), lambda: { endpoint: here.url, functionNames } },
    folder: here.folder,
    env: environmentAt(here),
    logs: new CloudWatchLogsClient(client),
    serverRoutes: output("ServerRoutes"),
    ...place,
  };
  let extent = "";
  const faults = await journey(ground, async () => {
    ({ extent } = await deployed(here, "dev", JOURNEY));
  });
  const roles = await rolesOf(here, output("Name"));
  await cdk(here, "destroy", "--app", outdir, "--all", "--force");
  const left = await statusOf(stacks, place.stackName);
  return { extent, findings: [...faults, ...roles, ...(left === undefined ? [] : [`${left}`])] };
}
