/** Whose request it is, by the network. */
import assert from "node:assert/strict";
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { clientAddress, namedAddress } from "../../../functions/http/client-address.ts";
import { clientScopes } from "../../../functions/verification/client.ts";
import { anEvent } from "../../../test/support/events.ts";
import { modeOf, refusedAs, seed } from "./target.ts";

export const reaches = [
  "functions/http/client-address.ts",
  "functions/verification/client.ts",
] as const;

const HEADERS = [undefined, "cloudfront-viewer-address", "x-client-ip"];

/** Bits of the mode: 1, 2 in which header; 4 the header comes twice; 8 a back end states it; 16 to 64 the connection's own. */
export function fuzz(data: Buffer): void {
  const { bit, number, rest } = modeOf(data);
  const text = rest.toString("utf8");
  const header = HEADERS[number & 3];
  const told = bit(3) ? toldBy(text) : read(text, header, bit(2));
  if (told !== undefined) assert.notEqual(isIP(told), 0, "an address");
  if (!bit(3) && header === undefined) assert.equal(told, "192.0.2.1", "the connection's");
  if (bit(2) && header !== undefined && !bit(3)) assert.equal(told, undefined, "two are none");
  if (bit(3)) assert.equal(told, isIP(text) === 0 ? undefined : text);
  insistOnScopes(told);
}

function read(text: string, header: string | undefined, isTwice: boolean): string | undefined {
  const event = anEvent();
  const sent = isTwice ? [text, text] : [text];
  return clientAddress(
    { ...event, multiValueHeaders: { "X-Forwarded-For": [text], [header ?? "forwarded"]: sent } },
    { header },
  );
}

function toldBy(text: string): string | undefined {
  try {
    return namedAddress(text);
  } catch (fault) {
    const detail = "This field does not have the form that it must have.";
    return refusedAs(/^body-invalid$/, { detail, pointer: "/clientAddress" })(fault);
  }
}

/** The scopes hold the address, by Node's own reading of networks. */
function insistOnScopes(address: string | undefined): void {
  const scopes = clientScopes(address);
  const kinds = scopes.map(({ kind }) => kind).join(" ");
  if (address === undefined) {
    assert.deepEqual(scopes, [{ kind: "client-unknown", address: "" }]);
  } else if (kinds === "ipv4") {
    const [{ address: four }] = scopes;
    assert.ok(isIPv4(four));
    const mapped = new BlockList();
    mapped.addAddress(`::ffff:${four}`, "ipv6");
    assert.ok(isIPv4(address) ? four === address : mapped.check(bare(address), "ipv6"));
  } else {
    assert.equal(kinds, "ipv6-64 ipv6-48");
    for (const [index, { address: prefix }] of scopes.entries()) {
      assert.ok(isIPv6(`${prefix}::`));
      const network = new BlockList();
      network.addSubnet(`${prefix}::`, index === 0 ? 64 : 48, "ipv6");
      assert.ok(network.check(bare(address), "ipv6"), `${prefix} holds it`);
    }
  }
}

/** Without its zone, which names an interface of the sender. */
function bare(address: string): string {
  return address.split("%")[0] ?? "";
}

export const seeds = [
  ...["192.0.2.1:4711", "2001:db8::1:4711", "[2001:db8::1]:4711", "2001:db8::1", "::ffff:1.2.3.4"],
  ...["::", "1::", "fe80::1%eth0", "64:ff9b::1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::"],
  ...["::ffff:0102:0304:80", "0:0:0:0:0:ffff:1.2.3.4", "[::1]", "1.2.3.4/24", "localhost"],
  ...["256.1.1.1", "", " 1.2.3.4 "],
].flatMap((text) => [0, 1, 2, 5, 8].map((mode) => seed(mode, text)));
