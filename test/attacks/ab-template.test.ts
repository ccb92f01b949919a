import { expect, it } from "vitest";
import { STAGES } from "../../infra/stages.ts";
import { resourceIn, templateOf } from "../infra/stack.ts";

const DOMAIN = {
  name: "verify.acme.test",
  certificateArn: "arn:aws:acm:eu-west-2:000000000000:certificate/1",
};
const template = templateOf("prod", { ...STAGES.prod, domain: DOMAIN });
const only = (type: string, idStart?: string) =>
  resourceIn(template, type, idStart).resource["Properties"];

it("A22: a code is checked in one region: the table has one replica, so no second one can take it too", () => {
  const { Replicas, ...table } = only("AWS::DynamoDB::GlobalTable", "Table");
  expect(Replicas).toHaveLength(1);
  expect(Replicas[0].Region).toEqual({ Ref: "AWS::Region" });
  // Nor has it an index, which would be read late.
  expect(table).not.toHaveProperty("GlobalSecondaryIndexes");
});

it("B6: there is one stage of one deployment, and no function has an address of its own", () => {
  expect(Object.keys(template.findResources("AWS::ApiGateway::Stage"))).toHaveLength(1);
  expect(template.findResources("AWS::ApiGatewayV2::Api")).toEqual({});
  expect(template.findResources("AWS::Lambda::Url")).toEqual({});
  const callers = Object.values(template.findResources("AWS::Lambda::Permission")).map(
    ({ Properties }) => Properties.Principal,
  );
  expect(new Set(callers)).not.toContain("*");
});
