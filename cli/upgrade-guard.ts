import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import * as v from "valibot";
import { LIMIT_BOUNDS } from "../functions/policy/limits.ts";
import { PROOF_KEY_CHANGE, SIGNS_AFTER_SECONDS } from "../functions/policy/proof-key-change.ts";
import { asking } from "./aws-faults.ts";
import { parseTemplate, type Resource, resourcesOf, type Template } from "./template.ts";
import { CommandFault } from "./terminal.ts";

/**
 * The types whose resources hold state, with the properties whose change replaces the resource or overwrites its content ("Update requires:
 * Replacement" in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/; `GenerateSecretString` writes a new value).
 */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  "AWS::DynamoDB::Table": [
    "TableName",
    "KeySchema",
    "LocalSecondaryIndexes",
    "ImportSourceSpecification",
  ],
  "AWS::DynamoDB::GlobalTable": ["TableName", "KeySchema", "LocalSecondaryIndexes"],
  "AWS::KMS::Key": ["KeySpec", "KeyUsage", "MultiRegion", "Origin"],
  "AWS::Logs::LogGroup": ["LogGroupName", "LogGroupClass"],
  "AWS::SecretsManager::Secret": ["Name", "GenerateSecretString"],
  "AWS::Cognito::UserPool": ["AliasAttributes", "UsernameAttributes", "UsernameConfiguration"],
};

export type Loss = { readonly id: string; readonly why: string };

/**
 * The resources with state that the template `next` would delete, replace or overwrite in a stack with the template `deployed`. `ages` are the
 * seconds since the creation of the deployed proof keys, by logical id, oldest first.
 */
export function lossesOf(
  deployed: Template,
  next: Template,
  ages: ReadonlyMap<string, number>,
): readonly Loss[] {
  return Object.keys(STATEFUL).flatMap((type) =>
    resourcesOf(deployed, type).flatMap((resource) => {
      const why = lossOf(resource, next, ages);
      return why === undefined ? [] : [{ id: `${resource.id} (${type})`, why }];
    }),
  );
}

function lossOf(
  { id, Type, Properties }: Resource,
  { Resources }: Template,
  ages: ReadonlyMap<string, number>,
): string | undefined {
  const after = Resources[id];
  if (after === undefined)
    return ages.has(id) ? lossOfProofs(id, Resources, [...ages]) : "would be deleted";
  if (after.Type !== Type) return `would become ${after.Type}`;
  const changed = STATEFUL[Type]?.filter(
    (name) => !isSame(Properties[name], after.Properties[name]),
  );
  return changed === undefined || changed.length === 0
    ? undefined
    : `would be replaced: its ${changed.join(", ")} changes`;
}

/** A proof key may go before it signs, and once a newer one that stays has signed for as long as a proof can live. */
function lossOfProofs(
  id: string,
  after: Template["Resources"],
  ages: readonly (readonly [string, number])[],
): string | undefined {
  const [[, own = 0] = [], ...newer] = ages.slice(ages.findIndex(([key]) => key === id));
  const isFirst = newer.length === ages.length - 1;
  if (!isFirst && own < SIGNS_AFTER_SECONDS - PROOF_KEY_CHANGE.deploymentSeconds) return undefined;
  const oldest = Math.max(0, ...newer.map(([key, age]) => (after[key] ? age : 0)));
  const needed = SIGNS_AFTER_SECONDS + LIMIT_BOUNDS.proofLifetimeSeconds.max;
  const minutes = Math.ceil((needed - oldest) / 60);
  return minutes <= 0
    ? undefined
    : `would go while its proofs can be valid: publish it beside a newer key in proofKeys for ${minutes} more minutes`;
}

/** CDK writes the same settings in the same order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The deployed proof keys: those that sign. */
export function proofKeysOf(template: Template): readonly string[] {
  return resourcesOf(template, "AWS::KMS::Key")
    .filter(({ Properties }) => Properties["KeyUsage"] === "SIGN_VERIFY")
    .map(({ id }) => id);
}

const TREE = v.object({ artifacts: v.record(v.string(), v.looseObject({ type: v.string() })) });
const STACK = v.object({
  type: v.literal("aws:cloudformation:stack"),
  properties: v.looseObject({ templateFile: v.string(), stackName: v.optional(v.string()) }),
});

export type Clients = { readonly stacks: CloudFormationClient; readonly keys: KMSClient };

/** Throws a `CommandFault` that names each resource with state which a deployment of the assembly in `folder` would lose. A new stack loses none. */
export async function refuseLosses(
  folder: string,
  { stacks, keys }: Clients = { stacks: new CloudFormationClient({}), keys: new KMSClient({}) },
): Promise<void> {
  const { artifacts } = v.parse(TREE, await jsonIn(folder, "manifest.json"));
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!v.is(STACK, artifact)) continue;
    const { stackName = id, templateFile } = artifact.properties;
    const deployed = await deployedTemplate(stacks, stackName);
    if (deployed === undefined) continue;
    const ages = await agesOf({ stacks, keys }, stackName, proofKeysOf(deployed));
    const next = parseTemplate(await jsonIn(folder, templateFile));
    const losses = lossesOf(deployed, next, ages);
    if (losses.length > 0)
      throw new CommandFault(
        `Nothing was deployed: ${stackName} would lose state. --allow-data-loss deploys anyway.\n${losses.map((loss) => `    ${loss.id} ${loss.why}`).join("\n")}`,
      );
  }
}

async function jsonIn(folder: string, name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, name), "utf8"));
}

async function deployedTemplate(
  stacks: CloudFormationClient,
  StackName: string,
): Promise<Template | undefined> {
  const command = new GetTemplateCommand({ StackName });
  try {
    const { TemplateBody = "" } = await asking(() => stacks.send(command));
    return parseTemplate(JSON.parse(TemplateBody));
  } catch (fault) {
    if (fault instanceof Error && /does not exist/.test(fault.message)) return undefined;
    throw fault;
  }
}

/** Seconds since the creation of each key; 0 for one that is not there. */
async function agesOf(
  { stacks, keys }: Clients,
  StackName: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const ages = new Map<string, number>();
  for (const LogicalResourceId of ids) {
    const named = new DescribeStackResourcesCommand({ StackName, LogicalResourceId });
    const { StackResources: [resource] = [] } = await asking(() => stacks.send(named));
    const described = new DescribeKeyCommand({ KeyId: resource?.PhysicalResourceId });
    const { KeyMetadata } = await asking(() => keys.send(described));
    const created = KeyMetadata?.CreationDate?.getTime() ?? Date.now();
    ages.set(LogicalResourceId, (Date.now() - created) / 1_000);
  }
  return ages;
}
