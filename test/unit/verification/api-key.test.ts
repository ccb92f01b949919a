import { expect, it } from "vitest";
import {
  type ApiKey,
  admitKey,
  drawKey,
  hashOfKey,
  isNetwork,
  KEY_RIGHTS,
  keyIdIn,
} from "../../../functions/verification/api-key.ts";
import { NOON, someDeps } from "../../support/deps.ts";

const DEPS = someDeps();
const { id, text } = drawKey(DEPS.random);
const API_KEY: ApiKey = {
  id,
  name: "shop",
  app: "shop",
  hash: hashOfKey(await DEPS.keys.index(), text),
  rights: ["send", "check"],
  networks: ["203.0.113.0/24", "2001:db8::/32"],
  sendsPerDay: 10,
  createdAt: NOON - 1,
  expiresAt: NOON + 1,
};
const USE = { text, right: "send", address: "203.0.113.7", now: NOON } as const;

/** Judged where this key is stored, or none. */
function judged(use: Partial<Parameters<typeof admitKey>[1]> = {}, stored?: Partial<ApiKey>) {
  const read = async (asked: string) => (asked === id ? { ...API_KEY, ...stored } : undefined);
  return admitKey({ ...DEPS, apiKeys: { read } }, { ...USE, ...use });
}

it.each([
  ["as it is", {}, {}],
  ["from another of its networks", { address: "2001:db8:ffff::1" }, {}],
  ["from anywhere, where it names no network", { address: undefined }, { networks: [] }],
])("a key is admitted %s", async (_, use, stored) => {
  expect(await judged(use, stored)).toMatchObject({ kind: "admitted", apiKey: { id } });
});

it.each([
  ["unknown", { text: drawKey(DEPS.random).text }, {}],
  ["unknown", {}, { hash: hashOfKey(Buffer.alloc(32), text) }],
  ["revoked", {}, { revokedAt: NOON }],
  ["expired", { now: NOON + 1 }, {}],
  ["network", { address: "203.0.114.1" }, {}],
  ["network", { address: "2001:db9::1" }, {}],
  ["network", { address: undefined }, {}],
  ["network", { address: "203.0.113.7, 10.0.0.1" }, {}],
  ["right", { right: "cancel" as const }, {}],
])("a key is refused as %s: %j, where it is stored with %j", async (why, use, stored) => {
  expect(await judged(use, stored)).toMatchObject({ kind: "refused", why });
});

it("a text without the form or the checksum of a key is refused before any read", async () => {
  const bent = `${text.slice(0, 30)}${text[30] === "0" ? "1" : "0"}${text.slice(31)}`;
  const read = () => expect.unreachable("it was looked up");
  for (const wrong of ["", "secret", bent, ` ${text}`, `${text}0`, text.toUpperCase()]) {
    const verdict = await admitKey({ ...DEPS, apiKeys: { read } }, { ...USE, text: wrong });
    expect([wrong, verdict]).toEqual([wrong, { kind: "refused", why: "malformed" }]);
  }
});

it("a drawn key has 192 secret bits, an id of its own and a checksum", () => {
  const drawn = drawKey({ bytes: (count) => Buffer.alloc(count, 0xab) });
  expect(drawn).toEqual({
    id: "ab".repeat(8),
    text: expect.stringMatching(/^latchkey_(?:ab){32}_[0-9a-f]{8}$/),
  });
  expect(keyIdIn(drawn.text)).toBe(drawn.id);
  expect(KEY_RIGHTS).toEqual(["send", "check", "show", "cancel"]);
});

it("a network is an address with the length of its prefix", () => {
  const networks = ["203.0.113.0/24", "0.0.0.0/0", "203.0.113.7/32", "2001:db8::/128"];
  const none = ["", "203.0.113.0", "203.0.113.0/33", "2001:db8::/129", "a/24", "::/x"];
  const all = [...networks, ...none, "203.0.113.0/24/1"];
  expect(all.filter(isNetwork)).toEqual(networks);
});
