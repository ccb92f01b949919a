import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Item } from "../../../functions/adapters/dynamodb/table.ts";
import { api, type Endpoint } from "../../../functions/http/api.ts";
import { cancelEndpoint } from "../../../functions/http/cancel.ts";
import { checkEndpoint } from "../../../functions/http/check.ts";
import { deliveryEndpoint } from "../../../functions/http/delivery.ts";
import { resendEndpoint } from "../../../functions/http/resend.ts";
import { showEndpoint } from "../../../functions/http/show.ts";
import { speakEndpoint } from "../../../functions/http/speak.ts";
import { startEndpoint } from "../../../functions/http/start.ts";
import { logFault } from "../../../functions/runtime/log.ts";
import { mac } from "../../../functions/verification/code.ts";
import { keyOf } from "../../../functions/verification/identifiers.ts";
import { takeNextStep } from "../../../functions/verification/next-step.ts";
import type { Message } from "../../../functions/verification/ports.ts";
import type { ResendDeps } from "../../../functions/verification/resend.ts";
import { dayOf } from "../../../functions/verification/spend.ts";
import { type Deps, fictionalNumber, idIn, NOON, someDeps } from "../../support/deps.ts";
import { engineStores } from "../../support/engine-stores.ts";
import { aContext, anEvent } from "../../support/events.ts";
import { memoryTable } from "../../support/memory-table.ts";
import { faultyPorts, type Ports } from "./faults.ts";

const SETTINGS = { docsUrl: "https://docs.example/#", allowedOrigins: [] } as const;
const DAY_MILLISECONDS = 86_400_000;

type Route = "start" | "resend" | "check" | "show" | "cancel" | "report" | "speak" | "step";
export type Request = {
  readonly route: Route;
  readonly id?: string | undefined;
  readonly key?: string;
  /** Under which the provider calls back. */
  readonly token?: string | undefined;
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
  readonly code: string;
  readonly at: number;
  readonly lifetimeSeconds: number;
  readonly reportToken: string;
  readonly priceMicros: number;
  readonly turn: number;
  /** All that is reserved on its day. */
  readonly reservedMicros: number;
};

export type Run = ReturnType<typeof aRun>;

export type Terms = Partial<Pick<Deps, "challenge" | "channels">>;

let runs = 0;

/** A number and a day that no other run has, with deps whose every port can fail, over items that all runs share and the deployed stores. */
export function aRun(items: Map<string, Item>, logged: string[], terms: Terms = {}) {
  const table = memoryTable(items);
  runs += 1;
  const to = fictionalNumber(runs % 1_000);
  const day = NOON + runs * DAY_MILLISECONDS;
  const plain: Deps = someDeps(engineStores(table, () => plain.time.now));
  plain.time.now = day;
  const ports = faultyPorts(plain.time, to);
  const sent: Sent[] = [];
  const item = table.read;
  const deps = faultyDeps({ ...plain, ...terms }, ports, async (message) => {
    const index = await plain.keys.index();
    const { t1 } = { ...(await item(`number#${mac(index, ["number", to])}`)) };
    const { total } = { ...(await item(`spend#${dayOf(plain.time.now)}#0`)) };
    const counted = { turn: Number(t1 ?? 0), reservedMicros: Number(total ?? 0) };
    const { lifetimeSeconds, reportToken, channel } = message;
    const priceMicros = plain.spendTerms.prices.GB?.[channel] ?? 0;
    sent.push({
      code: codeOf(message),
      at: plain.time.now,
      lifetimeSeconds,
      reportToken,
      priceMicros,
      ...counted,
    });
  });
  const handlers = handlersOf(deps, ports);
  return {
    to,
    deps,
    ports,
    sent,
    /** What the provider answers from now on. */
    provider: plain.provider,
    logged,
    item,
    put: table.put,
    /** Nothing where the function was ended before it answered. */
    ask: (request: Request) => answered(ports, handlers[request.route], request),
  };
}

/** What a message carries; of a call, what it would say. */
function codeOf(message: Message): string {
  if (message.channel === "whatsapp") return message.code;
  return message.channel === "sms" ? (/\b\d{6}\b/.exec(message.text)?.[0] ?? "") : "";
}

