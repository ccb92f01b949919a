import { describe, expect, it } from "vitest";
import { STAGES } from "../../infra/stages.ts";
import { resourceIn, templateOf } from "./stack.ts";

const SLACK = "AWS::Chatbot::SlackChannelConfiguration";
const withSlack = templateOf("prod", {
  ...STAGES.prod,
  slack: { workspaceId: "T0123ABCD", channelId: "C0456EFGH" },
});

describe("a channel of Slack", () => {
  const { Properties } = resourceIn(withSlack, SLACK, "WatchSlack").resource;

  it("receives the alarms of the topic, where the stage names one", () => {
    expect(Properties).toMatchObject({
      SlackWorkspaceId: "T0123ABCD",
      SlackChannelId: "C0456EFGH",
      SnsTopicArns: [{ Ref: resourceIn(withSlack, "AWS::SNS::Topic", "WatchAlertsTopic").id }],
    });
    expect(templateOf("prod").findResources(SLACK)).toEqual({});
  });

  it("can command nothing: its role has no right, and what would hold for all channels denies all", () => {
    const { id, resource } = resourceIn(withSlack, "AWS::IAM::Role", "WatchChatRole");
    expect(Properties.IamRoleArn).toEqual({ "Fn::GetAtt": [id, "Arn"] });
    expect(Object.keys(resource["Properties"])).toEqual(["AssumeRolePolicyDocument"]);
    expect(JSON.stringify(Properties.GuardrailPolicies)).toMatch(/policy\/AWSDenyAll"/);
    expect(Properties.GuardrailPolicies).toHaveLength(1);
  });

  it("is beside the mail, and not in its place", () => {
    expect(Object.values(withSlack.findResources("AWS::SNS::Subscription"))).toHaveLength(1);
  });
});
