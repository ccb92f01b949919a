import { isDeepStrictEqual } from "node:util";
import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { PROBLEMS } from "../../functions/http/problem.ts";
import { type Finding, faultsOf } from "../checklist/question.ts";
import { parseTemplate, type Template } from "../template.ts";
import type { LiveDeps, LiveQuestion } from "./question.ts";
import { tls } from "./tls.ts";
import { CouldNotAsk } from "./twilio-reader.ts";

const TOPIC = "The deployment";

export const DEPLOYMENT_QUESTIONS: readonly LiveQuestion[] = [
  { id: "deployed", topic: TOPIC, asks: "Is the stack deployed and complete?", find: state },
  {
    id: "same",
    topic: TOPIC,
    asks: "Is the deployed template the one of this checkout?",
    find: same,
  },
  { id: "drift", topic: TOPIC, asks: "Is nothing changed by hand?", find: drift },
  { id: "answers", topic: TOPIC, asks: "Does the API answer the right callers?", find: answers },
  { id: "refusals", topic: TOPIC, asks: "Does API Gateway refuse as expected?", find: refusals },
  { id: "tls", topic: TOPIC, asks: "Does the API refuse old TLS?", find: tls },
  { id: "room", topic: TOPIC, asks: "Are the quotas of the account high enough?", find: room },
];

async function state({ aws, stackName }: LiveDeps): Promise<Finding> {
  const asked = new DescribeStacksCommand({ StackName: stackName });
  const [stack] = (await aws.stack.send(asked)).Stacks ?? [];
  const status = stack?.StackStatus ?? "unknown";
  const changed = stack?.LastUpdatedTime ?? stack?.CreationTime;
  return {
    value: `${status}, changed last ${changed?.toISOString().slice(0, 10) ?? "never"}`,
    faults: faultsOf({ [`the stack is ${status}`]: !/^(CREATE|UPDATE)_COMPLETE$/.test(status) }),
  };
}

async function same({ aws, stackName, template }: LiveDeps): Promise<Finding> {
  const asked = new GetTemplateCommand({ StackName: stackName });
  const { TemplateBody = "" } = await aws.stack.send(asked);
  const there = parseTemplate(JSON.parse(TemplateBody));
  const ids = new Set([template, there].flatMap(({ Resources }) => Object.keys(Resources)));
  const others = [...ids].filter((id) => !isDeepStrictEqual(of(template, id), of(there, id)));
  return {
    value: `${ids.size - others.length} of ${ids.size} resources, code and settings`,
    faults: others.map((id) => `${id} is another here than there`),
  };
}

/** A resource of a template without metadata, which deploys nothing, and without what CDK notes for itself. */
function of({ Resources }: Template, id: string) {
  const { Type, Properties, DeletionPolicy } = Resources[id] ?? {};
  return Type === "AWS::CDK::Metadata" ? undefined : { Type, Properties, DeletionPolicy };
}

const DRIFT_PAUSE_MILLISECONDS = 3_000;
/** Detection takes a minute or so. */
const LONGEST_DRIFT_MILLISECONDS = 300_000;

async function drift({ aws, stackName, now, pause }: LiveDeps): Promise<Finding> {
  const StackName = stackName;
  const { StackDriftDetectionId } = await aws.stack.send(
    new DetectStackDriftCommand({ StackName }),
  );
  const started = now();
  for (;;) {
    const asked = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId });
    const { DetectionStatus, DetectionStatusReason = "" } = await aws.stack.send(asked);
    if (DetectionStatus === "DETECTION_COMPLETE") return drifted(aws.stack, StackName);
    if (DetectionStatus === "DETECTION_FAILED")
      throw new CouldNotAsk(`CloudFormation gave up: ${DetectionStatusReason}`);
    if (now() - started > LONGEST_DRIFT_MILLISECONDS)
      throw new CouldNotAsk("CloudFormation compared for five minutes and had not ended");
    await pause(DRIFT_PAUSE_MILLISECONDS);
  }
}

async function drifted(client: CloudFormationClient, StackName: string): Promise<Finding> {
  const compared: number[] = [];
  const faults: string[] = [];
  let NextToken: string | undefined;
  do {
    const asked = new DescribeStackResourceDriftsCommand({ StackName, NextToken });
    const page = await client.send(asked);
    for (const { LogicalResourceId, StackResourceDriftStatus } of page.StackResourceDrifts ?? []) {
      compared.push(1);
      if (StackResourceDriftStatus === "MODIFIED") faults.push(`${LogicalResourceId} was changed`);
      if (StackResourceDriftStatus === "DELETED") faults.push(`${LogicalResourceId} was deleted`);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return { value: `${compared.length} resources compared; AWS cannot compare every kind`, faults };
}

async function answers({ address }: LiveDeps): Promise<Finding> {
  const here = await address();
  const keys = await fetchHere(`${here}/.well-known/jwks.json`, { method: "GET" });
  const unsigned = await fetchHere(`${here}/v1/server/verifications`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  return {
    value: `${here} publishes its keys, and back ends must sign`,
    faults: faultsOf({
      [`the proof keys are answered with ${keys.status}`]: keys.status !== 200,
      "answers do not insist on HTTPS (HSTS)": !keys.headers.has("strict-transport-security"),
      // The gateway answers 404 before any function; a function would name the field that is missing.
      [`an unsigned server request is answered with ${unsigned.status}`]: ![403, 404].includes(
        unsigned.status,
      ),
    }),
  };
}

/** How API Gateway classifies these requests, which only a real one shows. Emulators disagree about the second. */
const REFUSED = [
  {
    what: "a route that does not exist",
    path: "/v1/nothing",
    headers: {},
    code: "route-not-found",
  },
  {
    what: "a signature of another kind",
    path: "/v1/server/verifications/nothing",
    headers: { authorization: "Bearer nothing" },
    code: "signature-invalid",
  },
] as const;

async function refusals({ address }: LiveDeps): Promise<Finding> {
  const here = await address();
  const found = await Promise.all(
    REFUSED.map(async ({ what, path, headers, code }) => {
      const answer = await fetchHere(`${here}${path}`, { method: "GET", headers });
      const body: unknown = await answer.json().catch(() => undefined);
      const received = `${answer.status} ${String(Object(body).code)}`;
      return { what, received, wanted: `${PROBLEMS[code].status} ${code}` };
    }),
  );
  return {
    value: found.map(({ what, received }) => `${what}: ${received}`).join("; "),
    faults: found
      .filter(({ received, wanted }) => received !== wanted)
      .map(({ what, received, wanted }) => `${what} is answered ${received}, not ${wanted}`),
  };
}

function fetchHere(url: string, init: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(10_000);
  return fetch(url, { ...init, redirect: "manual", signal }).catch(() => {
    throw new CouldNotAsk(`${url} does not answer from here`);
  });
}

/** Twilio usually answers a start within a second, so at most one second's requests run at once. */
async function room({ aws, stage }: LiveDeps): Promise<Finding> {
  const { AccountLimit } = await aws.functions.send(new GetAccountSettingsCommand({}));
  const { UnreservedConcurrentExecutions: free = 0 } = AccountLimit ?? {};
  const { requestsPerSecond } = stage.throttle;
  return {
    value: `${free} functions may run at once in this account and region, for ${requestsPerSecond} requests a second`,
    faults: faultsOf({
      [`${free} at once are fewer than the throttle lets through: ask AWS for more`]:
        free < requestsPerSecond,
    }),
  };
}
