/** What the provider asks, rightly signed: sealed addresses, and forms of news. */
import assert from "node:assert/strict";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { twilioSignature } from "../../../functions/adapters/twilio/callbacks.ts";
import { callPath, deliveryPath } from "../../../functions/adapters/twilio/paths.ts";
import type { Answer } from "../../../functions/http/answer.ts";
import { keyOf } from "../../../functions/verification/identifiers.ts";
import { seal } from "../../../functions/verification/seal.ts";
import { start } from "../../../functions/verification/start.ts";
import {
  type Channel,
  DELIVERIES,
  type Verification,
} from "../../../functions/verification/verification.ts";
import { parseTwiml } from "../../../local/twilio/twiml.ts";
import {
  AUTH_TOKEN,
  callbackEndpoints,
  callbackEvent,
  PUBLIC_URL,
} from "../../../test/support/callbacks.ts";
import { aStart, type Deps, everyChannel, idIn, someDeps } from "../../../test/support/deps.ts";
import { linesOf, modeOf, refusedAs, seed, seedsOf } from "./target.ts";

export const reaches = [
  "functions/adapters/twilio/callbacks.ts",
  "functions/adapters/twilio/outcomes.ts",
  "functions/adapters/twilio/paths.ts",
  "functions/adapters/twilio/twiml.ts",
  "functions/http/delivery.ts",
  "functions/http/signed-form.ts",
  "functions/http/speak.ts",
  "functions/verification/report.ts",
  "functions/verification/seal.ts",
  "functions/verification/speak.ts",
  "functions/verification/tokens.ts",
] as const;

const CODE = "482913";
const HOUR_MILLISECONDS = 3_600_000;

/**
 * Bits of the mode: 1 a call asks, not a message; 2 an hour later; 4 a call was started, not a message; 8 the parameter comes twice.
 * The first line is a token, or the name of one; the rest is the form.
 */
export async function fuzz(data: Buffer): Promise<void> {
  const { bit, rest } = modeOf(data);
  const [[line = ""], body] = linesOf(rest, 1);
  const channel = bit(2) ? "voice" : "sms";
  const unchanged = await takenStart(channel);
  const { deps, read, tokens } = unchanged;
  const token = tokens.get(line) ?? line;
  const before = await read();
  if (bit(1)) deps.time.now += HOUR_MILLISECONDS;
  const form = body.toString("utf8");
  const answer = await ask(deps, { token, form, isCall: bit(0), isTwice: bit(3) });
  const after = await read();
  assert.equal(deps.messages.length, 1, "nothing is sent");
  const isOurs = token === tokens.get(bit(0) ? "call" : "report") && (bit(0) || !bit(3));
  insistOnTouch(before, after, isOurs);
  assert.equal(answer?.status === 200, bit(0) && isOurs && fits(form));
  if (answer?.xml !== undefined) insistOnSpeech(answer.xml, form, !bit(1));
  // A start is the dearest part of a run; one that nothing was done to serves the next run too.
  if (after === before && !bit(1) && deps.faults.length === 0) starts.set(channel, unchanged);
}

/** News touches the delivery of its own message, in our words, and nothing else. */
function insistOnTouch(
  before: Verification | undefined,
  after: Verification | undefined,
  isOurs: boolean,
): void {
  assert.deepEqual(withoutDelivery(after), withoutDelivery(before), "nothing else is touched");
  if (!isOurs) assert.deepEqual(after, before, "a token that was never given touches nothing");
  const { delivery } = after ?? {};
  assert.ok(delivery === undefined || DELIVERIES.includes(delivery), "a word of ours");
}

const starts = new Map<Channel, Started>();

async function takenStart(channel: Channel): Promise<Started> {
  const found = starts.get(channel);
  starts.delete(channel);
  return found ?? (await started(channel));
}

type Started = Awaited<ReturnType<typeof started>>;

type Asked = {
  readonly token: string;
  readonly form: string;
  readonly isCall: boolean;
  readonly isTwice: boolean;
};

const MOST_FORM_BYTES = 16_384;

function fits(form: string): boolean {
  return Buffer.byteLength(form) <= MOST_FORM_BYTES;
}