/** `noted` is told of each message that the provider takes, before it answers. */
function faultyDeps(deps: Deps, ports: Ports, noted: (message: Message) => Promise<void>): Deps {
  const { challenge } = deps;
  return {
    ...deps,
    verifications: ports.of("verifications", deps.verifications),
    numbers: ports.of("numbers", deps.numbers),
    scopes: ports.of("scopes", deps.scopes),
    claims: ports.of("claims", deps.claims),
    spend: ports.of("spend", deps.spend),
    sendingSwitch: ports.of("switch", { switchState: deps.sendingSwitch.switchState }),
    keys: ports.of("keys", deps.keys),
    // As it travels: nobody reads the number in it by looking.
    signer: ports.of("signer", {
      sign: async (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url"),
    }),
    outcomes: ports.of("outcomes", deps.outcomes),
    nextSteps: ports.of("steps", deps.nextSteps),
    challenge: challenge && { ...challenge, verifier: ports.of("verifier", challenge.verifier) },
    sender: ports.of("sender", {
      async send(message: Message) {
        if (deps.provider.outcome !== "refused") await noted(message);
        return deps.sender.send(message);
      },
    }),
    logFault,
  };
}

function handlersOf(deps: Deps, ports: Ports): Readonly<Record<Route, ReturnType<typeof api>>> {
  const entry = (endpoint: Endpoint) => api(endpoint, SETTINGS);
  // As deployed: only a start is challenged.
  const { challenge: _, ...unchallenged } = deps;
  return {
    start: entry(startEndpoint(deps)),
    resend: entry(resendEndpoint(unchallenged)),
    check: entry(checkEndpoint(deps)),
    show: entry(showEndpoint(deps)),
    cancel: entry(cancelEndpoint(deps)),
    report: entry(deliveryEndpoint({ ...deps, ...twilio(ports), newsIn: () => UNDELIVERED })),
    speak: entry(
      speakEndpoint({
        ...deps,
        ...twilio(ports),
        callIn: () => ({ hasPressed: true }),
        markup: ({ kind }) => kind,
      }),
    ),
    step: entry((event) => stepped(unchallenged, event)),
  };
}

/** News that every message here gets, so that the next step of a plan is due. */
const UNDELIVERED = {
  provider: "twilio",
  messageId: `SM${"0".repeat(31)}1`,
  report: { delivery: "undelivered", reason: "unreachable" },
} as const;

function twilio(ports: Ports) {
  const signatures = ports.of("signatures", { isSigned: async () => true });
  return {
    ...signatures,
    isSigned: () => signatures.isSigned(),
    publicUrl: "",
    signatureHeader: "x-twilio-signature",
    pathOf: () => "",
  };
}

/** Invoked and never routed: the same stack tells what became of it. */
async function stepped(deps: ResendDeps, { pathParameters }: APIGatewayProxyEvent) {
  const id = idIn(pathParameters?.["id"] ?? "");
  const item = await deps.verifications.read(keyOf(id));
  const code = item?.codes[0]?.mac;
  if (code === undefined) throw new Error("no message");
  const { kind } = await takeNextStep(deps, { id, code });
  return { status: 200, body: { result: kind }, outcome: kind };
}

async function answered(
  ports: Ports,
  handler: (
    event: APIGatewayProxyEvent,
    context: typeof aContext,
  ) => Promise<APIGatewayProxyResult>,
  { id, key, token, body }: Request,
): Promise<Answer | undefined> {
  const event = {
    ...anEvent({
      body: body === undefined ? null : JSON.stringify(body),
      headers: {
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(token === undefined
          ? {}
          : { "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "any" }),
      },
    }),
    pathParameters: { id: id ?? "", sealed: token ?? "" },
    multiValueQueryStringParameters: token === undefined ? null : { message: [token] },
  };
  const result = await Promise.race([handler(event, aContext), ports.ended()]);
  await ports.rest();
  if (result === "ended") return undefined;
  const { headers = {}, statusCode: status, body: text } = result;
  const isJson = String(headers["content-type"]).includes("json");
  return { status, headers, text, body: isJson ? Object(JSON.parse(text)) : {} };
}
