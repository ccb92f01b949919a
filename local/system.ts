import type { IncomingMessage, ServerResponse } from "node:http";
import type { Assembly } from "./assembly.ts";
import { createTable, type EngineName, startEngine } from "./engines.ts";
import { createFront, type Served } from "./front/front.ts";
import { type Fleet, startFleet } from "./functions/fleet.ts";
import type { FunctionLine } from "./functions/thread.ts";
import { createHandset, type Handset } from "./handset.ts";
import { close, listen, serverOf } from "./listening.ts";
import { createSite, type Site } from "./site.ts";
import { createStops, type Stop, type Stops, stoppable } from "./stops.ts";
import { functionsOf } from "./template/functions.ts";
import { gatewayResponsesOf } from "./template/gateway-responses.ts";
import { createResolve } from "./template/intrinsics.ts";
import { keysOf, secretsOf } from "./template/keys.ts";
import { namesOf } from "./template/names.ts";
import { routesOf } from "./template/routes.ts";
import { parseTemplate, resourcesOf, type Template } from "./template/template.ts";
import { startTwin, type Twin } from "./twilio/twin.ts";

export type SystemOptions = {
  /** 0 for any free port. */
  readonly port: number;
  readonly engine: EngineName;
  /** What to run; the project's own stack where nothing is given. */
  readonly assembly?: Assembly;
  readonly onServed?: (served: Served) => void;
  readonly onLine?: (line: FunctionLine) => void;
};

/** The whole of Latchkey, running. */
export type System = {
  readonly url: string;
  readonly handset: Handset;
  readonly twin: Twin;
  /** Every line that the functions have written. */
  readonly logs: readonly FunctionLine[];
  /** Where the database answers, for those who look into its items. */
  readonly engineEndpoint: string;
  readonly stop: Stop;
};

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Starts everything on loopback. Throws where the port is taken (`EADDRINUSE`), the engine cannot run or the stack cannot be built; nothing is
 * left running then.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const stops = createStops();
  try {
    return { ...(await start(options, stops)), stop: stops.stopAll };
  } catch (fault) {
    await stops.stopAll();
    throw fault;
  }
}

async function start(options: SystemOptions, stops: Stops): Promise<Omit<System, "stop">> {
  const front = await reserve(options.port, stops);
  const handset = createHandset();
  const [assembly, engine, twin] = await Promise.all([
    stoppable(assemblyOf(options), stops),
    stoppable(startEngine(options.engine), stops),
    stoppable(startTwin(handset.deliver), stops),
  ]);
  const template = parseTemplate(assembly.template);
  await createTables(template, engine.endpoint);
  const url = `http://localhost:${front.port}`;
  const origins = [url, `http://127.0.0.1:${front.port}`];
  const logs: FunctionLine[] = [];
  const fleet = await startFleet(
    {
      plans: functionsOf(template, createResolve(template), assembly.assemblyDirectory),
      keys: keysOf(template),
      secrets: secretsFor(template, twin),
      surroundings: { dynamodb: engine.endpoint, twilio: twin.baseUrl, site: url, origins },
      onLine: (line) => {
        logs.push(line);
        options.onLine?.(line);
      },
    },
    stops,
  );
  front.open(
    handlerOf(template, fleet, createSite(handset), options.onServed ?? (() => undefined)),
  );
  return { url, handset, twin, logs, engineEndpoint: engine.endpoint };
}

/** The stack is built by a library that takes a second to load, so it is loaded only where it is needed. */
async function assemblyOf({ assembly }: SystemOptions): Promise<Assembly> {
  if (assembly !== undefined) return assembly;
  const { synthesizedAssembly } = await import("./assembly.ts");
  return synthesizedAssembly();
}

/** Takes the port before anything else, since a taken one should be told at once. Requests wait until `open` is called. */
async function reserve(port: number, stops: Stops) {
  const { promise, resolve } = Promise.withResolvers<Handler>();
  const server = serverOf(async (request, response) => (await promise)(request, response));
  const got = await listen(server, port);
  await stops.add(() => close(server));
  return { port: got, open: resolve };
}

async function createTables(template: Template, endpoint: string): Promise<void> {
  const tables = resourcesOf(template, "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable");
  await Promise.all(
    tables.map(([id, resource]) => createTable(endpoint, namesOf(id, resource).ref, resource)),
  );
}

function secretsFor(template: Template, { account }: Twin): Readonly<Record<string, string>> {
  const { accountSid, apiKeySid, apiKeySecret, from } = account;
  const secret = JSON.stringify({ accountSid, apiKeySid, apiKeySecret, from });
  return Object.fromEntries(secretsOf(template).map((arn) => [arn, secret]));
}

function handlerOf(
  template: Template,
  fleet: Fleet,
  site: Site,
  onServed: (served: Served) => void,
): Handler {
  const resolve = createResolve(template);
  const parts = {
    routes: routesOf(template, resolve),
    gatewayResponses: gatewayResponsesOf(template, resolve),
    invoke: async (functionArn: string, event: unknown) => {
      const invoke = fleet(functionArn);
      if (invoke === undefined) throw new Error(`there is no function ${functionArn}`);
      return invoke(event);
    },
  };
  const front = createFront(parts, onServed);
  return async (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    if (!(await site(request.method ?? "", path, response))) await front(request, response);
  };
}
