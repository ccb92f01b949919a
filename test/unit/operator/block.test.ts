import { describe, expect, it } from "vitest";
import { blockTarget, scopeOf, windowShards } from "../../../functions/verification/block.ts";
import { isE164 } from "../../../functions/verification/identifiers.ts";
import {
  type Scope,
  scopesOf,
  subjectName,
  windowsAt,
} from "../../../functions/verification/scopes.ts";
import { type Layouts, shardsAt } from "../../../functions/verification/shards.ts";
import { NOON, TEST_SCOPES } from "../../support/deps.ts";

const KEY = Buffer.alloc(32, 3);

function scope(text: string): Scope {
  const target = blockTarget(text);
  if (target === undefined || target.kind === "number") throw new Error("no scope");
  return scopeOf(KEY, target, TEST_SCOPES);
}

/** The windows that a send writes to: one on each of its scopes. */
function windowsOfSend(
  clientAddress: string | undefined,
  { now, layouts }: { readonly now: number; readonly layouts: Layouts },
) {
  const to = "+447700900123";
  if (!isE164(to)) throw new Error("no number");
  const scopes = scopesOf(KEY, TEST_SCOPES, { clientAddress, to, country: "GB" });
  const all = [...scopes.client, ...scopes.shared];
  const shard = now % shardsAt(layouts, now);
  return windowsAt(all, TEST_SCOPES, { now, shard, layouts });
}

describe("what can be closed", () => {
  it.each([
    ["203.0.113.7", "ipv4"],
    ["::ffff:203.0.113.7", "ipv4"],
    ["2001:db8::1", "ipv6-64"],
    ["2001:db8::1/64", "ipv6-64"],
    ["2001:db8::/48", "ipv6-48"],
    ["+44770090****", "range"],
    ["+1202555****", "range"],
    ["+3361234****", "range"],
    ["FR", "country"],
    ["GB", "home-country"],
  ])("is %s, by %s", (text, kind) => {
    expect(scope(text).kind).toBe(kind);
  });

  it.each([
    ...["+44770090***", "+44770090*****", "+447700****", "+4477009****", "+447700900****"],
    ...["+120255****", "+12025550****", "44770090****", "to +44770090****", "+****", "gb", "GBR"],
    ...["+4477009****1", "2001:db8::1/64/1", "2001:db8::1/"],
  ])("is not %s", (text) => {
    expect(blockTarget(text)).toBeUndefined();
  });

  it("is a number in E.164", () => {
    expect(blockTarget("+447700900123")).toEqual({ kind: "number", to: "+447700900123" });
  });
});

describe("the window of a scope", () => {
  it.each(["203.0.113.7", "2001:db8::1", "2001:db8::/48", "+44770090****", "GB"])(
    "of %s is the one that its sends are counted in, on all of its shards",
    (text) => {
      const layouts = [{ from: 0, shards: 3 }];
      const address = text.split("/")[0];
      for (let now = NOON; now < NOON + 7_200_000; now += 60_001) {
        const at = { now, layouts };
        const keys = windowShards(scope(text), TEST_SCOPES, at).map(({ key }) => key);
        expect(keys).toHaveLength(text === "GB" ? 3 : 1);
        const counted = windowsOfSend(address, at).map(({ key }) => key);
        expect(counted.filter((key) => keys.includes(key))).toHaveLength(1);
      }
    },
  );

  it("is named by a pseudonym that shows neither address nor number", () => {
    for (const text of ["203.0.113.7", "+44770090****"]) {
      const { pseudonym } = scope(text);
      expect(subjectName(scope(text))).not.toContain(text.slice(1, 8));
      expect(pseudonym).toMatch(/^[\w-]{43}$/);
    }
  });
});
