import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import * as v from "valibot";
import type { Operations } from "./emulators/kms.ts";
import type { Fleet } from "./functions/fleet.ts";
import type { FunctionLine } from "./functions/thread.ts";
import type { Resolve } from "./template/intrinsics.ts";
import { namesOf, PLACE } from "./template/names.ts";
import { resourcesOf, type Template } from "./template/template.ts";

/** An event as EventBridge sends it to the targets of its rules. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export type BusEvent = {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
};

export type OnEvent = (event: BusEvent) => void;

/** Lines are collected for so long before the function gets them. CloudWatch Logs takes a second or more. */
const BATCH_MILLISECONDS = 50;

const FILTER = v.object({
  LogGroupName: v.string(),
  FilterPattern: v.string(),
  DestinationArn: v.string(),
});
const LOGGING = v.object({ LogGroup: v.string() });
const LINE = v.pipe(v.string(), v.parseJson(), v.object({ event: v.string() }));

/** The subscription filters of the template: matching lines go to their functions, as by CloudWatch Logs. */
export function createSubscriptions(
  template: Template,
  resolve: Resolve,
  find: Fleet["find"],
): (line: FunctionLine) => void {
  const groups = new Map(
    resourcesOf(template, "AWS::Lambda::Function").map(([id, resource]) => {
      const logging = v.safeParse(LOGGING, resolve(resource.Properties["LoggingConfig"]));
      return [namesOf(id, resource).ref, logging.success ? logging.output.LogGroup : undefined];
    }),
  );
  const filters = resourcesOf(template, "AWS::Logs::SubscriptionFilter").map(([, { Properties }]) =>
    v.parse(FILTER, resolve(Properties)),
  );
  const batches = new Map<string, string[]>();
  const flush = (arn: string): void => {
    const lines = batches.get(arn) ?? [];
    batches.delete(arn);
    // The system was stopped.
    find(arn)?.(subscribed(lines)).catch(() => undefined);
  };
  return ({ functionName, line }) => {
    const group = groups.get(functionName);
    const filter = filters.find((one) => one.LogGroupName === group && lets(one, line));
    if (filter === undefined) return;
    const { DestinationArn: arn } = filter;
    const lines = batches.get(arn);
    if (lines !== undefined) lines.push(line);
    else {
      batches.set(arn, [line]);
      setTimeout(flush, BATCH_MILLISECONDS, arn).unref();
    }
  };
}

/** A pattern of alternatives, each of one value of `event`. */
function lets({ FilterPattern }: v.InferOutput<typeof FILTER>, line: string): boolean {
  const parsed = v.safeParse(LINE, line);
  return parsed.success && FilterPattern.includes(`($.event = "${parsed.output.event}")`);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample */
export function subscribed(lines: readonly string[]): unknown {
  const batch = {
    messageType: "DATA_MESSAGE",
    owner: PLACE.account,
    logGroup: "local",
    logStream: "local",
    subscriptionFilters: ["local"],
    logEvents: lines.map((message) => ({ id: randomUUID(), timestamp: Date.now(), message })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(batch)).toString("base64") } };
}

const PUT_EVENTS = v.object({
  Entries: v.pipe(
    v.array(
      v.object({
        Source: v.string(),
        DetailType: v.string(),
        Detail: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
        Time: v.pipe(
          v.number(),
          v.transform((seconds) => new Date(seconds * 1_000).toISOString()),
        ),
      }),
    ),
    v.maxLength(10),
  ),
});

/** An emulator for EventBridge whose one rule takes every event. */
export function createEventBridge(onEvent: OnEvent): Operations {
  return {
    "AWSEvents.PutEvents": (input) => {
      const events = v.parse(PUT_EVENTS, input).Entries.map(
        (entry): BusEvent => ({
          version: "0",
          id: randomUUID(),
          "detail-type": entry.DetailType,
          source: entry.Source,
          account: PLACE.account,
          time: entry.Time,
          region: PLACE.region,
          resources: [],
          detail: entry.Detail,
        }),
      );
      events.forEach(onEvent);
      return { FailedEntryCount: 0, Entries: events.map(({ id }) => ({ EventId: id })) };
    },
  };
}

/** An API destination gives its endpoint so long. */
const POST_MILLISECONDS = 5_000;

/** Posts an event whole, once and unsigned. Prints a refusal or a fault. */
export async function postEvent(
  url: string,
  event: BusEvent,
  tell: (text: string) => void,
): Promise<void> {
  try {
    const { status, ok } = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
      redirect: "error",
      signal: AbortSignal.timeout(POST_MILLISECONDS),
    });
    if (!ok) tell(`  ${url} answered ${event["detail-type"]} with ${status}.`);
  } catch (fault) {
    tell(
      `  ${url} did not take ${event["detail-type"]}: ${fault instanceof Error ? fault.message : "unknown"}.`,
    );
  }
}
