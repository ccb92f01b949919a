/**
 * What AWS and Twilio are to a function that is measured: a process of its own that answers at once, over HTTPS, and keeps nothing. Its answers
 * are those of a healthy day, in the form that the real ones have: they are made of a verification that the domain started.
 */
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Item } from "../../../functions/adapters/dynamodb/table.ts";
import { dynamoVerifications } from "../../../functions/adapters/dynamodb/verifications.ts";
import { keyOf, type VerificationId } from "../../../functions/verification/identifiers.ts";
import { start } from "../../../functions/verification/start.ts";
import type { Verification } from "../../../functions/verification/verification.ts";
import { AUTH_TOKEN, MESSAGE_SID } from "../../../test/support/callbacks.ts";
import {
  aStart,
  fictionalNumber,
  idIn,
  keysBy,
  newestCode,
  otherThan,
  someDeps,
} from "../../../test/support/deps.ts";
import { anEvent } from "../../../test/support/events.ts";
import { LOOPBACK } from "../../../test/support/loopback-certificate.ts";
import type { StubReport } from "../stub.ts";

const DAY_MILLISECONDS = 86_400_000;
/** Long enough that no connection is closed between two requests of a run. */
const KEEP_ALIVE_MILLISECONDS = 600_000;
const ACCOUNT = `AC${"0a".repeat(16)}`;

/** As KMS derives them, from one key. */
const macOf = (label: string) => createHmac("sha256", "a key of the bench").update(label).digest();

const PROOF_KEY = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;

const SECRET = JSON.stringify({
  mode: "test",
  accountSid: ACCOUNT,
  apiKeySid: ACCOUNT,
  apiKeySecret: "the-secret-of-the-account",
  from: "+15005550006",
});
const AUTH_SECRET = JSON.stringify({ authTokens: [AUTH_TOKEN] });

type Started = { readonly id: VerificationId; readonly code: string; readonly item: Item };

/** A verification that has just begun, as its item. */
async function started(index: number): Promise<Started> {
  const deps = {
    ...someDeps(),
    clock: Date.now,
    keys: keysBy((label) => macOf(`latchkey/${label}`)),
  };
  const outcome = await start(deps, aStart({ to: fictionalNumber(index) }));
  if (outcome.kind !== "started") throw new Error(outcome.why);
  const id = idIn(outcome.view.id);
  const verification = await deps.verifications.read(keyOf(id));
  if (verification === undefined) throw new Error("nothing was started");
  const item = await itemOf({
    ...verification,
    expiresAt: Date.now() + DAY_MILLISECONDS,
    resendAt: 0,
  });
  return { id, code: newestCode(deps), item };
}

/** As the adapter writes it. */
async function itemOf(verification: Verification): Promise<Item> {
  const written: Item[] = [];
  const unused = () => Promise.reject(new Error("only a put is asked for"));
  const put = async (item: Item) => {
    written.push(item);
  };
  await dynamoVerifications({ read: unused, update: unused, remove: unused, put }).create(
    verification,
  );
  return { ...written[0] };
}

const [WRONG, RIGHT] = await Promise.all([started(1), started(2)]);

/** For how long this stub lives, each of them is answered as if it came for the first time. */
const EVENTS: StubReport["events"] = {
  start: anEvent({ body: JSON.stringify({ to: fictionalNumber(3) }) }),
  wrong: anEvent({ body: JSON.stringify({ code: otherThan(WRONG.code) }), id: WRONG.id }),
  right: anEvent({ body: JSON.stringify({ code: RIGHT.code }), id: RIGHT.id }),
};

/** What the SDK of a function sends, as far as the answer depends on it. */
type Body = {
  readonly Key?: { readonly pk: { readonly S: string } };
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
  readonly Message?: string;
  readonly SecretId?: string;
};

const plain = (item: Item) => marshall(item, { removeUndefinedValues: true });
const CHECKED = { checks: 1, checkedAt: Date.now(), delivery: "queued", news: 2 };
const WRONG_ITEM = plain({
  ...WRONG.item,
  ...CHECKED,
  tried: new Set([macOf("a guess").toString("base64url")]),
});
const RIGHT_ITEM = plain({ ...RIGHT.item, ...CHECKED });
const UNCHECKED_ITEM = plain(WRONG.item);

function itemAfter({ Key, ExpressionAttributeValues: values = {} }: Body): unknown {
  const [kind = "", ...rest] = Key?.pk.S.split("#") ?? [];
  switch (kind) {
    case "verification":
      if (rest[0] === keyOf(RIGHT.id)) return { ...RIGHT_ITEM, tried: values[":guesses"] };
      return values[":guesses"] === undefined ? UNCHECKED_ITEM : WRONG_ITEM;
    case "number":
      return plain({ t1: Date.now() });
    case "scope":
      return plain({ unverified: 1 });
    default:
      return {};
  }
}

const OPERATIONS: Readonly<Record<string, (body: Body) => unknown>> = {
  "DynamoDB_20120810.UpdateItem": (body) => ({ Attributes: itemAfter(body) }),
  "DynamoDB_20120810.GetItem": (body) =>
    body.Key?.pk.S.startsWith("verification#") ? { Item: UNCHECKED_ITEM } : {},
  "DynamoDB_20120810.PutItem": () => ({}),
  "DynamoDB_20120810.DeleteItem": () => ({}),
  "TrentService.GenerateMac": ({ Message = "" }) => ({
    Mac: macOf(Buffer.from(Message, "base64").toString()).toString("base64"),
  }),
  "TrentService.Sign": () => ({
    Signature: sign("sha256", Buffer.from("a proof"), PROOF_KEY).toString("base64"),
  }),
  "secretsmanager.GetSecretValue": ({ SecretId = "" }) => ({
    SecretString: SecretId.includes("auth") ? AUTH_SECRET : SECRET,
  }),
};

let updates: string[] = [];

type Answer = { readonly status: number; readonly body: unknown };

function answer({ url = "", headers }: IncomingMessage, body: string): Answer {
  const target = String(headers["x-amz-target"] ?? "");
  const operation = OPERATIONS[target];
  if (operation !== undefined) return { status: 200, body: operation(JSON.parse(body)) };
  if (url.includes("/functions/")) return { status: 202, body: {} };
  if (url.includes("/Messages")) return { status: 201, body: { sid: MESSAGE_SID } };
  return {
    status: 404,
    body: { __type: "UnknownOperationException", message: `${target} ${url}` },
  };
}

const server = createServer(LOOPBACK, (request, response) => {
  void respond(request, response);
});
server.keepAliveTimeout = KEEP_ALIVE_MILLISECONDS;

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const { status, body: answered } = answer(request, body);
  if (String(request.headers["x-amz-target"]).endsWith(".UpdateItem")) updates.push(body);
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify(answered));
}

process.on("message", () => {
  process.send?.(updates);
  updates = [];
});
// The process that started it has ended.
process.on("disconnect", () => process.exit());

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const report: StubReport = { url: `https://127.0.0.1:${port}`, events: EVENTS };
  process.send?.(report);
});
