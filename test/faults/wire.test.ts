import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dynamoSpend } from "../../functions/adapters/dynamodb/spend.ts";
import { openTable } from "../../functions/adapters/dynamodb/table.ts";
import { fictionalNumber } from "../support/deps.ts";
import { aContext, anEvent } from "../support/events.ts";
import {
  type BadNetwork,
  SLOW_WIRE_FAULTS,
  WIRE_FAULTS,
  type WireFault,
} from "./support/bad-network.ts";
import { startDeployment } from "./support/deployment.ts";

const deployment = await startDeployment();
const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  // The shortest of the waits that an SDK draws before it asks again.
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.spyOn(process.stdout, "write").mockImplementation((line) => logged.push(String(line)) > 0);
});
afterEach(() => {
  for (const network of deployment.networks) network.arrange(() => undefined);
  vi.restoreAllMocks();
});
afterAll(deployment.stop);

type Handler = (
  event: APIGatewayProxyEvent,
  context: typeof aContext,
) => Promise<APIGatewayProxyResult>;

/** A function as it stands in a new container: its own clients, and no key known yet. */
async function container<Entry>(
  name: Parameters<typeof deployment.environmentOf>[0],
  load: () => Promise<Entry>,
): Promise<Entry> {
  for (const [key, value] of Object.entries(deployment.environmentOf(name))) vi.stubEnv(key, value);
  vi.resetModules();
  return load();
}

const starting = async (): Promise<Handler> =>
  (await container("start-verification", () => import("../../functions/start-verification.ts")))
    .handler;
const checking = async (): Promise<Handler> =>
  (await container("check-code", () => import("../../functions/check-code.ts"))).handler;

let people = 0;

/** Each from an address and with a number of his own. */
function aPerson() {
  people += 1;
  const sourceIp = `198.51.${people >> 8}.${people & 255}`;
  return { to: fictionalNumber(people), sourceIp };
}

function startEvent({ to, sourceIp }: ReturnType<typeof aPerson>) {
  return anEvent({ sourceIp, body: JSON.stringify({ to }) });
}

/** Asks until the answer has this status: on a busy machine an exchange that nothing faults may take longer than a client waits. */
async function answered(status: number, ask: () => ReturnType<Handler>) {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.statusCode === status || tries === MOST_TRIES) return answer;
  }
}

const MOST_TRIES = 5;

const started = async (handler: Handler) =>
  answered(201, () => handler(startEvent(aPerson()), aContext));

/** Faults the exchange at `index`, once, or each time that the SDK tries it. */
function at(index: number, fault: WireFault, times: number) {
  return (tried: number) => (tried >= index && tried < index + times ? fault : undefined);
}

/** How often an SDK of ours tries. */
const TRIES = 2;

/** What one start breaks that meets one fault, in words: its own answer, and the next start of the same container. */
async function brokenByStart(
  network: BadNetwork,
  index: number,
  { fault, times }: { readonly fault: WireFault; readonly times: number },
): Promise<readonly string[]> {
  const handler = await starting();
  const before = deployment.texts.length;
  network.arrange(at(index, fault, times));
  const person = aPerson();
  const first = await handler(startEvent(person), aContext);
  network.arrange(() => undefined);
  const sent = deployment.texts.length - before;
  const next = await started(handler);
  const codes = deployment.texts.slice(before).flatMap((text) => text.match(/\d{6}/g) ?? []);
  const told = first.body + logged.join("");
  const isTellingOf = (code: string) => new RegExp(`(?<!\\d)${code}(?!\\d)`).test(told);
  const isTold = first.statusCode === 201 || TOLD_AS.some((code) => first.body.includes(code));
  return [
    ...(isTold ? [] : [`told as ${first.statusCode} ${first.body}`]),
    ...(sent > 1 ? [`${sent} messages`] : []),
    ...(first.statusCode === 503 && sent > 0 ? ["sent, and told otherwise"] : []),
    ...(next.statusCode === 201 ? [] : [`not recovered: ${next.body}`]),
    ...codes.filter(isTellingOf).map((code) => `told ${code}`),
    ...(told.includes(person.to.slice(1)) ? ["told the number"] : []),
  ].map((words) => `exchange ${index}, ${fault} ${times} times: ${words}`);
}

const TOLD_AS = ["internal-error", "provider-unavailable"];

/** Each message was reserved: no day holds less than what was sent. */
async function unreserved(): Promise<readonly string[]> {
  const items = await deployment.table.items();
  const reserved = items
    .filter(({ pk }) => String(pk).startsWith("spend#"))
    .reduce((sum, { total }) => sum + Number(total), 0);
  const turns = items.filter(({ t1 }) => Number(t1) > 0).length;
  const messages = deployment.texts.length;
  return [
    ...(reserved >= messages * PRICE_MICROS ? [] : [`${reserved} reserved for ${messages}`]),
    ...(turns >= messages ? [] : [`${turns} turns for ${messages}`]),
  ];
}

/** The least that a message to the United Kingdom costs. */
const PRICE_MICROS = 40_000;

/** The exchanges of one start in a new container. */
async function exchangesOf(network: BadNetwork): Promise<number> {
  const handler = await starting();
  network.arrange(() => undefined);
  expect((await handler(startEvent(aPerson()), aContext)).statusCode).toBe(201);
  return network.tried.length;
}

/** One of the two throttles: the SDK waits half a second for either. */
const LASTING = WIRE_FAULTS.filter((fault) => fault !== "throttled");
const FOR_GOOD = LASTING.map((fault) => ({ fault, times: TRIES }));
/** The SDK asks again, and what was done is not done twice. */
const ONCE = (["reset-after", "cut"] as const).map((fault) => ({ fault, times: 1 }));

