import type { IncomingMessage, ServerResponse } from "node:http";
import { STAGES, type Stage } from "../infra/stages.ts";
import { type Activity, createActivity, operateBy } from "./activity/activity.ts";
import { type Addresses, addressesOf } from "./addresses.ts";
import { type Assembly, synthesizedAssembly } from "./assembly.ts";
import { type Deployment, deploy, type Ground } from "./deployment.ts";
import { startChallenge } from "./emulators/challenge.ts";
import { createKeyStore } from "./emulators/key-store.ts";
import { type EngineName, startEngine } from "./engines.ts";
import type { OnEvent } from "./events.ts";
import type { FunctionLine, Outcome } from "./functions/thread.ts";
import type { Served } from "./gateway/served.ts";
import { createHandset, type Handset } from "./handset.ts";
import { close, LOOPBACK, listen, serverOf } from "./listening.ts";
import { openStorage } from "./persistence/folder.ts";
import { createSite, type Site } from "./site.ts";
import { createSlot, type Slot } from "./slot.ts";
import { createStops, type Stop, type Stops, stoppable } from "./stops.ts";
import {
  type Emulator,
  type EmulatorOptions,
  type NetworkChoice,
  startEmulator,
} from "./twilio/emulator.ts";
import { type RealNumber, startRealNumber } from "./twilio/real-number.ts";

export type SystemOptions = {
  /** 0 for any free port. */
  readonly port: number;
  readonly engine: EngineName;
  /** Loopback where nothing is given: no other machine can reach it. */
  readonly host?: string;
  /** Pages that may call, beside the system's own. */
  readonly origins?: readonly string[];
  /** A folder that keeps everything beyond the end of the process; nothing is kept where none is given. */
  readonly persist?: string | undefined;
  /** Whether the throttles of the template hold. Tests ask faster than people. */
  readonly throttled?: boolean;
  /** How well everything is delivered; good where nothing is given. */
  readonly network?: NetworkChoice;
  /** Whether each start must pass a challenge. */
  readonly challenged?: boolean;
  /** The length of a simulated second of ringing, speech and delay; a real one by default. */
  readonly secondMilliseconds?: number;
  /** The number that receives real messages, by the owner's account at Twilio. */
  readonly real?: RealNumber | undefined;
  /** A stage whose limits, caps, countries and throttles hold in place of those of the template. */
  readonly stage?: Stage | undefined;
  /** What to run; the project's own stack where nothing is given. */
  readonly assembly?: Assembly;
  readonly onServed?: (served: Served) => void;
  readonly onLine?: (line: FunctionLine) => void;
  readonly onEvent?: OnEvent;
};

/** Enough for any test; more would fill the memory of a system that runs for days. */
const LINES_KEPT = 10_000;

/** The whole of Latchkey, running. */
export type System = {
  readonly url: string;
  readonly handset: Handset;
  readonly emulator: Emulator;
  readonly activity: Activity;
  /** A token for a solved challenge on a page of this host. */
  readonly issueChallenge: (hostname: string) => string;
  /** The key that pseudonyms and tickets are derived from, and where its KMS answers. */
  readonly numbersKey: () => { readonly arn: string; readonly endpoint: string };
  /** What the functions have written, the newest lines of it. */
  readonly logs: readonly FunctionLine[];
  /** The address of the database. */
  readonly engineEndpoint: string;
  /** Where `Invoke` of Lambda answers, and the names that it knows. */
  readonly lambda: { readonly endpoint: string; readonly functionNames: () => readonly string[] };
  /** Builds the stack anew from its sources and replaces the running one, which ends after its current requests. Data and keys stay. */
  readonly reload: () => Promise<void>;
  readonly stop: Stop;
};

