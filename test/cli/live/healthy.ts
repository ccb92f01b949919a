import type { Template } from "../../../cli/template.ts";
import { resourcesOf } from "../../../cli/template.ts";
import type { Stage, StageName } from "../../../infra/stages.ts";
import type { Cloud } from "./emulator.ts";

const ACCOUNT = `AC${"0a".repeat(16)}`;
const SERVICE = `MG${"3d".repeat(16)}`;

export const LIVE_SECRET = {
  mode: "live",
  accountSid: ACCOUNT,
  apiKeySid: `SK${"2c".repeat(16)}`,
  apiKeySecret: "s3cret-of-the-key-0123456789",
  messagingServiceSid: SERVICE,
};

/** Paths and operations whose answers tests change. */
export const OF_ACCOUNT = `GET /2010-04-01/Accounts/${ACCOUNT}`;
export const OF_SERVICE = `GET /v1/Services/${SERVICE}`;

export type Healthy = {
  readonly stageName: StageName;
  readonly stage: Stage;
  readonly template: Template;
  readonly url: string;
};

const SECONDS = 1_000;

/** What AWS and Twilio answer of a deployment that is as it should be. */
export function healthy({ stageName, stage, template, url }: Healthy): Cloud {
  return {
    ...stackOf({ stageName, stage, template, url }),
    ...partsOf(stage, template),
    ...TWILIO,
    DescribeCertificate: () => [
      200,
      { Certificate: { Status: "ISSUED", SubjectAlternativeNames: ["*.acme.invalid"] } },
    ],
  };
}

/** A name that AWS could have given. */
function physicalId(logicalId: string, type: string): string {
  return type === "AWS::WAFv2::WebACL"
    ? `acl|id-of-${logicalId}|REGIONAL`
    : `${logicalId}-physical`;
}

export function alarmsOf(template: Template) {
  const names = (type: string) =>
    resourcesOf(template, type).map(({ Properties }) => Properties["AlarmName"]);
  const alarm = (AlarmName: unknown) => ({
    AlarmName,
    StateValue: "OK",
    ActionsEnabled: true,
    StateUpdatedTimestamp: Date.now() / SECONDS,
  });
  return {
    MetricAlarms: names("AWS::CloudWatch::Alarm").map(alarm),
    CompositeAlarms: names("AWS::CloudWatch::CompositeAlarm").map(alarm),
  };
}

function stackOf({ stageName, template, url }: Healthy): Cloud {
  const resources = Object.entries(template.Resources).map(([id, { Type }]) => ({
    LogicalResourceId: id,
    PhysicalResourceId: physicalId(id, Type),
    ResourceType: Type,
  }));
  const half = Math.ceil(resources.length / 2);
  return {
    DescribeStacks: () => [
      200,
      {
        Stacks: [
          {
            StackName: `latchkey-${stageName}`,
            StackStatus: "UPDATE_COMPLETE",
            CreationTime: "2026-11-01T00:00:00Z",
            LastUpdatedTime: "2026-11-20T00:00:00Z",
            Outputs: [
              { OutputKey: "LatchkeyAddress", OutputValue: url },
              { OutputKey: "LatchkeyTwilioSecret", OutputValue: "arn:secret" },
            ],
          },
        ],
      },
    ],
    // On two pages, as AWS tells a stack of more than a hundred.
    ListStackResources: (body) => [
      200,
      body.includes("NextToken")
        ? { StackResourceSummaries: resources.slice(half) }
        : { StackResourceSummaries: resources.slice(0, half), NextToken: "more" },
    ],
    GetTemplate: () => [200, { TemplateBody: JSON.stringify(template) }],
    DetectStackDrift: () => [200, { StackDriftDetectionId: "drift-1" }],
    DescribeStackDriftDetectionStatus: () => [200, { DetectionStatus: "DETECTION_COMPLETE" }],
    DescribeStackResourceDrifts: () => [
      200,
      {
        StackResourceDrifts: [
          { LogicalResourceId: "Table", StackResourceDriftStatus: "IN_SYNC" },
          { LogicalResourceId: "Route", StackResourceDriftStatus: "NOT_CHECKED" },
        ],
      },
    ],
    "GET /.well-known/jwks.json": () => [200, { keys: [] }],
    "GET /v1/nothing": () => [404, { code: "route-not-found" }],
    "GET /v1/server/verifications/nothing": () => [403, { code: "signature-invalid" }],
    "POST /v1/server/verifications": () => [404, { code: "route-not-found" }],
  };
}

