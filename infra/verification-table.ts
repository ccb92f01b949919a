import { AttributeType, Billing, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { removalPolicyOf } from "./retention.ts";
import type { Stage } from "./stage.ts";

/** The one table. DynamoDB's own key encrypts it: values worth reading are sealed or hashed before they are stored. */
export function verificationTable(scope: Construct, id: string, stage: Stage): TableV2 {
  return new TableV2(scope, id, {
    partitionKey: { name: "pk", type: AttributeType.STRING },
    timeToLiveAttribute: "deleteAfter",
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.production },
    deletionProtection: stage.production,
    removalPolicy: removalPolicyOf(stage),
  });
}