/** A verification that is under way, with the tokens of its message by name, and some that only look like them. */
async function started(channel: Channel) {
  let drawn = 0;
  const deps: Deps = {
    ...someDeps(),
    channels: everyChannel(["sms", "voice"], "automatic"),
    random: {
      integer: () => Number(CODE),
      bytes: (count) => {
        drawn += 1;
        return Buffer.alloc(count, drawn);
      },
    },
  };
  const outcome = await start(deps, aStart({ channel }));
  const [message] = deps.messages;
  if (outcome.kind !== "started" || message === undefined) throw new Error("no start");
  const key = keyOf(idIn(outcome.view.id));
  const sealing = await deps.keys.callback(1);
  const words = (use: string, parts: unknown) =>
    `1-${seal(sealing, use, JSON.stringify(parts), deps.random)}`;
  const tokens = new Map([
    ["report", message.reportToken],
    ...(message.channel === "voice" ? [["call", message.callToken] as const] : []),
    ["no report", words("delivery", 44)],
    ["of no verification", words("delivery", ["x", "y", "fax", 44])],
    ["no call", words("call", ["x", "y", CODE, "en-GB", "soon"])],
  ]);
  return { deps, tokens, read: () => deps.verifications.read(key) };
}

async function ask(deps: Deps, asked: Asked): Promise<Answer | undefined> {
  const { deliver, speak } = callbackEndpoints(deps);
  const answer = asked.isCall ? speak : deliver;
  return answer(eventOf(asked)).catch(refusedAs(/^(signature-invalid|body-too-large)$/));
}

function eventOf({ token, form, isCall, isTwice }: Asked): APIGatewayProxyEvent {
  const path = isCall ? callPath(token) : deliveryPath(token);
  const parameters = [...new URLSearchParams(form)];
  const signature = twilioSignature(AUTH_TOKEN, { url: PUBLIC_URL + path, parameters });
  if (parameters.length === 0)
    assert.equal(signature, getExpectedTwilioSignature(AUTH_TOKEN, PUBLIC_URL + path, {}));
  return callbackEvent(
    { body: form, headers: { "X-Twilio-Signature": signature } },
    isCall
      ? { pathParameters: { sealed: token }, multiValueQueryStringParameters: null }
      : {
          pathParameters: null,
          multiValueQueryStringParameters: { message: isTwice ? [token, token] : [token] },
        },
  );
}

function withoutDelivery(verification: Verification | undefined): unknown {
  if (verification === undefined) return undefined;
  const { delivery: _, deliveryReason: __, codes, ...others } = verification;
  return { ...others, codes: codes.map(({ provider: ___, messageId: ____, ...code }) => code) };
}

/** The code is spoken only after a key was pressed in time. */
function insistOnSpeech(xml: string, form: string, isInTime: boolean): void {
  const said = parseTwiml(xml).flatMap((verb) => (verb.verb === "Say" ? [verb.text] : []));
  const hasPressed = (new URLSearchParams(form).getAll("Digits").at(-1) ?? "") !== "";
  const times = said.filter((text) => text.includes([...CODE].join(", "))).length;
  assert.equal(times, hasPressed && isInTime ? 2 : 0);
}

const SID = `SM${"0".repeat(31)}1`;
const CALL = `CA${"0".repeat(31)}1`;
const STATUSES = ["queued", "sent", "delivered", "undelivered", "failed", "canceled", "read", "x"];

export const seeds = [
  ...STATUSES.map((status) => seed(0, `report\nMessageSid=${SID}&MessageStatus=${status}`)),
  ...["30003", "30007", "21610", "63003", "99999", "x"].map((code) =>
    seed(0, `report\nMessageSid=${SID}&MessageStatus=undelivered&ErrorCode=${code}`),
  ),
  ...["completed", "no-answer", "busy", "failed", "canceled", "ringing"].map((status) =>
    seed(4, `report\nCallSid=${CALL}&CallStatus=${status}&SipResponseCode=404`),
  ),
  seed(4, `report\nCallSid=${CALL}&CallStatus=failed&ErrorCode=13224`),
  ...seedsOf(5, `call\nCallSid=${CALL}&Digits=1`, `call\nCallSid=${CALL}&Digits=`),
  ...seedsOf(5, "report\nDigits=1", "no call\nDigits=1"),
  seed(7, `call\nCallSid=${CALL}&Digits=1`),
  seed(8, "report\nMessageSid=SM"),
  seed(4, "call\nMessageStatus=sent"),
  ...seedsOf(0, "no report\n", "of nobody\n", "1-AAAA\n", "2-AAAA\n", `9-${"A".repeat(60)}\n`),
  seed(1, "../x\n"),
];
