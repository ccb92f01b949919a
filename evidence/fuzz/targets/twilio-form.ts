/** The form-encoded bodies of Twilio Verify's shape: a start, a check and a cancel. */
import assert from "node:assert/strict";
import { isIP } from "node:net";
import { parse } from "node:querystring";
import type { Item } from "../../../functions/adapters/dynamodb/table.ts";
import type { Answer } from "../../../functions/http/answer.ts";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { aBackEnd } from "../../../test/support/back-end.ts";
import { newestCode } from "../../../test/support/deps.ts";
import { memoryTable } from "../../../test/support/memory-table.ts";
import { modeOf, seed, seedsOf } from "./target.ts";

export const reaches = [
  "functions/http/twilio-verify-errors.ts",
  "functions/http/twilio-verify-form.ts",
  "functions/http/twilio-verify.ts",
] as const;

const [PENDING, FREE] = ["+447700900123", "+447700900124"];
const FORM = "application/x-www-form-urlencoded";
const MEDIA_TYPES = [FORM, `${FORM.toUpperCase()} ; charset=utf-8`, "application/json", ""];
/** With the parameters that docs/start/migrate-from-twilio-verify.md lists. */
const START = {
  path: "Verifications",
  names: ["To", "Channel", "Locale", "AppHash", "DeviceIp", "RiskCheck", "RateLimits", "Tags"],
} as const;
const CHECK = { path: "VerificationCheck", names: ["To", "VerificationSid", "Code"] } as const;
const CANCEL = { path: "Verifications/{verification}", names: ["Status"] } as const;
const USES = [START, CHECK, CANCEL] as const;

/** Sentences of ours; more than so many different ones would be the caller's own words. */
const MOST_MESSAGES = 30;
const messages = new Set<unknown>();

/** A pending verification, as it is again before each run. */
async function prepared() {
  const items = new Map<string, Item>();
  const backEnd = await aBackEnd(memoryTable(items));
  const started = await backEnd.askTwilio("Verifications", { To: PENDING, Channel: "sms" });
  const sid = String(started.body?.["sid"]);
  return { ...backEnd, items, before: [...items], sid, code: newestCode(backEnd.deps) };
}
const preparing = prepared();

/** Bits of the mode: 1, 2 which use; 4, 8 which media type; 16 as base64. In the text, SID and CODE stand for those of the verification. */
export async function fuzz(data: Buffer): Promise<void> {
  const { bit, number, rest } = modeOf(data);
  const { deps, askTwilio, items, before, sid, code } = await preparing;
  items.clear();
  for (const [key, item] of before) items.set(key, item);
  deps.messages.length = 1;
  const use = USES[number & 3] ?? CANCEL;
  const mediaType = MEDIA_TYPES[(number >> 2) & 3] ?? "";
  const text = rest.toString("utf8").replaceAll("SID", sid).replaceAll("CODE", code);
  const body = bit(4) ? Buffer.from(text).toString("base64") : text;
  const about = { mediaType, name: bit(0) ? PENDING : sid, isBase64Encoded: bit(4) };
  const answer = await askTwilio(use.path, body, about);
  insistOnShape(answer);
  const sent = deps.messages.slice(1).map(({ to }) => to);
  assert.equal(sent.length, Number(use === START && answer.status === 201));
  const form = mediaType.toLowerCase().startsWith(FORM) ? readAgain(text, use.names) : undefined;
  if (form !== undefined) return insistOn(use, answer, form, { to: sent[0], sid, code });
  assert.equal(answer.body?.["code"], 60200);
  assert.deepEqual([...items], before, "what is refused by its form touches nothing");
}

type Known = { readonly to: string | undefined; readonly sid: string; readonly code: string };

function insistOn(use: (typeof USES)[number], answer: Answer, form: Form, known: Known): void {
  if (use === START) insistOnStart(answer, form, known);
  else if (use === CHECK) insistOnCheck(answer, form, known);
  else assert.equal(answer.status, form.get("Status") === "canceled" ? 200 : 400);
}

function insistOnStart({ status }: Answer, form: Form, { to }: Known): void {
  const { To, RiskCheck = "enable", DeviceIp = "::1", ...others } = Object.fromEntries(form);
  if (to !== undefined) assert.equal(to.slice(-9), To?.replaceAll(/\D/g, "").slice(-9));
  const isGood = RiskCheck === "enable" && isIP(DeviceIp) > 0 && others["AppHash"] === undefined;
  if (!isGood) assert.ok(status >= 400, "nothing is silently without effect");
  if (isGood && To === FREE && others["Channel"] === "sms") assert.equal(status, 201);
}

/** The right code approves by the sid or the number, and nothing else does. */
function insistOnCheck({ status, body }: Answer, form: Form, { sid, code }: Known): void {
  const name = form.get("VerificationSid") ?? form.get("To") ?? "";
  if (!/^[0-9]{4,8}$/.test(form.get("Code") ?? "")) assert.equal(status, 400, "is not counted");
  const isApproved = status === 201 && body?.["valid"] === true;
  if (isApproved || [sid, PENDING].includes(name))
    assert.equal(isApproved, form.get("Code") === code);
}

/** Twilio's fields and no other, in sentences of ours. */
function insistOnShape({ status, body }: Answer): void {
  if (status < 400) return;
  const { code, message, more_info, ...others } = body ?? {};
  assert.deepEqual(others, { status });
  assert.equal(more_info, `https://www.twilio.com/docs/errors/${code}`);
  assert.ok([60200, 60202, 60203, 60205, 60223, 60410, 60605, 20404].includes(Number(code)));
  assert.ok(messages.add(message).size <= MOST_MESSAGES, `says ${message}`);
}

type Form = ReadonlyMap<string, string>;

/** The form by another parser; nothing where it is too large, or has a name that is unknown or given twice. */
function readAgain(text: string, known: readonly string[]): Form | undefined {
  const pairs = Object.entries(parse(text, "&", "=", { maxKeys: 0 }));
  if (Buffer.byteLength(text) > LIMITS.bodyBytes) return undefined;
  const form = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (typeof value !== "string" || !known.includes(name)) return undefined;
    form.set(name, value);
  }
  return form;
}

const GOOD = `To=%2B${FREE.slice(1)}&Channel=sms`;
const RIGHT = "VerificationSid=SID&Code=CODE";

export const seeds = [
  ...["", "&Locale=fr&DeviceIp=2001:db8::1&RiskCheck=enable&Tags=%7B%7D&RateLimits=", "&To=1"].map(
    (more) => seed(0, GOOD + more),
  ),
  ...["auto", "call", "email&CustomCode=1", "whatsapp&RiskCheck=disable"].map((channel) =>
    seed(0, `To=%2B447700900123&Channel=${channel}`),
  ),
  ...["07700+900124", "%2B442079460018", "%ff%zz%", "4".repeat(4_100)].map((to) =>
    seed(0, `To=${to}&Channel=sms`),
  ),
  ...seedsOf(1, RIGHT, "To=%2B447700900123&Code=CODE", "To=%2B33612345678&Code=%D9%A1"),
  ...["000000", "abcdef", "1234567"].map((code) => seed(1, `VerificationSid=SID&Code=${code}`)),
  ...["canceled", "approved"].flatMap((end) => [2, 3].map((use) => seed(use, `Status=${end}`))),
  ...[4, 8, 12, 16].map((mode) => seed(mode, GOOD)),
];
