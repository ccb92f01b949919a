import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { synthesizedTemplate } from "../../cli/synthesized-template.ts";
import { parseTemplate, resourcesOf, type Template } from "../../cli/template.ts";
import { lossesOf, proofKeysOf, refuseLosses } from "../../cli/upgrade-guard.ts";
import { SIGNS_AFTER_SECONDS } from "../../functions/policy/proof-key-change.ts";
import { close, serverOf } from "../../local/listening.ts";
import { aFolder } from "../support/folder.ts";
import { clientSettings, NO_STACK } from "./stack-answer.ts";

let deployed: Template;
let proofKey: string;
beforeAll(async () => {
  deployed = await synthesizedTemplate("prod");
  [proofKey = ""] = proofKeysOf(deployed);
}, 60_000);

const idOf = (type: string) => resourcesOf(deployed, type)[0]?.id ?? type;

/** The template with one resource changed; without it where `change` is undefined. */
function changed(id: string, change: Readonly<Record<string, unknown>> | undefined): Template {
  const { [id]: resource, ...others } = deployed.Resources;
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
  it.each(STATEFUL)("loses a %s that it deletes or replaces", (type, change) => {
    const id = idOf(type);
    expect(lossesOf(deployed, changed(id, undefined), new Map())).toEqual([
      { id: `${id} (${type})`, why: "would be deleted" },
    ]);
    expect(lossesOf(deployed, changed(id, change), new Map())).toEqual([
      {
        id: `${id} (${type})`,
        why: `would be replaced: its ${Object.keys(change).join(", ")} changes`,
      },
    ]);
  });

  it("loses nothing by the same template, by settings that change in place, and by a function that goes", () => {
    expect(lossesOf(deployed, deployed, new Map())).toEqual([]);
    const log = changed(idOf("AWS::Logs::LogGroup"), { RetentionInDays: 400 });
    expect(lossesOf(deployed, log, new Map())).toEqual([]);
    expect(
      lossesOf(deployed, changed(idOf("AWS::Lambda::Function"), undefined), new Map()),
    ).toEqual([]);
  });

  it("removes an old proof key once the next one may sign, and not before", () => {
    const next = changed(proofKey, undefined);
    const withBoth: Template = {
      Resources: { ...next.Resources, Next: { Type: "AWS::KMS::Key", Properties: {} } },
    };
    const old = [proofKey, 30 * 86_400] as const;
    const why = (age: number) =>
      lossesOf(deployed, withBoth, new Map([old, ["Next", age]])).map((loss) => loss.why);
    expect(why(SIGNS_AFTER_SECONDS)).toEqual([]);
    expect(why(SIGNS_AFTER_SECONDS - 60)).toEqual([
      "would go before the next key may sign: publish both in proofKeys for 1 more minutes",
    ]);
    // The next key is not deployed at all.
    expect(lossesOf(deployed, withBoth, new Map([old]))).toHaveLength(1);
  });
});

describe("what a deployment asks AWS", () => {
  const CREATED = Date.now() / 1_000 - 86_400;
  const asked: string[] = [];
  let isDeployed = true;
  const folder = aFolder();
  const server = serverOf(async (request, response) => {
    const body = await text(request);
    const target = request.headers["x-amz-target"];
    asked.push(String(target ?? /Action=(\w+)/.exec(body)?.[1]));
    if (target !== undefined)
      response.end(JSON.stringify({ KeyMetadata: { KeyId: "k", CreationDate: CREATED } }));
    else if (!isDeployed) response.writeHead(400).end(NO_STACK);
    else if (body.includes("GetTemplate"))
      response.end(
        `<GetTemplateResponse><GetTemplateResult><TemplateBody>${JSON.stringify(deployed).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
      );
    else
      response.end(
        "<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources><member><PhysicalResourceId>k</PhysicalResourceId></member></StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>",
      );
  });
  const clients = async () => {
    const place = await clientSettings(server);
    return { stacks: new CloudFormationClient(place), keys: new KMSClient(place) };
  };
  let aws: Awaited<ReturnType<typeof clients>>;
  beforeAll(async () => {
    aws = await clients();
    const properties = { templateFile: "t.json", stackName: "latchkey-prod" };
    const artifacts = { Acme: { type: "aws:cloudformation:stack", properties } };
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ artifacts }));
  });
  afterAll(() => close(server));
  const refuseWith = async (next: Template) => {
    await writeFile(join(folder, "t.json"), JSON.stringify(parseTemplate(next)));
    await refuseLosses(folder, aws);
  };

  it("is the template that is deployed and the age of its proof key; a loss is refused by name", async () => {
    await refuseWith(deployed);
    expect(asked).toEqual(["GetTemplate", "DescribeStackResources", "TrentService.DescribeKey"]);
    const table = idOf("AWS::DynamoDB::GlobalTable");
    await expect(refuseWith(changed(table, undefined))).rejects.toThrow(
      `Nothing was deployed: latchkey-prod would lose state. --allow-data-loss deploys anyway.\n    ${table} (AWS::DynamoDB::GlobalTable) would be deleted`,
    );
    await expect(refuseWith(changed(proofKey, undefined))).rejects.toThrow(proofKey);
  });

  it("is nothing more where there is no stack yet", async () => {
    isDeployed = false;
    await expect(refuseWith({ Resources: {} })).resolves.toBeUndefined();
  });
});