function partsOf(stage: Stage, template: Template): Cloud {
  const logs = resourcesOf(template, "AWS::Logs::LogGroup").map(({ id }) => ({
    logGroupName: `${id}-physical`,
    retentionInDays: stage.logRetentionDays,
  }));
  const [acl] = resourcesOf(template, "AWS::WAFv2::WebACL");
  const rules: unknown = acl?.Properties["Rules"];
  return {
    "GET /2016-08-19/account-settings": () => [
      200,
      { AccountLimit: { UnreservedConcurrentExecutions: 1_000 } },
    ],
    ListSubscriptionsByTopic: () => [
      200,
      { Subscriptions: [{ Endpoint: stage.alertEmail, SubscriptionArn: "arn:aws:sns:…:1" }] },
    ],
    DescribeAlarms: () => [200, alarmsOf(template)],
    ListMetrics: () => [200, { Metrics: [{ MetricName: "Sends" }] }],
    DescribeTrails: () => [
      200,
      { trailList: [{ Name: "org", TrailARN: "arn:org", IsMultiRegionTrail: true }] },
    ],
    GetTrailStatus: () => [200, { IsLogging: true }],
    DescribeKey: () => [200, { KeyMetadata: { KeyId: "1", KeyState: "Enabled" } }],
    DescribeTable: () => [
      200,
      { Table: { TableStatus: "ACTIVE", DeletionProtectionEnabled: stage.production } },
    ],
    DescribeContinuousBackups: () => [200, backups(stage.production ? "ENABLED" : "DISABLED")],
    DescribeTimeToLive: () => [200, life("ENABLED", "deleteAfter")],
    DescribeLogGroups: () => [
      200,
      { logGroups: [{ logGroupName: "of another", retentionInDays: 1 }, ...logs] },
    ],
    DescribeLogStreams: (body) => [
      200,
      { logStreams: /AccessLog/.test(body) ? [{ lastEventTimestamp: Date.now() }] : [] },
    ],
    GetWebACLForResource: () => [
      200,
      acl === undefined ? {} : { WebACL: { Id: `id-of-${acl.id}`, Rules: rules } },
    ],
    GetSecretValue: () => [200, secretOf(LIVE_SECRET)],
  };
}

export const secretOf = (secret: object) => ({ SecretString: JSON.stringify(secret) });
export const life = (TimeToLiveStatus: string, AttributeName: string) => ({
  TimeToLiveDescription: { TimeToLiveStatus, AttributeName },
});
export const backups = (PointInTimeRecoveryStatus: string) => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: "ENABLED",
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus },
  },
});
export const geo = (...open: readonly string[]) => ({
  permissions: ["GB", "FR", "US"].map((country_code) => ({
    country_code,
    type: "country",
    enabled: open.includes(country_code),
  })),
});
export const country = (iso_code: string, isOpen: boolean, isDear = false) => ({
  iso_code,
  low_risk_numbers_enabled: isOpen,
  high_risk_special_numbers_enabled: isDear,
  high_risk_tollfraud_numbers_enabled: false,
});

const TWILIO: Cloud = {
  [`${OF_ACCOUNT}.json`]: () => [200, { status: "active", type: "Full" }],
  [`${OF_ACCOUNT}/Balance.json`]: () => [200, { balance: "120.50", currency: "USD" }],
  [`${OF_ACCOUNT}/Usage/Triggers.json`]: () => [
    200,
    { usage_triggers: [{ usage_category: "totalprice" }] },
  ],
  "GET /v1/Messaging/GeoPermissions": () => [200, geo("GB")],
  "GET /v1/DialingPermissions/Countries": () => [
    200,
    { content: [country("GB", true), country("FR", false)], meta: { next_page_url: null } },
  ],
  [`${OF_SERVICE}/PhoneNumbers`]: () => [200, { phone_numbers: [{}] }],
  [`${OF_SERVICE}/ShortCodes`]: () => [200, { short_codes: [] }],
  [`${OF_SERVICE}/AlphaSenders`]: () => [200, { alpha_senders: [] }],
};
