/** The bodies of start, check and resend, of pages and of back ends. */
import assert from "node:assert/strict";
import { isIP } from "node:net";
import type * as v from "valibot";
import { readRequest } from "../../../functions/http/caller-request.ts";
import { Problem } from "../../../functions/http/problem.ts";
import { CHECK_REQUEST, RESEND_REQUEST, START_REQUEST } from "../../../functions/http/requests.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { type ModelName, requestModel } from "../../../infra/models.ts";
import { type BodyCheck, bodyCheckOf } from "../../../local/gateway/models.ts";
import { anEvent } from "../../../test/support/events.ts";
import { outermostNames } from "./strict-json.ts";
import { modeOf, seed, seedsOf } from "./target.ts";

export const reaches = ["functions/http/caller-request.ts", "functions/http/body.ts"] as const;

const MEDIA_TYPES = ["application/json", "Application/JSON ; charset=utf-8", "text/plain", ""];
const USES = ["start", "check", "resend"] as const;
const SCHEMAS = { start: START_REQUEST, check: CHECK_REQUEST, resend: RESEND_REQUEST } as const;
const CHECKS = new Map<ModelName, BodyCheck>(
  USES.flatMap((use) => [use, `server-${use}` as const]).map((name) => [
    name,
    bodyCheckOf({ models: { "application/json": requestModel(name) } }),
  ]),
);

/** Sentences of the table; more than so many different ones would be the caller's own words. */
const MOST_DETAILS = 8;
const details = new Set<string | undefined>();

/** Bits of the mode: 1, 2 which route; 4 a back end; 8 as base64; 16, 32 which media type. */
export function fuzz(data: Buffer): void {
  const { bit, number, rest } = modeOf(data);
  const use = USES[number & 3] ?? "start";
  const mediaType = MEDIA_TYPES[(number >> 4) & 3] ?? "";
  const request = { use, mediaType, isBackEnd: bit(2), isBase64: bit(3), bytes: rest };
  const taken = takenFrom(request);
  assert.equal(Object.keys(Object.prototype).length, 0, "every object has a field more");
  const expected = expectedOf(request);
  assert.deepEqual(taken, expected && { ...expected });
  if (taken === undefined) return;
  const again = takenFrom({ ...request, bytes: Buffer.from(JSON.stringify(taken)) });
  assert.deepEqual(again, taken, "what was taken is taken again, as it is");
}

type Request = {
  readonly use: (typeof USES)[number];
  readonly mediaType: string;
  readonly isBackEnd: boolean;
  readonly isBase64: boolean;
  readonly bytes: Buffer;
};
type Body = Readonly<Record<string, unknown>>;

/** The body with the address beside it; nothing where it was refused as it must be. */
function takenFrom({ use, mediaType, isBackEnd, isBase64, bytes }: Request): Body | undefined {
  const event = anEvent({
    body: bytes.toString(isBase64 ? "base64" : "utf8"),
    isBase64Encoded: isBase64,
    headers: mediaType === "" ? {} : { "Content-Type": mediaType },
    resourcePath: isBackEnd ? "/v1/server/verifications" : "/v1/verifications",
  });
  try {
    const { body, clientAddress } = readRequest<v.ObjectEntries>(
      mediaType === "" ? { ...event, headers: {} } : event,
      SCHEMAS[use],
    );
    return isBackEnd && clientAddress !== undefined ? { ...body, clientAddress } : { ...body };
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    insistOnOwnWords(fault, use);
    return undefined;
  }
}

const REFUSALS = ["body-invalid", "body-too-large", "media-type-unsupported"];

function insistOnOwnWords({ code, members }: Problem, use: Request["use"]): void {
  assert.ok(REFUSALS.includes(code), `refused as ${code}`);
  const { detail, pointer, ...others } = members;
  assert.deepEqual(others, {});
  const fields = [...Object.keys(SCHEMAS[use].entries), "clientAddress"];
  if (pointer !== undefined) assert.ok(fields.includes(pointer.slice(1)), "a field of ours");
  assert.ok(details.add(detail).size <= MOST_DETAILS, `says ${detail}`);
}

/** The same by another reading: the standard's own decoder and parser, the gateway's model, and names counted letter by letter. */
function expectedOf(request: Request): Body | undefined {
  if (!/^application\/json *(;|$)/i.test(request.mediaType)) return undefined;
  const bytes = request.isBase64 ? request.bytes : Buffer.from(request.bytes.toString("utf8"));
  const text = bytes.toString("utf8");
  if (bytes.length > LIMITS.bodyBytes || !Buffer.from(text).equals(bytes)) return undefined;
  // A mark of byte order may be ignored (RFC 8259 §8.1), and is.
  const json = text.replace(/^\ufeff/, "");
  const model = request.isBackEnd ? (`server-${request.use}` as const) : request.use;
  if (CHECKS.get(model)?.("application/json", json) !== true) return undefined;
  const body: Body = JSON.parse(json);
  const names = outermostNames(json);
  if (new Set(names).size !== names.length) return undefined;
  const { clientAddress } = body;
  if (clientAddress !== undefined && isIP(String(clientAddress)) === 0) return undefined;
  return body;
}

const FULL = {
  to: "+447700900123",
  channel: "sms",
  locale: "en-GB",
  platform: "web",
  purpose: "login",
  nonce: "n-1",
  ticket: `t1a2b3.${"A".repeat(43)}`,
  challenge: "token",
};

export const seeds = [
  ...seedsOf(0, JSON.stringify(FULL), '{"to":"+447700900123","to":"+447700900124"}'),
  seed(0, '{"__proto__":{"to":1},"to":"\\ud800","nonce":"\\u0000"}'),
  ...['": "', ":", '\\":', '","nonce":"', '\\\\":'].map((to) => seed(0, JSON.stringify({ to }))),
  ...seedsOf(
    1,
    '{"code":"012345","x":1}',
    '{"code":{"$ne":null}}',
    '{"code":"012345" }',
    "null",
    "",
  ),
  seed(1, '{"code":"012345"}'.padEnd(LIMITS.bodyBytes)),
  seed(1, '{"code":"012345"}'.padEnd(LIMITS.bodyBytes + 1)),
  seed(0, '\ufeff{"to":"+447700900123"}'),
  seed(1, '{"code":"123456"}'),
  ...seedsOf(2, '{"channel":"voice"}', "{}"),
  seed(4, JSON.stringify({ ...FULL, clientAddress: "2001:db8::1" })),
  seed(5, '{"code":"123456","clientAddress":"203.0.113.1"}'),
  seed(8, Buffer.from("7b22746f223a22ed a080c0af227d".replace(" ", ""), "hex")),
  ...[0, 16, 32].map((mode) => seed(mode, '{"to":"+447700900123"}')),
  seed(48, "[1,2,{}]"),
  ...seedsOf(0, `{"to":"${"4".repeat(4_100)}"}`, "[".repeat(2_000)),
];
