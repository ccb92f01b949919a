import * as v from "valibot";
import type { OperatorStores } from "../adapters/dynamodb/operator-stores.ts";
import { type ApiKey, drawKey, hashOfKey, isNetwork, KEY_RIGHTS } from "../verification/api-key.ts";
import type { Clock, Keys, Random } from "../verification/ports.ts";

/** A year and a day: a key that never ends is never changed. */
const LONGEST_KEY_SECONDS = 366 * 86_400;
const SHORTEST_KEY_SECONDS = 60;
const MOST_SENDS_PER_DAY = 1_000_000;

const ID = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/, "an id of a key has 16 hexadecimal digits"),
);
const SECONDS = v.pipe(
  v.number(),
  v.integer("a time is a whole number of seconds"),
  v.minValue(SHORTEST_KEY_SECONDS, "a key is good for a minute at least"),
  v.maxValue(LONGEST_KEY_SECONDS, "a key is good for 366 days at most"),
);
/** Names are logged, and no number may be. */
const NAME = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z-]{1,30}$/, "a name has 2 to 31 small letters and hyphens"),
);

const CREATE = v.strictObject({
  command: v.literal("keys-create"),
  name: NAME,
  app: NAME,
  rights: v.pipe(
    v.array(v.picklist(KEY_RIGHTS, `a right is one of ${KEY_RIGHTS.join(", ")}`)),
    v.minLength(1, "a key needs a right"),
  ),
  networks: v.pipe(
    v.array(v.pipe(v.string(), v.check(isNetwork, "a network is a range like 203.0.113.0/24"))),
    v.maxLength(10, "a key has ten networks at most"),
  ),
  sendsPerDay: v.pipe(
    v.number(),
    v.integer("messages in a day are a whole number"),
    v.minValue(1, "a key sends one message a day at least"),
    v.maxValue(MOST_SENDS_PER_DAY, `a key sends ${MOST_SENDS_PER_DAY} messages a day at most`),
  ),
  seconds: SECONDS,
});
const ROTATE = v.strictObject({
  command: v.literal("keys-rotate"),
  id: ID,
  /** How long the old key stays good. */
  overlapSeconds: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(7 * 86_400)),
  seconds: SECONDS,
});

const KEY_OPERATION = v.variant("command", [
  CREATE,
  v.strictObject({ command: v.literal("keys-list") }),
  ROTATE,
  v.strictObject({ command: v.literal("keys-revoke"), id: ID }),
]);

export type KeyOperation = v.InferOutput<typeof KEY_OPERATION>;

const LISTED = v.object({
  id: v.string(),
  name: v.string(),
  app: v.string(),
  rights: v.array(v.string()),
  networks: v.array(v.string()),
  sendsPerDay: v.number(),
  createdAt: v.number(),
  expiresAt: v.number(),
  revokedAt: v.optional(v.number()),
});

/** The result of a command about keys. `key-created` is the only answer that ever holds a key. */
export const KEY_OPERATION_RESULT = v.variant("kind", [
  v.object({ kind: v.literal("refused"), why: v.string() }),
  v.object({ kind: v.literal("key-created"), id: v.string(), key: v.string() }),
  v.object({ kind: v.literal("keys"), keys: v.array(LISTED) }),
  v.object({ kind: v.literal("key-revoked"), id: v.string() }),
]);

export type KeyOperationResult = v.InferOutput<typeof KEY_OPERATION_RESULT>;

export type KeyOperationDeps = {
  readonly stores: Pick<OperatorStores, "apiKeys">;
  readonly keys: Pick<Keys, "index">;
  readonly clock: Clock;
  readonly random: Pick<Random, "bytes">;
};

/** Whether a payload is about API keys. */
export function isKeyOperation(asked: unknown): boolean {
  return v.is(v.object({ command: v.pipe(v.string(), v.startsWith("keys-")) }), asked);
}

/** The command, or the reason for its refusal. The reason quotes nothing of the payload. */
export function parseKeyOperation(
  asked: unknown,
): KeyOperation | { readonly kind: "refused"; readonly why: string } {
  const parsed = v.safeParse(KEY_OPERATION, asked);
  if (parsed.success) return parsed.output;
  const { message } = parsed.issues[0];
  const why = message.startsWith("Invalid") ? "this is no command about keys" : message;
  return { kind: "refused", why };
}

/** Does one command about keys. */
export async function operateKeys(
  deps: KeyOperationDeps,
  operation: KeyOperation,
): Promise<KeyOperationResult> {
  const now = deps.clock();
  if (operation.command === "keys-create") {
    const { command: _, seconds, ...settings } = operation;
    return create(deps, { ...settings, createdAt: now, expiresAt: now + seconds * 1_000 });
  }
  const { apiKeys } = deps.stores;
  const keys = await apiKeys.list();
  if (operation.command === "keys-list")
    return { kind: "keys", keys: keys.map(({ hash: _, ...key }) => listed(key)) };
  const key = keys.find(({ id }) => id === operation.id);
  if (key === undefined) return { kind: "refused", why: "there is no such key" };
  if (operation.command === "keys-revoke") {
    await apiKeys.end(key.id, "revokedAt", now);
    return { kind: "key-revoked", id: key.id };
  }
  return rotate(deps, { key, now, ...operation });
}

type Rotation = v.InferOutput<typeof ROTATE> & { readonly key: ApiKey; readonly now: number };

/** A new key with the same rights; the old one ends after the overlap. */
async function rotate(
  deps: KeyOperationDeps,
  { key, now, overlapSeconds, seconds }: Rotation,
): Promise<KeyOperationResult> {
  const { id: _, hash: __, revokedAt, ...settings } = key;
  if (revokedAt !== undefined) return { kind: "refused", why: "the key is revoked" };
  const expiresAt = now + seconds * 1_000;
  const created = await create(deps, { ...settings, createdAt: now, expiresAt });
  if (created.kind === "key-created")
    await deps.stores.apiKeys.end(key.id, "expiresAt", now + overlapSeconds * 1_000);
  return created;
}

async function create(
  { stores: { apiKeys }, keys, random }: KeyOperationDeps,
  settings: Omit<ApiKey, "id" | "hash" | "revokedAt">,
): Promise<KeyOperationResult> {
  const { id, text } = drawKey(random);
  const hash = hashOfKey(await keys.index(), text);
  const isStored = await apiKeys.create({ ...settings, id, hash }, settings.createdAt);
  return isStored
    ? { kind: "key-created", id, key: text }
    : { kind: "refused", why: "there are too many keys: the oldest go a month after their end" };
}

function listed({ rights, networks, revokedAt, ...key }: Omit<ApiKey, "hash">) {
  return {
    ...key,
    rights: [...rights],
    networks: [...networks],
    ...(revokedAt === undefined ? {} : { revokedAt }),
  };
}
