import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { FUNCTION_NAMES } from "../../infra/by-function.ts";
import { STAGES } from "../../infra/stages.ts";
import { stackOf, templateOf } from "./stack.ts";

const dev = templateOf("dev");
const prod = templateOf("prod");

describe("what holds data", () => {
  /** The firewall's log, whose name must be free for the next deployment, and the key of alerts on their way. */
  const HOLDS_NOTHING = /alerts/;
  const STATEFUL = [
    "AWS::DynamoDB::GlobalTable",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::Logs::LogGroup",
  ];

  it.each(STATEFUL)("%s outlives the stack in production and nowhere else", (type) => {
    const policies = (template: typeof prod) =>
      new Set(
        Object.values(template.findResources(type))
          .filter((resource) => !HOLDS_NOTHING.test(JSON.stringify(resource["Properties"])))
          .flatMap(({ DeletionPolicy, UpdateReplacePolicy }) => [
            DeletionPolicy,
            UpdateReplacePolicy,
          ]),
      );
    // What a failed first deployment made goes again, but for the table, where nobody can be wrong.
    const isTable = type === "AWS::DynamoDB::GlobalTable";
    expect(policies(prod)).toEqual(
      new Set(isTable ? ["Retain"] : ["RetainExceptOnCreate", "Retain"]),
    );
    expect(policies(dev)).toEqual(new Set(["Delete"]));
  });

  it("cannot be torn down by deleting the stack of production", () => {
    expect(stackOf("prod").terminationProtection).toBe(true);
    expect(stackOf("dev").terminationProtection).toBe(false);
  });

  it("keeps its logical ids and generators, since another is another table, key or secret", () => {
    const ids = STATEFUL.slice(0, 3)
      .flatMap((type) => Object.keys(prod.findResources(type)))
      .filter((id) => !id.startsWith("WatchAlertsKey"));
    expect(ids).toEqual([
      ...["TableCD117FA1", "KeysNumbersB8CC2D1F", "KeysCodes164DAA63", "KeysProofs613E0D0D"],
      ...["TwilioCredentials18AA37CC", "TwilioAuthTokenF995AA06", "ChallengeAB0B3A70"],
    ]);
    // Another generator makes CloudFormation overwrite the secret that an operator put in.
    prod.allResourcesProperties("AWS::SecretsManager::Secret", {
      GenerateSecretString: Match.exact({}),
    });
  });

  it.each(["dev", "prod"] as const)(
    "logs of %s are kept as long as its stage sets",
    (stageName) => {
      const logs = Object.values(templateOf(stageName).findResources("AWS::Logs::LogGroup"));
      // One a function, one of the gateway, one of the firewall where there is one.
      expect(logs).toHaveLength(FUNCTION_NAMES.length + (stageName === "dev" ? 1 : 2));
      for (const { Properties } of logs) {
        expect(Properties.RetentionInDays).toBe(STAGES[stageName].logRetentionDays);
      }
    },
  );
});
