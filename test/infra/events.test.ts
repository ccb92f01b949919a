import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { expect, it, onTestFinished, vi } from "vitest";
import { EventsWebhook } from "../../examples/events-webhook/stack.ts";
import { EVENT_SOURCE } from "../../functions/adapters/eventbridge/bus.ts";
import { TRANSLATED } from "../../functions/events/translate.ts";
import { EVENT_SOURCES } from "../../infra/events.ts";
import { STAGES } from "../../infra/stages.ts";
import { eventSchemaText } from "../../infra/write-openapi.ts";
import { NOON } from "../support/deps.ts";
import { anApp, resourceIn, templateOf } from "./stack.ts";

const off = templateOf("prod");
const on = templateOf("prod", { ...STAGES.prod, events: true });
const allIn = (template: typeof on) => {
  const { Resources } = template.toJSON();
  return new Map(Object.entries<{ readonly Type: string }>(Resources));
};
const addedOf = (type: string) =>
  Object.entries(on.findResources(type)).flatMap(([id, { Properties }]) =>
    id in off.findResources(type) ? [] : [Properties],
  );
const { handler, signed } = await import(resolve("examples/events-webhook/sign.mjs"));
const publisher = resourceIn(on, "AWS::Lambda::Function", "PublishEvents");

it("a stage without events has nothing of them", () => {
  expect(JSON.stringify(off.toJSON())).not.toMatch(
    /::EventBus|::SubscriptionFilter|-publish-events/,
  );
});

it("a stage with events has a bus, a function with log, role and alarm, and a subscription of each log with events", () => {
  const [before, after] = [allIn(off), allIn(on)];
  const added = [...after].flatMap(([id, { Type }]) => (before.has(id) ? [] : [Type]));
  const subscriptions = EVENT_SOURCES.flatMap(() => [
    "AWS::Lambda::Permission",
    "AWS::Logs::SubscriptionFilter",
  ]);
  expect(added.toSorted()).toEqual(
    [
      ...["AWS::Events::EventBus", "AWS::Lambda::Function", "AWS::Logs::LogGroup"],
      ...["AWS::IAM::Role", "AWS::CloudWatch::Alarm"],
      ...subscriptions,
    ].toSorted(),
  );
  expect(on.toJSON()["Outputs"].LatchkeyEventBus.Value).toEqual({
    Ref: resourceIn(on, "AWS::Events::EventBus", "Events").id,
  });
});

it("CloudWatch Logs may invoke the function for these logs alone, and gives it the lines that are events", () => {
  const arn = { "Fn::GetAtt": [publisher.id, "Arn"] };
  const permissions = addedOf("AWS::Lambda::Permission");
  const filters = addedOf("AWS::Logs::SubscriptionFilter");
  for (const permission of permissions)
    expect(permission).toMatchObject({ FunctionName: arn, Principal: "logs.amazonaws.com" });
  const events = TRANSLATED.map((event) => `($.event = "${event}")`).join(" || ");
  for (const { DestinationArn, FilterPattern } of filters)
    expect([DestinationArn, FilterPattern]).toEqual([arn, `{ ${events} }`]);
  const logs = filters.map(({ LogGroupName }) => LogGroupName.Ref);
  expect(logs).toEqual(permissions.map(({ SourceArn }) => SourceArn["Fn::GetAtt"][0]));
  expect(new Set(logs).size).toBe(EVENT_SOURCES.length);
});

it("the function may put on its bus, and what it gives up is kept and raises alarms", () => {
  const bus = resourceIn(on, "AWS::Events::EventBus", "Events").id;
  const letters = resourceIn(on, "AWS::SQS::Queue", "DeadLetters").id;
  expect(publisher.resource["Properties"]).toMatchObject({
    DeadLetterConfig: { TargetArn: { "Fn::GetAtt": [letters, "Arn"] } },
    Environment: { Variables: { EVENT_BUS_NAME: { Ref: bus } } },
  });
  const [role] = addedOf("AWS::IAM::Role");
  const grants: readonly object[] = role.Policies[0].PolicyDocument.Statement;
  expect(grants.slice(2)).toMatchObject([
    { Action: "events:PutEvents", Resource: { "Fn::GetAtt": [bus, "Arn"] } },
    { Action: "sqs:SendMessage", Resource: { "Fn::GetAtt": [letters, "Arn"] } },
  ]);
  const [alarm] = addedOf("AWS::CloudWatch::Alarm");
  expect(JSON.stringify(alarm)).toContain('"Value":"latchkey-prod-publish-events"');
  const failing = on.findResources("AWS::CloudWatch::Alarm", {
    Properties: { AlarmName: "latchkey-prod-watching-fails" },
  });
  expect(JSON.stringify(failing)).toContain('"Value":"latchkey-prod-publish-events"');
});

it("the example has a function post each event, and keeps in a queue what is not taken", () => {
  const stack = new Stack(anApp(true), "Webhook");
  new EventsWebhook(stack, "Webhook", {
    eventBusName: "latchkey-prod",
    url: "https://app.example.com/events",
    secret: Secret.fromSecretNameV2(stack, "Secret", "webhook"),
    types: ["verification.approved"],
  });
  const template = Template.fromStack(stack);
  const sign = resourceIn(template, "AWS::Lambda::Function", "WebhookSign");
  const arnOf = (id: string) => ({ "Fn::GetAtt": [id, "Arn"] });
  const queue = resourceIn(template, "AWS::SQS::Queue", "WebhookNotTaken").id;
  expect(sign.resource["Properties"]).toMatchObject({
    DeadLetterConfig: { TargetArn: arnOf(queue) },
    Handler: "sign.handler",
  });
  template.hasResourceProperties("AWS::Events::Rule", {
    EventBusName: "latchkey-prod",
    EventPattern: { source: [EVENT_SOURCE], "detail-type": ["verification.approved"] },
    Targets: [{ Arn: arnOf(sign.id) }],
  });
});

it("the example signs id, time and body as Standard Webhooks asks", () => {
  const key = Buffer.alloc(32, 7);
  const event = { source: EVENT_SOURCE, detail: { id: "evt-1", at: "é" } };
  const { body, headers } = Object(signed(event, `whsec_${key.toString("base64")}`, NOON + 999));
  const mac = createHmac("sha256", key).update(`evt-1.${NOON / 1_000}.${JSON.stringify(event)}`);
  expect(JSON.parse(body)).toEqual(event);
  expect(headers).toMatchObject({
    "webhook-id": "evt-1",
    "webhook-timestamp": `${NOON / 1_000}`,
    "webhook-signature": `v1,${mac.digest("base64")}`,
  });
});

it("the example posts an event after a read of the secret that failed", async () => {
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(SecretsManagerClient.prototype, "send")
    .mockRejectedValueOnce(new Error("throttled"))
    .mockResolvedValue(Object({ SecretString: "whsec_" }));
  const post = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
  await expect(handler({ detail: { id: "evt-1" } })).rejects.toThrow("throttled");
  await handler({ detail: { id: "evt-2" } });
  expect(JSON.stringify(post.mock.calls)).toContain('"webhook-id":"evt-2"');
});

it("the schema of the documents is that of today: npm run openapi", () => {
  expect(readFileSync("docs/reference/events.schema.json", "utf8")).toBe(eventSchemaText());
});
