/** The ticket that a start may carry. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { mac } from "../../../functions/verification/code.ts";
import { issueTicket, openTicket } from "../../../functions/verification/ticket.ts";
import { NOON } from "../../../test/support/deps.ts";
import { modeOf, seed, seedsOf } from "./target.ts";

export const reaches = ["functions/verification/ticket.ts"] as const;

const KEY = Buffer.alloc(32, 7);
const NUMBER = mac(KEY, ["number", "+447700900123"]);

/** Bits of the mode: 1 the MAC is made right; 2 of another number. The text is a ticket, or with 1 its moment alone. */
export function fuzz(data: Buffer): void {
  const { bit, rest } = modeOf(data);
  const text = rest.toString("utf8");
  const number = bit(1) ? mac(KEY, ["number", "+447700900124"]) : NUMBER;
  const ticket = bit(0) ? `${text}.${macOf(number, text)}` : text;
  const opened = openTicket(KEY, NUMBER, {
    ticket,
    now: NOON,
    lifetimeSeconds: LIMITS.ticketLifetimeSeconds,
  });
  const [moment = "", given = "", ...more] = ticket.split(".");
  const issuedAt = Number.parseInt(moment, 36) * 1_000;
  const isOurs =
    more.length === 0 && /^[0-9a-z]{6,8}$/.test(moment) && given === macOf(NUMBER, moment);
  const isYoung = issuedAt + LIMITS.ticketLifetimeSeconds * 1_000 > NOON;
  assert.deepEqual(opened, isOurs && isYoung ? { issuedAt } : undefined);
  // No other party can write a moment with a leading zero: the MAC covers it.
  const isCanonical = !moment.startsWith("0");
  if (opened !== undefined && isCanonical)
    assert.equal(issueTicket(KEY, NUMBER, opened.issuedAt), ticket);
}

/** HMAC-SHA-256 over the parts, each behind its length in bytes. */
function macOf(number: string, moment: string): string {
  const parts = ["ticket", number, moment].map((part) => `${Buffer.byteLength(part)}:${part}`);
  return createHmac("sha256", KEY).update(parts.join("")).digest("base64url");
}

const seconds = (age: number) => Math.floor((NOON - age) / 1_000).toString(36);

export const seeds = [
  ...seedsOf(1, seconds(0), seconds(91 * 86_400_000), "zzzzzzzz", "0"),
  seed(3, seconds(0)),
  ...seedsOf(0, issueTicket(KEY, NUMBER, NOON), "."),
  ...seedsOf(0, `${seconds(0)}.${"A".repeat(43)}`, `${seconds(0)}.${"é".repeat(43)}`),
];
