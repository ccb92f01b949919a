import { describe, expect, it } from "vitest";
import { parseOperation } from "../../../functions/operator/operation.ts";

const PHONE = "+447700900123";
const DAY = 86_400;

describe("an operation", () => {
  it.each([
    { command: "who", target: PHONE },
    { command: "who", target: "203.0.113.7" },
    { command: "block", target: PHONE, seconds: 30 * DAY, reason: "a stalker, ticket 4711" },
    { command: "block", target: "203.0.113.7", seconds: 7 * DAY, reason: "pumping" },
    { command: "block", target: "2001:db8::/48", seconds: 60, reason: "pumping" },
    { command: "unblock", target: "2001:db8::1" },
    { command: "unlock", target: PHONE },
    { command: "pause", reason: "Twilio is down" },
    { command: "resume" },
    { command: "erase", target: PHONE },
  ])("may be $command of $target", (operation) => {
    expect(parseOperation(operation)).toEqual({ kind: "operation", operation });
  });

  it.each([
    ["no command", {}],
    ["another command", { command: "reveal", target: PHONE }],
    ["a field too many", { command: "resume", force: true }],
    ["a field too few", { command: "pause" }],
    ["nothing", undefined],
    ["a text", "resume"],
    ["a national number", { command: "unlock", target: "07700900123" }],
    ["a number with spaces", { command: "unlock", target: "+44 7700 900123" }],
    ["a client where a number must be", { command: "erase", target: "203.0.113.7" }],
    ["a host name", { command: "who", target: "phone.example" }],
    ["a wide range", { command: "who", target: "2001:db8::/32" }],
    ["a range of IPv4", { command: "who", target: "203.0.113.0/24" }],
    ["two ranges", { command: "who", target: "2001:db8::/48/64" }],
    ["an empty target", { command: "who", target: "" }],
    ["a blink", { command: "block", target: PHONE, seconds: 59, reason: "spam" }],
    ["half a second", { command: "block", target: PHONE, seconds: 60.5, reason: "spam" }],
    [
      "a number for good",
      { command: "block", target: PHONE, seconds: 30 * DAY + 1, reason: "spam" },
    ],
    [
      "a client for 31 days",
      { command: "block", target: "203.0.113.7", seconds: 31 * DAY, reason: "spam" },
    ],
    ["no reason", { command: "pause", reason: "  " }],
    ["a reason in two lines", { command: "pause", reason: "one\ntwo" }],
    ["a number in a reason", { command: "pause", reason: "it was 07700 900-123" }],
  ])("is not %s, and the refusal quotes nothing", (_, asked) => {
    const parsed = parseOperation(asked);
    expect(parsed.kind).toBe("refused");
    const why = parsed.kind === "refused" ? parsed.why : "";
    expect(why.length).toBeGreaterThan(10);
    for (const value of Object.values(Object(asked)))
      if (String(value).trim().length > 4) expect(why).not.toContain(String(value));
  });
});
