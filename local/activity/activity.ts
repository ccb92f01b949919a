import * as v from "valibot";
import { OPERATION_RESULT, type OperationResult } from "../../functions/operator/operation.ts";
import type { SendLimit } from "../../functions/policy/limits.ts";
import type { Stage } from "../../infra/stages.ts";
import type { FunctionLine, Outcome } from "../functions/thread.ts";
import type { Served } from "../gateway/served.ts";
import { type AlarmState, createMetrics, type Metrics } from "./metrics.ts";
import { createRequesters, REQUESTER_KINDS, type Requester } from "./requesters.ts";

/** What an operator sees of the running system, from its log lines and its requests. */
export type Activity = {
  readonly served: (served: Served) => void;
  readonly wrote: (line: FunctionLine) => void;
  /** It holds no code and no whole number. */
  readonly state: () => Promise<ActivityState>;
  /** Does one operation of the operator. `ref` names a requester of the page. */
  readonly operate: (wish: Wish) => Promise<OperationResult>;
  /** Calls back with each alarm that goes red or green until the returned function is called. */
  readonly onAlarm: (listener: (alarm: AlarmState) => void) => () => void;
  readonly showAttack: (progress: () => AttackProgress) => void;
  readonly stop: () => Promise<void>;
};

export const WISH = v.variant("command", [
  v.strictObject({ command: v.literal("block"), ref: v.string() }),
  v.strictObject({ command: v.literal("unblock"), ref: v.string() }),
  v.strictObject({ command: v.literal("pause") }),
  v.strictObject({ command: v.literal("resume") }),
]);
type Wish = v.InferOutput<typeof WISH>;

export type AttackProgress = {
  readonly title: string;
  readonly tries: number;
  readonly messages: number;
  readonly dollars: number;
  readonly firstRefusalSeconds: number | undefined;
  readonly isOver: boolean;
};

/** A requester's counter, its limit where it has one, and its block, from what the operator's command `who` answers. */
type Counters = { readonly used: number; readonly max?: number; readonly block: unknown };

type ActivityState = {
  readonly at: number;
  readonly startedAt: number;
  /** One row a minute, the current one last. */
  readonly minutes: readonly Readonly<Record<"starts" | "sent" | "approved" | "refused", number>>[];
  /** Refusals of the hour by reason, most first, with their minutes. */
  readonly reasons: readonly { readonly reason: string; readonly minutes: readonly number[] }[];
  readonly deliveries: Readonly<Record<"delivered" | "undelivered", number>>;
  readonly spend: readonly {
    readonly name: string;
    readonly dollars: number;
    readonly cap: number;
  }[];
  readonly isPaused: boolean;
  readonly top: Readonly<
    Record<string, readonly (Requester & { readonly counters: Counters | undefined })[]>
  >;
  readonly alarms: readonly (AlarmState & { readonly since: number | undefined })[];
  readonly attack: AttackProgress | undefined;
};

const MINUTES_SHOWN = 60;
const MICROS = 1_000_000;
/** The interval of the alarms, and the lifetime of cached counters. */
const LOOK_MILLISECONDS = 4_000;
const BLOCK_SECONDS = 3_600;
const REASON = "from the activity page";

type Ground = { readonly stage: Stage; readonly operate: Operate; readonly now: () => number };

/** Does one operation. */
export type Operate = (operation: unknown) => Promise<OperationResult>;

/** Invokes the function of operators, as `npm run ops` does. */
export function operateBy(invoke: (event: unknown) => Promise<Outcome>): Operate {
  return async (operation) => {
    const outcome = await invoke(operation);
    if (outcome.kind !== "answered") throw new Error("the operation failed; its log has the cause");
    return v.parse(OPERATION_RESULT, outcome.payload);
  };
}

export function createActivity({ stage, operate, now }: Ground): Activity {
  const metrics = createMetrics(stage, now);
  const requesters = createRequesters(now);
  const watch = createWatch(metrics, now);
  const cached = cacheOf(now);
  const startedAt = now();
  let progress: (() => AttackProgress) | undefined;

  async function countersOf({ ref }: Requester): Promise<Counters | undefined> {
    // An app is none of an operator's targets, which is refused.
    const target = requesters.targetOf(ref);
    const read = () => operate({ command: "who", target });
    // One that fails leaves the rest of the page.
    return countersIn(await cached(`who ${ref}`, read).catch(() => undefined), now());
  }

  async function topOf(kind: (typeof REQUESTER_KINDS)[number]) {
    const rows = requesters
      .top(kind)
      .map(async (row) => ({ ...row, counters: await countersOf(row) }));
    return [kind, await Promise.all(rows)] as const;
  }

  return {
    served(served) {
      metrics.served(served);
      requesters.served(served);
    },
    wrote(line) {
      metrics.wrote(line);
      requesters.wrote(line);
    },
    async state() {
      const [spend, ...top] = await Promise.all([
        cached("spend", () => operate({ command: "spend" })),
        ...REQUESTER_KINDS.map(topOf),
      ]);
      return {
        at: now(),
        startedAt,
        ...countsOf(metrics),
        spend: spend.kind === "spend" ? spendRows(spend, stage, new Date(now())) : [],
        isPaused: spend.kind === "spend" && spend.pause !== undefined,
        top: Object.fromEntries(top),
        alarms: watch.look(),
        attack: progress?.(),
      };
    },
    operate(wish) {
      cached.clear();
      return operateOn(operate, wish, requesters.targetOf);
    },
    onAlarm: watch.onAlarm,
    showAttack(of) {
      progress = of;
    },
    stop: async () => watch.stop(),
  };
}

