import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Item } from "../../../functions/adapters/dynamodb/table.ts";
import { api, type Endpoint } from "../../../functions/http/api.ts";
import { cancelEndpoint } from "../../../functions/http/cancel.ts";
import { checkEndpoint } from "../../../functions/http/check.ts";
import { resendEndpoint } from "../../../functions/http/resend.ts";
import { showEndpoint } from "../../../functions/http/show.ts";
import { startEndpoint } from "../../../functions/http/start.ts";
import { logFault } from "../../../functions/log.ts";
import { mac } from "../../../functions/verification/code.ts";
import type { SendOutcome } from "../../../functions/verification/ports.ts";
import { dayOf } from "../../../functions/verification/spend.ts";
import { engineStores } from "../../support/engine-stores.ts";
import type { EngineTable } from "../../support/engine-tables.ts";
import { aContext, anEvent } from "../../support/events.ts";
import { aWorld, fictionalNumber, NOON, type World } from "../../support/world.ts";
import { faultyPorts, type Ports } from "./faults.ts";

const SETTINGS = { docsUrl: "https://docs.example/#", allowedOrigins: [] } as const;
const DAY_MILLISECONDS = 86_400_000;

export type Route = "start" | "resend" | "check" | "show" | "cancel";
export type Request = {
  readonly route: Route;
  readonly id?: string | undefined;
  readonly key?: string;
  readonly body?: Readonly<Record<string, unknown>>;
};
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
};

/** One message, with what was booked for it at the moment that it left. */
export type Sent = {
  readonly text: string;
  readonly at: number;
  readonly lifetimeSeconds: number;
  readonly turn: number;
  readonly reservedMicros: number;
};

/** A number and a day that no other run has, in a world whose every port can fail. */
export type Run = {
  readonly to: string;
  readonly world: World;
  readonly ports: Ports;
  readonly sent: readonly Sent[];
  /** What the provider answers from now on. */
  readonly provider: { outcome: SendOutcome["kind"] };
  readonly logged: string[];
  readonly item: (pk: string) => Promise<Item | undefined>;
  readonly put: (item: Item) => Promise<void>;
  /** Nothing where the function was ended before it answered. */
  readonly ask: (request: Request) => Promise<Answer | undefined>;
};

export type Terms = Partial<Pick<World, "challenge" | "spendTerms" | "scopeTerms">>;

let runs = 0;

export function aRun(engine: EngineTable, logged: string[], terms: Terms = {}): Run {
  runs += 1;
  const to = fictionalNumber(runs % 1_000);
  const day = NOON + runs * DAY_MILLISECONDS;
  const plain: World = aWorld(engineStores(engine.table, () => plain.time.now));
  plain.time.now = day;
  const ports = faultyPorts(plain.time, to);
  const sent: Sent[] = [];
  const item = (pk: string) => engine.table.read(pk);
  const world = faultyWorld({ ...plain, ...terms }, ports, async ({ text, lifetimeSeconds }) => {
    const index = await plain.keys.index();
    const { t1 } = { ...(await item(`number#${mac(index, ["number", to])}`)) };
    const { total } = { ...(await item(`spend#${dayOf(plain.time.now)}#0`)) };
    const booked = { turn: Number(t1 ?? 0), reservedMicros: Number(total ?? 0) };
    sent.push({ text, at: plain.time.now, lifetimeSeconds, ...booked });
  });
  const handlers = handlersOf(world);
  return {
    to,
    world,
    ports,
    sent,
    provider: plain.provider,
    logged,
    item,
    put: engine.put,
    ask: (request) => answered(ports, handlers[request.route], request),
  };
}

/** `noted` is told of each message that the provider takes, before it answers. */
function faultyWorld(
  world: World,
  ports: Ports,
  noted: (message: Parameters<World["sender"]["send"]>[0]) => Promise<void>,
): World {
  const { challenge } = world;
  return {
    ...world,
    verifications: ports.of("verifications", world.verifications),
    numbers: ports.of("numbers", world.numbers),
    scopes: ports.of("scopes", world.scopes),
    claims: ports.of("claims", world.claims),
    spend: ports.of("spend", world.spend),
    sendingSwitch: ports.of("switch", world.sendingSwitch),
    keys: ports.of("keys", world.keys),
    // As it travels: nobody reads the number in it by looking.
    signer: ports.of("signer", {
      sign: async (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url"),
    }),
    settler: ports.of("settler", world.settler),
    challenge: challenge && {
      ...challenge,
      verifier: ports.of("verifier", challenge.verifier),
    },
    sender: ports.of("sender", {
      async send(message: Parameters<World["sender"]["send"]>[0]) {
        if (world.provider.outcome !== "refused") await noted(message);
        return world.sender.send(message);
      },
    }),
    logFault,
  };
}

function handlersOf(world: World): Readonly<Record<Route, ReturnType<typeof api>>> {
  const entry = (endpoint: Endpoint) => api(endpoint, SETTINGS);
  return {
    start: entry(startEndpoint(world)),
    resend: entry(resendEndpoint({ ...world, challenge: undefined })),
    check: entry(checkEndpoint(world)),
    show: entry(showEndpoint(world)),
    cancel: entry(cancelEndpoint(world)),
  };
}

async function answered(
  ports: Ports,
  handler: (
    event: APIGatewayProxyEvent,
    context: typeof aContext,
  ) => Promise<APIGatewayProxyResult>,
  { id, key, body }: Request,
): Promise<Answer | undefined> {
  const event = anEvent({
    ...(id === undefined ? {} : { id }),
    body: body === undefined ? null : JSON.stringify(body),
    headers: key === undefined ? {} : { "idempotency-key": key },
  });
  const result = await Promise.race([handler(event, aContext), ports.ended()]);
  await ports.rest();
  if (result === "ended") return undefined;
  const text = result.body;
  const { headers = {}, statusCode: status } = result;
  return { status, headers, text, body: text === "" ? {} : Object(JSON.parse(text)) };
}