describe("a start on the wire", () => {
  it.each([
    ["DynamoDB", () => deployment.dynamodb, 8],
    ["KMS and Secrets Manager", () => deployment.aws, 4],
    ["Twilio", () => deployment.twilio, 1],
  ] as const)(
    "is one message or none and a right answer, whichever exchange with %s fails, once or for good",
    async (_, networkOf, least) => {
      const network = networkOf();
      const exchanges = await exchangesOf(network);
      expect(exchanges).toBeGreaterThanOrEqual(least);
      const broken: string[] = [];
      for (let index = 0; index < exchanges; index += 1)
        for (const met of [...FOR_GOOD, ...ONCE])
          broken.push(...(await brokenByStart(network, index, met)));
      broken.push(...(await unreserved()));
      expect(broken).toEqual([]);
    },
  );

  it.each(SLOW_WIRE_FAULTS)("waits for nothing that is %s", async (fault) => {
    const broken: string[] = [];
    for (const network of [deployment.dynamodb, deployment.aws]) {
      broken.push(...(await brokenByStart(network, 0, { fault, times: Infinity })));
    }
    expect(broken).toEqual([]);
  });
});

/** A started verification, and its code. */
async function aCheck() {
  const { statusCode, body } = await started(await starting());
  expect(statusCode).toBe(201);
  const code = /\d{6}/.exec(deployment.texts.at(-1) ?? "")?.[0] ?? "";
  const id = String(Object(JSON.parse(body)).id);
  const headers = { "idempotency-key": "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11" };
  return anEvent({ id, headers, body: JSON.stringify({ code }) });
}

async function brokenByCheck(network: BadNetwork, index: number, fault: WireFault) {
  const event = await aCheck();
  const handler = await checking();
  network.arrange(at(index, fault, TRIES));
  const first = await handler(event, aContext);
  network.arrange(() => undefined);
  const again = await answered(200, () => handler(event, aContext));
  const { result, proof } = Object(JSON.parse(again.body));
  return [
    ...([200, 500].includes(first.statusCode) ? [] : [`told as ${first.body}`]),
    ...(result === "approved" && typeof proof === "string" ? [] : [`lost: ${again.body}`]),
  ].map((words) => `exchange ${index}, ${fault}: ${words}`);
}

it.each([
  ["DynamoDB", () => deployment.dynamodb, 3],
  ["KMS and Lambda", () => deployment.aws, 4],
] as const)(
  "a check on the wire is an approval that can be fetched again, whichever exchange with %s fails for good",
  async (_, networkOf, least) => {
    const network = networkOf();
    const event = await aCheck();
    const handler = await checking();
    network.arrange(() => undefined);
    expect((await handler(event, aContext)).statusCode).toBe(200);
    const exchanges = network.tried.length;
    expect(exchanges).toBeGreaterThanOrEqual(least);
    const broken: string[] = [];
    for (let index = 0; index < exchanges; index += 1)
      for (const fault of LASTING) broken.push(...(await brokenByCheck(network, index, fault)));
    expect(broken).toEqual([]);
  },
);

it.each(WIRE_FAULTS)(
  "the proof keys are published by the next request after %s on the wire",
  async (fault) => {
    const { handler } = await container(
      "publish-proof-keys",
      () => import("../../functions/publish-proof-keys.ts"),
    );
    deployment.aws.arrange(at(0, fault, TRIES));
    const first = await handler(anEvent(), aContext);
    deployment.aws.arrange(() => undefined);
    const next = await handler(anEvent(), aContext);
    expect(first.body).toContain("internal-error");
    expect(Object(JSON.parse(next.body)).keys).toHaveLength(1);
  },
);

const OUTCOME = {
  end: "approved",
  provider: "twilio",
  messageId: `SM${"1b".repeat(16)}`,
  country: "GB",
  channel: "sms",
} as const;

it.each(WIRE_FAULTS)(
  "an outcome fails whole under %s on the wire, and is done when Lambda repeats it",
  async (fault) => {
    const { handler } = await container(
      "report-outcome",
      () => import("../../functions/report-outcome.ts"),
    );
    deployment.aws.arrange(at(0, fault, TRIES));
    await expect(handler(OUTCOME)).rejects.toThrow();
    deployment.aws.arrange(() => undefined);
    await expect(handler(OUTCOME)).resolves.toBeUndefined();
  },
);

const CHARGE = { day: "2026-11-25", hour: 9, shard: 7, country: "GB", micros: 50_000 } as const;
const ROOM = { day: 1e9, hour: 1e9, countryDay: 1e9, countryHour: 1e9 };
const DONE: ReadonlySet<WireFault> = new Set<WireFault>([
  "reset-after",
  "cut",
  "malformed",
  "stalled",
  "late",
]);

it.each([...WIRE_FAULTS, ...SLOW_WIRE_FAULTS])(
  "money that is given back is asked for once and comes back at most once under %s",
  async (fault) => {
    for (const [key, value] of Object.entries(deployment.environmentOf("start-verification")))
      vi.stubEnv(key, value);
    const spend = dynamoSpend(openTable(deployment.table.name));
    const { spent } = await spend.reserve(CHARGE, ROOM);
    await spend.reserve(CHARGE, ROOM);
    deployment.dynamodb.arrange(() => fault);
    await expect(spend.giveBack(CHARGE)).rejects.toThrow();
    expect(deployment.dynamodb.tried).toEqual(["UpdateItem"]);
    deployment.dynamodb.arrange(() => undefined);
    const items = await deployment.table.items();
    const { total } = { ...items.find(({ pk }) => pk === `spend#${CHARGE.day}#7`) };
    expect(total).toBe(spent.day + (DONE.has(fault) ? 0 : CHARGE.micros));
  },
);
