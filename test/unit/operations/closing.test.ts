import { describe, expect, it } from "vitest";
import { clientWindows } from "../../../functions/verification/client.ts";
import {
  type ClientTarget,
  closingTarget,
  pseudonymIn,
  windowsOf,
} from "../../../functions/verification/closing.ts";
import { NOON } from "../../support/world.ts";

const KEY = Buffer.alloc(32, 3);
const TEN_MINUTES = 600_000;

function client(text: string): ClientTarget {
  const target = closingTarget(text);
  if (target?.kind !== "client") throw new Error("no client");
  return target;
}

describe("what can be closed", () => {
  it.each([
    ["203.0.113.7", "ipv4"],
    ["::ffff:203.0.113.7", "ipv4"],
    ["2001:db8::1", "ipv6-64"],
    ["2001:db8::1/64", "ipv6-64"],
    ["2001:db8::/48", "ipv6-48"],
  ])("is the client %s, by %s", (text, scope) => {
    expect(client(text).scope).toBe(scope);
  });

  it("is a number in E.164", () => {
    expect(closingTarget("+447700900123")).toEqual({ kind: "number", to: "+447700900123" });
  });
});

describe("the windows of a closing", () => {
  it.each(["203.0.113.7", "2001:db8::1", "2001:db8::/48"])(
    "of %s are those that its starts write to, at every moment until the end",
    (text) => {
      const until = NOON + 3 * 3_600_000;
      const closed = new Set(
        windowsOf(KEY, client(text), { from: NOON, until }).map(({ key }) => key),
      );
      const address = text.split("/")[0];
      for (let at = NOON; at < until; at += 60_000) {
        const keys = clientWindows(KEY, address, at).map(({ key }) => key);
        expect(keys.filter((key) => closed.has(key))).toHaveLength(1);
      }
      expect(closed.size).toBe(18);
    },
  );

  it("end at the end of the window that holds the last moment", () => {
    const target = client("203.0.113.7");
    const lastEnd = (until: number) =>
      windowsOf(KEY, target, { from: NOON + 1, until }).at(-1)?.endsAt;
    expect(lastEnd(NOON + 60_000)).toBe(NOON + TEN_MINUTES);
    expect(lastEnd(NOON + TEN_MINUTES)).toBe(NOON + TEN_MINUTES);
    expect(lastEnd(NOON + TEN_MINUTES + 1)).toBe(NOON + 2 * TEN_MINUTES);
  });

  it("are named by a pseudonym, the same for every window", () => {
    const windows = windowsOf(KEY, client("203.0.113.7"), { from: NOON, until: NOON + 3_600_000 });
    const names = new Set(windows.map(pseudonymIn));
    expect(names.size).toBe(1);
    expect([...names][0]).toMatch(/^[\w-]{43}$/);
  });
});
