import { describe, expect, it } from "vitest";
import { blockTarget, scopeOf, windowsOf } from "../../../functions/verification/block.ts";
import { isE164 } from "../../../functions/verification/identifiers.ts";
import { type Scope, scopesOf, windowsAt } from "../../../functions/verification/scopes.ts";
import { NOON, TEST_SCOPES } from "../../support/deps.ts";

const KEY = Buffer.alloc(32, 3);
const TEN_MINUTES = 600_000;

function scope(text: string): Scope {
  const target = blockTarget(text);
  if (target === undefined || target.kind === "number") throw new Error("no scope");
  return scopeOf(KEY, target, TEST_SCOPES);
}

/** The windows that a send writes to: one on each of its scopes. */
function windowsOfSend(clientAddress: string | undefined, now: number, shards = 1) {
  const to = "+447700900123";
  if (!isE164(to)) throw new Error("no number");
  const scopes = scopesOf(KEY, TEST_SCOPES, { clientAddress, to, country: "GB" });
  const random = { integer: (below: number) => now % below };
  const all = [...scopes.client, ...scopes.shared];
  return windowsAt(all, { ...TEST_SCOPES, shards }, { now, random });
}

describe("what can be closed", () => {
  it.each([
    ["203.0.113.7", "ipv4"],
    ["::ffff:203.0.113.7", "ipv4"],
    ["2001:db8::1", "ipv6-64"],
    ["2001:db8::1/64", "ipv6-64"],
    ["2001:db8::/48", "ipv6-48"],
  ])("is the client %s, by %s", (text, kind) => {
    expect(scope(text).kind).toBe(kind);
  });

  it.each([
    ["+44770090****", "range"],
    ["+1202555****", "range"],
    ["+3361234****", "range"],
    ["FR", "country"],
    ["GB", "home-country"],
  ])("is %s, a %s", (text, kind) => {
    expect(scope(text).kind).toBe(kind);
  });

  it.each([
    "+44770090***",
    "+44770090*****",
    "+447700****",
    "+4477009****",
    "+447700900****",
    "+120255****",
    "+12025550****",
    "44770090****",
    "to +44770090****",
    "+****",
    "gb",
    "GBR",
    "+4477009****1",
    "2001:db8::1/64/1",
    "2001:db8::1/",
  ])("is not %s", (text) => {
    expect(blockTarget(text)).toBeUndefined();
  });

  it("is a number in E.164", () => {
    expect(blockTarget("+447700900123")).toEqual({ kind: "number", to: "+447700900123" });
  });
});

describe("the windows of a closing", () => {
  it.each([
    ["203.0.113.7", 18],
    ["2001:db8::1", 18],
    ["2001:db8::/48", 18],
    ["+44770090****", 3],
    ["GB", 3],
  ])("of %s are those that its sends write to, at every moment until the end", (text, count) => {
    const until = NOON + 3 * 3_600_000;
    const windows = windowsOf(scope(text), TEST_SCOPES, { from: NOON, until });
    const blocked = new Set(windows.map(({ key }) => key));
    const address = text.split("/")[0];
    for (let at = NOON; at < until; at += 60_000) {
      const keys = windowsOfSend(address, at).map(({ key }) => key);
      expect(keys.filter((key) => blocked.has(key))).toHaveLength(1);
    }
    expect(blocked.size).toBe(count);
  });

  it("are those of every shard", () => {
    const terms = { ...TEST_SCOPES, shards: 3 };
    const windows = windowsOf(scope("GB"), terms, { from: NOON, until: NOON + 7_200_000 });
    const blocked = new Set(windows.map(({ key }) => key));
    expect(blocked.size).toBe(6);
    for (let at = NOON; at < NOON + 7_200_000; at += 60_001) {
      const keys = windowsOfSend(undefined, at, 3).map(({ key }) => key);
      expect(keys.filter((key) => blocked.has(key))).toHaveLength(1);
    }
  });

  it("end at the end of the window that holds the last moment", () => {
    const lastEnd = (until: number) =>
      windowsOf(scope("203.0.113.7"), TEST_SCOPES, { from: NOON + 1, until }).at(-1)?.endsAt;
    expect(lastEnd(NOON + 60_000)).toBe(NOON + TEN_MINUTES);
    expect(lastEnd(NOON + TEN_MINUTES)).toBe(NOON + TEN_MINUTES);
    expect(lastEnd(NOON + TEN_MINUTES + 1)).toBe(NOON + 2 * TEN_MINUTES);
  });

  it("are named by a pseudonym that shows neither address nor number", () => {
    for (const text of ["203.0.113.7", "+44770090****"]) {
      const [window] = windowsOf(scope(text), TEST_SCOPES, { from: NOON, until: NOON });
      expect(window.key).not.toContain(text.slice(1, 8));
      expect(window.pseudonym).toMatch(/^[\w-]{43}$/);
    }
  });
});
