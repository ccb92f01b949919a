import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTemplate, resourcesOf, type Template } from "../../cli/template.ts";
import { lossesOf, proofKeysOf, refuseLosses } from "../../cli/upgrade-guard.ts";
import { LIMIT_BOUNDS } from "../../functions/policy/limits.ts";
import { SIGNS_AFTER_SECONDS } from "../../functions/policy/proof-key-change.ts";
import { aFolder } from "../support/folder.ts";
import { PRODUCTION as deployed } from "../support/production.ts";
import { type Cloud, startEmulator } from "./live/emulator.ts";

const [proofKey = ""] = proofKeysOf(deployed);

const idOf = (type: string) => resourcesOf(deployed, type)[0]?.id ?? type;

/** The template with one resource changed; without it where `change` is undefined. */
function changed(
  id: string,
  change: Readonly<Record<string, unknown>> | undefined,
  from = deployed,
): Template {
  const { [id]: resource, ...others } = from.Resources;
  if (resource === undefined) throw new Error(`no ${id}`);
  if (change === undefined) return { Resources: others };
  const Properties = { ...resource.Properties, ...change };
  return { Resources: { ...others, [id]: { ...resource, Properties } } };
}

const STATEFUL = [
  ["AWS::DynamoDB::GlobalTable", { KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] }],
  ["AWS::KMS::Key", { KeySpec: "HMAC_512" }],
  ["AWS::Logs::LogGroup", { LogGroupName: "other" }],
  ["AWS::SecretsManager::Secret", { GenerateSecretString: { PasswordLength: 40 } }],
] as const;

describe("an upgrade", () => {
  const lossesBy = (next: Template) => lossesOf(deployed, next, new Map());

  it.each(STATEFUL)("loses a %s that it deletes or replaces", (type, change) => {
    const id = idOf(type);
    const loss = { id: `${id} (${type})`, why: "would be deleted" };
    expect(lossesBy(changed(id, undefined))).toEqual([loss]);
    const why = `would be replaced: its ${Object.keys(change).join(", ")} changes`;
    expect(lossesBy(changed(id, change))).toEqual([{ ...loss, why }]);
  });

  it("loses nothing by the same template, by settings that change in place, and by a function that goes", () => {
    expect(lossesBy(deployed)).toEqual([]);
    const log = changed(idOf("AWS::Logs::LogGroup"), { RetentionInDays: 400 });
    expect(lossesBy(log)).toEqual([]);
    expect(lossesBy(changed(idOf("AWS::Lambda::Function"), undefined))).toEqual([]);
  });

  it("removes a proof key before it signs, or once a newer one has signed for the life of a proof", () => {
    const Next = { Type: "AWS::KMS::Key", Properties: {} };
    const both: Template = { Resources: { ...deployed.Resources, Next } };
    const old = [proofKey, 30 * 86_400] as const;
    const why = (gone: string, age: number) =>
      lossesOf(both, changed(gone, undefined, both), new Map([old, ["Next", age]])).map(
        (loss) => loss.why,
      );
    const enough = SIGNS_AFTER_SECONDS + LIMIT_BOUNDS.proofLifetimeSeconds.max;
    expect(why(proofKey, enough)).toEqual([]);
    expect(why(proofKey, enough - 60)).toEqual([
      "would go while its proofs can be valid: publish it beside a newer key in proofKeys for 1 more minutes",
    ]);
    expect(why("Next", 60)).toEqual([]);
    expect(why("Next", SIGNS_AFTER_SECONDS - 60)).toHaveLength(1);
    // The next key is not deployed at all.
    const next = changed(proofKey, undefined, both);
    expect(lossesOf(deployed, next, new Map([old]))).toHaveLength(1);
  });
});

describe("what a deployment asks AWS", () => {
  const CREATED = Date.now() / 1_000 - 86_400;
  const CLOUD: Cloud = {
    GetTemplate: () => [200, { TemplateBody: JSON.stringify(deployed) }],
    DescribeStackResources: () => [200, { StackResources: [{ PhysicalResourceId: "k" }] }],
    DescribeKey: () => [200, { KeyMetadata: { KeyId: "k", CreationDate: CREATED } }],
  };
  let cloud = CLOUD;
  let there: Awaited<ReturnType<typeof startEmulator>>;
  const folder = aFolder();
  beforeAll(async () => {
    there = await startEmulator(() => cloud);
    const properties = { templateFile: "t.json", stackName: "latchkey-prod" };
    const artifacts = { Acme: { type: "aws:cloudformation:stack", properties } };
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ artifacts }));
  });
  afterAll(() => there.stop());
  const refuseWith = async (next: Template) => {
    await writeFile(join(folder, "t.json"), JSON.stringify(parseTemplate(next)));
    await refuseLosses(folder, { stacks: there.aws.stack, keys: there.aws.keys });
  };

  it("is the template that is deployed and the age of its proof key; a loss is refused by name", async () => {
    await refuseWith(deployed);
    expect(there.asked).toEqual(Object.keys(CLOUD));
    const table = idOf("AWS::DynamoDB::GlobalTable");
    await expect(refuseWith(changed(table, undefined))).rejects.toThrow(
      `Nothing was deployed: latchkey-prod would lose state. --allow-data-loss deploys anyway.\n    ${table} (AWS::DynamoDB::GlobalTable) would be deleted`,
    );
    await expect(refuseWith(changed(proofKey, undefined))).rejects.toThrow(proofKey);
  });

  it("is nothing more where there is no stack yet", async () => {
    cloud = { GetTemplate: () => [400, { refused: "Stack with id x does not exist" }] };
    await expect(refuseWith({ Resources: {} })).resolves.toBeUndefined();
  });
});