function countersIn(result: OperationResult | undefined, at: number): Counters | undefined {
  if (result?.kind === "number")
    return { ...turnsOf(result.turns, result.sendsPerNumber, at), block: result.block };
  if (result?.kind !== "scope") return undefined;
  const { unverified, max, mode, block } = result;
  return { used: Math.max(0, unverified), ...(mode !== "off" && { max }), block };
}

/** The turns of a number in its fullest window, without the first row: every send fills it for half a minute. */
function turnsOf(turns: readonly number[], [, ...rows]: readonly SendLimit[], at: number) {
  const used = (seconds: number) => turns.filter((turn) => turn > at - seconds * 1_000).length;
  return rows
    .map(({ max, windowSeconds }) => ({ used: used(windowSeconds), max }))
    .reduce((one, other) => (other.used / other.max > one.used / one.max ? other : one));
}

/** Reports an alarm when its state changes, as SNS mails it. */
function createWatch(metrics: Metrics, now: () => number) {
  const red = new Map<string, number>();
  const listeners = new Set<(alarm: AlarmState) => void>();
  const turn = (alarm: AlarmState): void => {
    const isRed = alarm.state === "alarm";
    if (isRed === red.has(alarm.name)) return;
    if (isRed) red.set(alarm.name, now());
    else red.delete(alarm.name);
    for (const listener of listeners) listener(alarm);
  };
  const look = () => {
    const alarms = metrics.alarms();
    for (const alarm of alarms) turn(alarm);
    return alarms.map((alarm) => ({ ...alarm, since: red.get(alarm.name) }));
  };
  const timer = setInterval(look, LOOK_MILLISECONDS).unref();
  return {
    look,
    onAlarm(listener: (alarm: AlarmState) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => clearInterval(timer),
  };
}

function operateOn(
  operate: Operate,
  wish: Wish,
  targetOf: (ref: string) => string | undefined,
): Promise<OperationResult> {
  if (wish.command === "resume") return operate(wish);
  if (wish.command === "pause") return operate({ ...wish, reason: REASON });
  const { command, ref } = wish;
  const target = targetOf(ref);
  return command === "unblock"
    ? operate({ command, target })
    : operate({ command, target, seconds: BLOCK_SECONDS, reason: REASON });
}

function countsOf({ lastMinutes, named }: Metrics) {
  const minutesOf = (...names: readonly string[]) =>
    names
      .map((name) => lastMinutes(name, MINUTES_SHOWN))
      .reduce((total, row) => total.map((figure, minute) => figure + (row[minute] ?? 0)), EMPTY);
  const sumOf = (name: string) => sum(minutesOf(name));
  const routes = ["POST /v1/verifications", "POST /v1/verifications/{id}/resend"];
  const starts = minutesOf(...routes.map((route) => `Answers ${route}`));
  const sent = minutesOf("Sends");
  const approved = minutesOf("Approvals");
  const refused = minutesOf("4XXError", "5XXError");
  return {
    minutes: EMPTY.map((_, minute) => ({
      starts: starts[minute] ?? 0,
      sent: sent[minute] ?? 0,
      approved: approved[minute] ?? 0,
      refused: refused[minute] ?? 0,
    })),
    reasons: named("Problems ")
      .map((name) => ({ reason: name.replace("Problems ", ""), minutes: minutesOf(name) }))
      .filter(({ minutes }) => sum(minutes) > 0)
      .toSorted((one, other) => sum(other.minutes) - sum(one.minutes)),
    deliveries: {
      delivered: sumOf("Deliveries delivered"),
      undelivered: sumOf("Deliveries undelivered"),
    },
  };
}

const EMPTY: readonly number[] = Array.from({ length: MINUTES_SHOWN }, () => 0);

const sum = (figures: readonly number[]) => figures.reduce((total, figure) => total + figure, 0);

/** Pages request the state every few seconds; they share one invocation. */
function cacheOf(now: () => number) {
  const kept = new Map<
    string,
    { readonly until: number; readonly result: Promise<OperationResult> }
  >();
  const cached = (name: string, read: () => Promise<OperationResult>): Promise<OperationResult> => {
    const found = kept.get(name);
    if (found !== undefined && found.until > now()) return found.result;
    const result = read();
    kept.set(name, { until: now() + LOOK_MILLISECONDS, result });
    return result;
  };
  return Object.assign(cached, { clear: () => kept.clear() });
}

/** Each cap with what is spent of it now. Hours and days are UTC. */
function spendRows(
  { spent, total, countries }: Extract<OperationResult, { kind: "spend" }>,
  stage: Stage,
  now: Date,
): ActivityState["spend"] {
  const hour = now.getUTCHours();
  const caps = [
    ["total", "All", total] as const,
    ...Object.entries(countries).map(([code, cap]) => [code, code, cap] as const),
  ];
  const row = (name: string, counter: string, cap: number) => ({
    name,
    dollars: (spent[counter] ?? 0) / MICROS,
    cap,
  });
  return [
    ...caps.flatMap(([counter, name, { perHourMicros, perDayMicros }]) => [
      row(`${name}, this hour`, `${counter}-${hour}`, perHourMicros / MICROS),
      row(`${name}, today`, counter, perDayMicros / MICROS),
    ]),
    ...Object.entries(stage.spend.apps ?? {}).map(([app, cap]) =>
      row(`${app}, today`, `app-${app}`, cap),
    ),
  ];
}
