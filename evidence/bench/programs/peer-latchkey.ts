/** Pairs of a start and a check by our own endpoints over the stores in memory, from the gateway's event to the gateway's answer. */
import { AsyncLocalStorage } from "node:async_hooks";
import { generateKeyPairSync, hkdfSync, randomUUID, sign } from "node:crypto";
import type { APIGatewayProxyResult } from "aws-lambda";
import { openTable } from "../../../functions/adapters/dynamodb/table.ts";
import { api } from "../../../functions/http/api.ts";
import { checkEndpoint } from "../../../functions/http/check.ts";
import { startEndpoint } from "../../../functions/http/start.ts";
import { journal, logFault } from "../../../functions/runtime/log.ts";
import type { Key, Message } from "../../../functions/verification/ports.ts";
import { createTable } from "../../../local/engines.ts";
import { MESSAGE_SID } from "../../../test/support/callbacks.ts";
import { carriedBy, fictionalNumber, keysBy, NOON, someDeps } from "../../../test/support/deps.ts";
import { engineStores, TABLE_RESOURCE } from "../../../test/support/engine-stores.ts";
import { aContext, anEvent } from "../../../test/support/events.ts";
import { memoryStores } from "../../../test/support/memory-stores.ts";
import { memoryTable } from "../../../test/support/memory-table.ts";
import { measureWork, PEER_WORK } from "../work.ts";

/** So far apart that no number meets its limits: each comes again after four hours. */
const BETWEEN_PAIRS_MILLISECONDS = 225_000;
/** Of each pair, also where pairs are side by side. */
const pairTime = new AsyncLocalStorage<number>();

/** With `signing`, the process does itself what KMS does where Latchkey runs; with `table`, what DynamoDB does counts too; with `wire`, it asks an engine. */
const variant = process.argv[2];
const isSigning = variant === "signing";
const isOnWire = variant === "wire";

const SETTINGS = { docsUrl: "https://docs.example/#", allowedOrigins: [] } as const;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });

/** As a container keeps them, once KMS has derived them. */
const derived = new Map<string, Key>();
async function key(label: string): Promise<Key> {
  const known = derived.get(label);
  if (known !== undefined) return known;
  const made = Buffer.from(hkdfSync("sha256", "a key of the bench", "", label, 32));
  derived.set(label, made);
  return made;
}

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");

const signatureOf = (input: string) => sign("sha256", Buffer.from(input), privateKey);
const ANY_SIGNATURE = signatureOf("anything");

async function signed(claims: unknown): Promise<string> {
  const input = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
  const signature = isSigning ? signatureOf(input) : ANY_SIGNATURE;
  return `${input}.${signature.toString("base64url")}`;
}

let tableMicroseconds = 0;
let storeRequests = 0;

/** The table in memory works until its call returns. */
function timed<Args extends readonly unknown[], Result>(call: (...args: Args) => Result) {
  return (...args: Args): Result => {
    storeRequests += 1;
    const before = process.threadCpuUsage();
    const result = call(...args);
    const { user, system } = process.threadCpuUsage(before);
    tableMicroseconds += user + system;
    return result;
  };
}

async function wireTable() {
  const name = randomUUID();
  await createTable(process.env["AWS_ENDPOINT_URL_DYNAMODB"] ?? "", name, TABLE_RESOURCE);
  return openTable(name);
}

const { read, put, update, remove } = isOnWire ? await wireTable() : memoryTable();
const table = { read: timed(read), put: timed(put), update: timed(update), remove: timed(remove) };
const { numbers, sendingSwitch } = memoryStores();
const stores = { ...engineStores(table, () => 0), sendingSwitch };
const deps = someDeps(isOnWire ? stores : { ...stores, numbers });
const codes = new Map<string, string>();
const measured = {
  ...deps,
  clock: () => pairTime.getStore() ?? NOON,
  sender: {
    async send(message: Message) {
      codes.set(message.to, carriedBy(message));
      return { kind: "accepted", provider: "twilio", messageId: MESSAGE_SID } as const;
    },
  },
  keys: keysBy(key),
  signer: { sign: signed },
  journal,
  logFault,
};
const start = api(startEndpoint(measured), SETTINGS);
const check = api(checkEndpoint(measured), SETTINGS);

function bodyOf({ statusCode, body }: APIGatewayProxyResult, expected: number) {
  if (statusCode !== expected) throw new Error(`answered ${statusCode}: ${body}`);
  return Object(JSON.parse(body));
}

async function pair(index: number): Promise<void> {
  const to = fictionalNumber(index % 64);
  const started = bodyOf(await start(anEvent({ body: JSON.stringify({ to }) }), aContext), 201);
  const code = codes.get(to);
  const id = String(started.id);
  const checked = bodyOf(
    await check(anEvent({ body: JSON.stringify({ code }), id }), aContext),
    200,
  );
  if (checked.result !== "approved") throw new Error(`the check was ${checked.result}`);
}

const pairAtItsTime = (index: number) =>
  pairTime.run(NOON + index * BETWEEN_PAIRS_MILLISECONDS, () => pair(index));

const isTableApart = !isOnWire && variant !== "table";
await measureWork(PEER_WORK, pairAtItsTime, () => ({
  apartMicroseconds: isTableApart ? tableMicroseconds : 0,
  storeRequests: isOnWire ? storeRequests : 0,
}));
