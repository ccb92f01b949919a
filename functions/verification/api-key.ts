import { timingSafeEqual } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { crc32 } from "node:zlib";
import { mac } from "./code.ts";
import type { Mac } from "./identifiers.ts";
import type { Key, Keys, Random } from "./ports.ts";
import type { Instant } from "./verification.ts";

/** The rights of a key. A resend is a send. */
export const KEY_RIGHTS = ["send", "check", "show", "cancel"] as const;
export type KeyRight = (typeof KEY_RIGHTS)[number];

/** A key of a back end as it is stored: its hash, never the key. */
export type ApiKey = {
  /** 16 hexadecimal digits, public: logs and commands name the key by it. */
  readonly id: string;
  readonly name: string;
  /** A check by number sees the verifications of the same app only. */
  readonly app: string;
  readonly hash: Mac;
  readonly rights: readonly KeyRight[];
  /** CIDR ranges that may use it. Empty for all. */
  readonly networks: readonly string[];
  /** Messages in a UTC day. */
  readonly sendsPerDay: number;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt?: Instant | undefined;
};

export type ApiKeyStore = { readonly read: (id: string) => Promise<ApiKey | undefined> };

/** Counts the messages of each key. Each is one conditional write. */
export type KeySendStore = {
  /** Adds a message to the day, unless `max` are there. */
  readonly take: (id: string, max: number, now: Instant) => Promise<boolean>;
  readonly giveBack: (id: string, now: Instant) => Promise<void>;
};

/**
 * `latchkey_`, an id of 16 hexadecimal digits, a secret of 48 and, behind a line, the CRC-32 of all before. Scanners of secrets find it by its
 * form, and a mistyped key costs no read.
 */
const FORM = /^(latchkey_([0-9a-f]{16})[0-9a-f]{48})_([0-9a-f]{8})$/;
const ID_BYTES = 8;
const SECRET_BYTES = 24;

/** The id in a key that has the form and the checksum of one. */
export function keyIdIn(text: string): string | undefined {
  const [, body = "", id, checksum] = FORM.exec(text) ?? [];
  return checksum === checksumOf(body) ? id : undefined;
}

/** A new key. Its text is not stored anywhere. */
export function drawKey(random: Pick<Random, "bytes">): {
  readonly id: string;
  readonly text: string;
} {
  const hex = Buffer.from(random.bytes(ID_BYTES + SECRET_BYTES)).toString("hex");
  const body = `latchkey_${hex}`;
  return { id: hex.slice(0, 2 * ID_BYTES), text: `${body}_${checksumOf(body)}` };
}

export function hashOfKey(index: Key, text: string): Mac {
  return mac(index, ["api key", text]);
}

function checksumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, "0");
}

type KeyRefusal = "malformed" | "unknown" | "revoked" | "expired" | "network" | "right";

export type KeyVerdict =
  | { readonly kind: "admitted"; readonly apiKey: ApiKey }
  | { readonly kind: "refused"; readonly why: KeyRefusal; readonly id?: string };

/** Judges a key before any other item is read. Nothing but a key with a right checksum is looked up, and nothing but its hash is compared. */
export async function admitKey(
  { apiKeys, keys }: { readonly apiKeys: ApiKeyStore; readonly keys: Pick<Keys, "index"> },
  use: {
    readonly text: string;
    readonly right: KeyRight;
    readonly address: string | undefined;
    readonly now: Instant;
  },
): Promise<KeyVerdict> {
  const id = keyIdIn(use.text);
  if (id === undefined) return { kind: "refused", why: "malformed" };
  const [index, apiKey] = await Promise.all([keys.index(), apiKeys.read(id)]);
  const hash = hashOfKey(index, use.text);
  // An unknown id is compared too, with what no key has, and takes as long.
  const isRight = isSame(hash, apiKey?.hash ?? hashOfKey(index, ""));
  if (apiKey === undefined || !isRight) return { kind: "refused", why: "unknown", id };
  const why = refusalOf(apiKey, use);
  return why === undefined ? { kind: "admitted", apiKey } : { kind: "refused", why, id };
}

function refusalOf(
  { revokedAt, expiresAt, networks, rights }: ApiKey,
  {
    now,
    address,
    right,
  }: { readonly now: Instant; readonly address: string | undefined; readonly right: KeyRight },
): KeyRefusal | undefined {
  if (revokedAt !== undefined) return "revoked";
  if (expiresAt <= now) return "expired";
  if (networks.length > 0 && !isWithin(networks, address)) return "network";
  return rights.includes(right) ? undefined : "right";
}

function isSame(one: Mac, other: Mac): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** Whether an address is in one of the ranges. A text that is no address is in none. */
function isWithin(networks: readonly string[], address = ""): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = "", bits] = network.split("/");
    list.addSubnet(base, Number(bits), isIP(base) === 4 ? "ipv4" : "ipv6");
  }
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Whether a text is a range such as 203.0.113.0/24 or 2001:db8::/32. */
export function isNetwork(text: string): boolean {
  const [base = "", bits = "", ...more] = text.split("/");
  const family = isIP(base);
  const most = family === 4 ? 32 : 128;
  return family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}