/**
 * Starts everything. Throws where the port is taken (`EADDRINUSE`), the engine cannot run, the folder cannot be used or the stack cannot be
 * built; nothing is left running then.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const stops = createStops();
  const lastStops = createStops();
  // The engines end after the functions: a write to an ended database fails.
  const stop = async (): Promise<void> => {
    await stops.stopAll();
    await lastStops.stopAll();
  };
  try {
    return { ...(await start(options, stops, lastStops)), stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

async function start(
  options: SystemOptions,
  stops: Stops,
  lastStops: Stops,
): Promise<Omit<System, "stop">> {
  const gateway = await reserve(options, stops);
  const keeping = openStorage(options.persist, options.engine);
  await lastStops.add(keeping.stop);
  const handset = createHandset(keeping.handset, options.secondMilliseconds);
  const [assembly, engine, emulator, challenge] = await Promise.all([
    assemblyOf(options),
    stoppable(startEngine(options.engine, keeping.database), lastStops),
    stoppable(
      startEmulator(handset.deliver, keeping.twilio, emulatorOptions(options, handset)),
      stops,
    ),
    challengeFor(options) === undefined ? undefined : stoppable(startChallenge(), stops),
  ]);
  const logs: FunctionLine[] = [];
  const slot = await createSlot(stops, lastStops);
  const real =
    options.real && (await stoppable(startRealNumber(options.real, emulator.baseUrl), stops));
  const activity = await stoppable(activityOf(options, slot), stops);
  const ground: Ground = {
    surroundings: {
      dynamodb: engine.endpoint,
      aws: slot.endpoint,
      twilio: real?.baseUrl ?? emulator.baseUrl,
      site: gateway.addresses.url,
      origins: [...gateway.addresses.origins, ...(options.origins ?? [])],
      challenge: challenge && { ...challenge, when: challengeFor(options) ?? "always" },
      stage: options.stage,
    },
    keyStore: createKeyStore(keeping.keys),
    account: emulator.account,
    throttled: options.throttled ?? false,
    onEvent: options.onEvent,
    ...listenersOf(options, activity, logs),
  };
  await slot.fill(await deploy(assembly, ground));
  gateway.open(
    withSite(createSite({ handset, emulator, activity }, challenge), (...exchange) =>
      slot.now().answer(...exchange),
    ),
  );
  return {
    url: gateway.addresses.url,
    handset,
    emulator,
    activity,
    issueChallenge: (hostname) => challenge?.issue(hostname) ?? "",
    numbersKey: () => numbersKeyOf(slot),
    logs,
    engineEndpoint: engine.endpoint,
    lambda: { endpoint: slot.endpoint, functionNames: () => slot.now().fleet.names },
    reload: async () => {
      await slot.fill(await deploy(await assemblyOf(options), ground));
    },
  };
}

/** All listeners to requests and log lines: the activity, the log, and who started the system. */
function listenersOf(
  { onServed, onLine }: SystemOptions,
  activity: Activity,
  logs: FunctionLine[],
): Pick<Ground, "onServed" | "onLine"> {
  return {
    onServed: (served) => {
      activity.served(served);
      onServed?.(served);
    },
    onLine: (line) => {
      activity.wrote(line);
      logs.push(line);
      if (logs.length > 2 * LINES_KEPT) logs.splice(0, LINES_KEPT);
      onLine?.(line);
    },
  };
}

function numbersKeyOf({ endpoint, now }: Slot) {
  return { arn: now().environment["NUMBERS_KEY_ARN"] ?? "", endpoint };
}

/** When a start is asked for a challenge, if ever. */
function challengeFor({
  challenged,
  stage,
}: SystemOptions): "always" | "under-pressure" | undefined {
  if (challenged === true) return "always";
  const { challenge } = stage ?? {};
  return challenge === undefined || "off" in challenge ? undefined : challenge.when;
}

async function activityOf({ stage = STAGES.dev }: SystemOptions, slot: Slot): Promise<Activity> {
  const operate = operateBy((event) => invoked(slot.now().fleet, event));
  return createActivity({ stage, now: Date.now, operate });
}

async function invoked({ names, find }: Deployment["fleet"], event: unknown): Promise<Outcome> {
  const invoke = find(names.find((name) => name.endsWith("-operate")) ?? "");
  if (invoke === undefined) throw new Error("the stack has no function of operators");
  return invoke(event);
}

function emulatorOptions(
  { network, secondMilliseconds }: SystemOptions,
  { ring }: Handset,
): EmulatorOptions {
  return { ring, network, secondMilliseconds };
}

async function assemblyOf({ assembly }: SystemOptions): Promise<Assembly> {
  return assembly ?? synthesizedAssembly();
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Reserved = { readonly addresses: Addresses; readonly open: (handler: Handler) => void };

/** Takes the port before anything else, since a taken one should be reported at once. Requests wait until `open` is called. */
async function reserve({ port, host = LOOPBACK }: SystemOptions, stops: Stops): Promise<Reserved> {
  const { promise, resolve } = Promise.withResolvers<Handler>();
  const bound: { addresses?: Addresses } = {};
  const server = serverOf(async (request, response) => (await promise)(request, response), {
    answersTo: (name) => bound.addresses?.answersTo(name) ?? false,
  });
  const addresses = addressesOf(host, await listen(server, port, host));
  bound.addresses = addresses;
  await stops.add(() => close(server));
  return { addresses, open: resolve };
}

function withSite(site: Site, gateway: Handler): Handler {
  return async (request, response) => {
    if (!(await site(request, response))) await gateway(request, response);
  };
}
