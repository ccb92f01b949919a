import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../functions/policy/limits.ts";
import { clientScopes } from "../../../functions/verification/client.ts";
import { isE164 } from "../../../functions/verification/identifiers.ts";
import { scopesOf, windowsAt } from "../../../functions/verification/scopes.ts";
import { NOON, TEST_SCOPES } from "../../support/deps.ts";

const key = Buffer.alloc(32, 1);
const TO = "+447700900123";

/** The windows of a client: those of a send but for the number, its country and everybody. */
function clientWindows(address: string | undefined, now = NOON) {
  if (!isE164(TO)) throw new Error("no number");
  const scopes = scopesOf(key, TEST_SCOPES, { clientAddress: address, to: TO, country: "GB" });
  return windowsAt(scopes.client, TEST_SCOPES, { now });
}
const keysOf = (address: string | undefined, now = NOON) =>
  clientWindows(address, now).map((window) => window.key);

describe("the scopes of a client", () => {
  it("are one for an IPv4 address", () => {
    expect(clientScopes("192.0.2.1")).toEqual([{ kind: "ipv4", address: "192.0.2.1" }]);
  });

  it("are its /64 and its /48 for an IPv6 address", () => {
    expect(clientScopes("2001:db8:1:2:3:4:5:6")).toEqual([
      { kind: "ipv6-64", address: "2001:db8:1:2" },
      { kind: "ipv6-48", address: "2001:db8:1" },
    ]);
  });

  it.each([
    ["2001::5:6:7:8:9", "2001:0:0:5"],
    ["2001:db8::", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["::", "0:0:0:0"],
    ["1:2:3:4:5:6:7::", "1:2:3:4"],
    ["::ffff:0:192.0.2.1", "0:0:0:0"],
  ])("are those of %s with its zeros where they belong", (address, narrow) => {
    expect(clientScopes(address)[0]).toEqual({ kind: "ipv6-64", address: narrow });
  });

  it("are shared by a thousand addresses of one /64", () => {
    const keys = Array.from({ length: 1_000 }, (_, host) =>
      keysOf(`2001:db8:1:2::${host.toString(16)}`).join(),
    );
    expect(new Set(keys).size).toBe(1);
  });

  it("differ between two /64 of one /48 in the narrower scope only", () => {
    const [narrow, wide] = keysOf("2001:db8:1:2::1");
    const [otherNarrow, otherWide] = keysOf("2001:db8:1:3::1");
    expect(narrow).not.toBe(otherNarrow);
    expect(wide).toBe(otherWide);
  });

  it.each([
    "2001:DB8:1:2::1",
    "2001:0db8:0001:0002:0000:0000:0000:0001",
    "2001:db8:1:2:0:0:0.0.0.1",
    "2001:db8:1:2::1%eth0",
  ])("are those of the address however it is spelled: %s", (spelling) => {
    expect(clientScopes(spelling)).toEqual(clientScopes("2001:db8:1:2::1"));
  });

  it.each(["::ffff:192.0.2.1", "::ffff:c000:201", "0:0:0:0:0:FFFF:192.0.2.1"])(
    "of %s are those of the IPv4 address in it",
    (mapped) => {
      expect(clientScopes(mapped)).toEqual(clientScopes("192.0.2.1"));
    },
  );

  it.each([undefined, "", "unknown", "192.0.2.1, 10.0.0.1", "300.1.1.1"])(
    "of no address (%s) are one shared and tight scope",
    (address) => {
      expect(clientScopes(address)).toEqual([{ kind: "client-unknown", address: "" }]);
      expect(clientWindows(address)[0]?.max).toBe(LIMITS.unverifiedSends["client-unknown"].max);
    },
  );
});

describe("a scope that many share", () => {
  const spread = (shards: number) => ({ now: NOON, layouts: [{ from: 0, shards }] });
  const GB = { kind: "home-country", pseudonym: "GB" } as const;

  it("is spread over its shards, each with its share of the limit", () => {
    const windows = [0, 1, 2].flatMap((shard) =>
      windowsAt([GB], TEST_SCOPES, { ...spread(3), shard }),
    );
    const keys = ["country#GB#500000", "country#GB-1#500000", "country#GB-2#500000"];
    expect(windows.map(({ key }) => key)).toEqual(keys);
    expect(windows.map(({ max }) => max)).toEqual([333, 333, 334]);
  });

  it("is one on each shard where its limit is smaller than their number", () => {
    const [first] = windowsAt([GB], TEST_SCOPES, spread(2_000));
    expect(first?.max).toBe(1);
  });

  it.each([
    ["country", "500000"],
    ["home-country", "500000"],
    ["service", "20833#8"],
  ] as const)("is one that so many share: %s", (kind, place) => {
    const [window] = windowsAt([{ kind, pseudonym: "x" }], TEST_SCOPES, { ...spread(3), shard: 2 });
    expect(window?.key).toBe(`${kind.replace("home-", "")}#x-2#${place}`);
  });

  it("is on no shard if it is a client's", () => {
    const client = { kind: "ipv4", pseudonym: "client" } as const;
    const [window] = windowsAt([client], TEST_SCOPES, { ...spread(3), shard: 2 });
    expect(window?.key).toBe("ipv4#client#20833#48");
  });
});

describe("the window of a scope", () => {
  it("changes exactly when it ends", () => {
    const [window] = clientWindows("192.0.2.1");
    const endsAt = window?.endsAt ?? 0;
    expect(endsAt).toBe(NOON + 600_000);
    expect(keysOf("192.0.2.1", endsAt - 1)).toEqual(keysOf("192.0.2.1"));
    expect(keysOf("192.0.2.1", endsAt)).not.toEqual(keysOf("192.0.2.1"));
  });

  it("has a key that does not show the address", () => {
    expect(keysOf("192.0.2.1").join()).not.toContain("192.0.2.1");
    expect(keysOf("2001:db8:1:2::1").join()).not.toContain("2001");
  });
});
