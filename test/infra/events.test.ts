import { readFileSync } from "node:fs";
import { SecretValue, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, it } from "vitest";
import { EventsWebhook } from "../../examples/events-webhook/stack.ts";
import { EVENT_SOURCE } from "../../functions/adapters/eventbridge/bus.ts";
import { TRANSLATED } from "../../functions/events/translate.ts";
import { EVENT_SOURCES } from "../../infra/events.ts";
import { STAGES } from "../../infra/stages.ts";
import { eventSchemaText } from "../../infra/write-openapi.ts";
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
const publisher = resourceIn(on, "AWS::Lambda::Function", "PublishEvents");

it("a stage without events has nothing of them", () => {
  expect(JSON.stringify(off.toJSON())).not.toMatch(/::EventBus|SubscriptionFilter|-publish-events/);
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

it("the example posts each event to an address, with its secret, and keeps what is not taken", () => {
  const stack = new Stack(anApp(), "Webhook");
  new EventsWebhook(stack, "Webhook", {
    eventBusName: "latchkey-prod",
    url: "https://app.example.com/events",
    secret: SecretValue.secretsManager("webhook"),
    types: ["verification.approved"],
  });
  const template = Template.fromStack(stack);
  const propertiesOf = (type: string, id: string) =>
    resourceIn(template, `AWS::Events::${type}`, `Webhook${id}`).resource["Properties"];
  const arnOf = (type: string, id: string) => ({
    "Fn::GetAtt": [resourceIn(template, type, `Webhook${id}`).id, "Arn"],
  });
  expect(propertiesOf("Connection", "Connection").AuthParameters.ApiKeyAuthParameters).toEqual({
    ApiKeyName: "x-latchkey-webhook",
    ApiKeyValue: "{{resolve:secretsmanager:webhook:SecretString:::}}",
  });
  expect(propertiesOf("Rule", "Rule")).toEqual({
    EventBusName: "latchkey-prod",
    EventPattern: { source: [EVENT_SOURCE], "detail-type": ["verification.approved"] },
    Targets: [
      {
        Id: "Webhook",
        Arn: arnOf("AWS::Events::ApiDestination", "DestinationApiDestination"),
        RoleArn: arnOf("AWS::IAM::Role", "Role"),
        DeadLetterConfig: { Arn: arnOf("AWS::SQS::Queue", "NotTaken") },
      },
    ],
  });
});

it("the schema of the documents is that of today: npm run openapi", () => {
  expect(readFileSync("docs/reference/events.schema.json", "utf8")).toBe(eventSchemaText());
});
