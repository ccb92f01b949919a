import { ACMClient } from "@aws-sdk/client-acm";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { WAFV2Client } from "@aws-sdk/client-wafv2";

/** Region and profile for AWS. Missing ones come from the environment. */
export type AwsPlace = {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts?: number;
};

export type AwsClients = ReturnType<typeof awsClients>;

/** The AWS clients of the live checklist. They only read; drift detection is started and changes nothing. */
export function awsClients(place: AwsPlace = {}) {
  return {
    certificates: new ACMClient(place),
    stack: new CloudFormationClient(place),
    trail: new CloudTrailClient(place),
    watch: new CloudWatchClient(place),
    logs: new CloudWatchLogsClient(place),
    table: new DynamoDBClient(place),
    keys: new KMSClient(place),
    functions: new LambdaClient(place),
    secrets: new SecretsManagerClient(place),
    topic: new SNSClient(place),
    firewall: new WAFV2Client(place),
  };
}
