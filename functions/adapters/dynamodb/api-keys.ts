import * as v from "valibot";
import { LIMITS } from "../../policy/limits.ts";
import { type ApiKey, type ApiKeyStore, KEY_RIGHTS } from "../../verification/api-key.ts";
import { isMac } from "../../verification/identifiers.ts";
import type { Clock } from "../../verification/ports.ts";
import type { Instant } from "../../verification/verification.ts";
import type { Conditions, Item, ItemKind, Table } from "./table.ts";

const PK = "api-keys#all";
const PREFIX = "key-";

/** Each container reads the one item every ten seconds, so a guessed key costs no read of its own. */
const MOST_KEYS = 50;
/** Until then an ended key is distinguished from one that never existed. */
const ENDED_KEPT_SECONDS = 30 * 86_400;

const RECORD = v.object({
  name: v.string(),
  app: v.string(),
  hash: v.pipe(v.string(), v.guard(isMac)),
  rights: v.pipe(v.array(v.picklist(KEY_RIGHTS)), v.readonly()),
  networks: v.pipe(v.array(v.string()), v.readonly()),
  sendsPerDay: v.number(),
  createdAt: v.number(),
  expiresAt: v.number(),
  revokedAt: v.optional(v.number()),
});

const API_KEY_CONDITIONS = {
  createKey: { "there is no key with its id": "attribute_not_exists(#key)" },
  endKey: {
    "there is a key with its id": "attribute_exists(#key)",
    "it ends no earlier already": "NOT #key.#end < :at",
  },
} as const satisfies Record<string, Conditions>;

export const API_KEY_ITEM: ItemKind = {
  key: PK,
  is: "The API keys of back ends, each as its hash and what it may do",
  attributes: { [`${PREFIX}<id>`]: RECORD },
  writes: { callers: [], operator: Object.keys(API_KEY_CONDITIONS) },
  ttl: "none",
};

/** API keys. The item is read at most once in `LIMITS.switchCacheSeconds` by each container, so a revoked key ends within that time. */
export function dynamoApiKeys(table: Pick<Table, "read">, clock: Clock): ApiKeyStore {
  let known: { readonly keys: Promise<readonly ApiKey[]>; readonly until: number } | undefined;
  function current(): Promise<readonly ApiKey[]> {
    const now = clock();
    if (known === undefined || known.until <= now) {
      const keys = table.read(PK).then(keysIn);
      known = { keys, until: now + LIMITS.switchCacheSeconds * 1_000 };
      keys.catch(() => {
        known = undefined;
      });
    }
    return known.keys;
  }
  return { read: async (id) => (await current()).find((key) => key.id === id) };
}

export function apiKeyOperations(table: Pick<Table, "read" | "update">) {
  return {
    list: async () => keysIn(await table.read(PK)),
    /** Stores a key, and removes those that ended long ago. Returns `false` if there are too many, or one with this id. */
    async create({ id, ...record }: ApiKey, now: Instant): Promise<boolean> {
      const keys = keysIn(await table.read(PK));
      const past = keys.filter((one) => endOf(one) + ENDED_KEPT_SECONDS * 1_000 <= now);
      if (keys.length - past.length >= MOST_KEYS) return false;
      const names = Object.fromEntries(past.map((one, at) => [`#past${at}`, PREFIX + one.id]));
      const forgotten = past.length > 0 ? ` REMOVE ${Object.keys(names).join(", ")}` : "";
      const { kind } = await table.update({
        pk: PK,
        update: `SET #key = :record${forgotten}`,
        conditions: API_KEY_CONDITIONS.createKey,
        names: { ...names, "#key": PREFIX + id },
        values: { ":record": record },
      });
      return kind === "taken";
    },
    /** Ends a key, unless it ends earlier. Only the one attribute is written: a revocation and an overlap do not undo each other. */
    async end(id: string, attribute: "expiresAt" | "revokedAt", at: Instant): Promise<void> {
      await table.update({
        pk: PK,
        update: "SET #key.#end = :at",
        conditions: API_KEY_CONDITIONS.endKey,
        names: { "#key": PREFIX + id, "#end": attribute },
        values: { ":at": at },
      });
    },
  } as const;
}

function endOf({ revokedAt, expiresAt }: ApiKey): Instant {
  return Math.min(revokedAt ?? expiresAt, expiresAt);
}

function keysIn(item: Item = {}): readonly ApiKey[] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, record]) => ({ id: name.slice(PREFIX.length), ...v.parse(RECORD, record) }));
}
