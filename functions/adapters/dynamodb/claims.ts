import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import { isMac, isSealed, type Mac } from "../../verification/identifiers.ts";
import type { ClaimStore } from "../../verification/ports.ts";
import { type Conditions, deleteAfter, type ItemKind, type Table } from "./table.ts";

export const CLAIM_CONDITIONS = {
  claim: { "it is free": "NOT expiresAt > :now" },
  release: { "it is this very claim": "id = :id" },
} as const satisfies Record<string, Conditions>;

type AllConditions = { readonly [Name in keyof typeof CLAIM_CONDITIONS]: Conditions };

const HOLDER = v.object({
  fingerprint: v.pipe(v.string(), v.guard(isMac)),
  id: v.pipe(v.string(), v.guard(isSealed)),
  claimedAt: v.number(),
});

export const CLAIM_ITEM: ItemKind = {
  key: "start#<HMAC of an idempotency key>",
  is: "The start that holds an idempotency key",
  attributes: { ...HOLDER.entries, expiresAt: v.number() },
  writes: { callers: Object.keys(CLAIM_CONDITIONS), operator: [] },
  ttl: `${RETENTION.claimSeconds / 60} min after its start`,
};

/** Idempotency keys of starts in the table. */
export function dynamoClaims(
  table: Table,
  conditions: AllConditions = CLAIM_CONDITIONS,
): ClaimStore {
  const store: ClaimStore = {
    async claim(wanted) {
      const { key, fingerprint, id, now } = wanted;
      const write = await table.update({
        pk: pkOf(key),
        update:
          "SET id = :id, fingerprint = :fingerprint, claimedAt = :now, expiresAt = :expiresAt, deleteAfter = :deleteAfter",
        conditions: conditions.claim,
        values: {
          ":id": id,
          ":fingerprint": fingerprint,
          ":now": now,
          ":expiresAt": now + RETENTION.claimSeconds * 1_000,
          ":deleteAfter": deleteAfter(now, RETENTION.claimSeconds),
        },
      });
      if (write.kind === "taken") return undefined;
      // DynamoDB returns the item with its refusal. Other engines are read afterwards, when the holder may have released it.
      if (write.item === undefined) return store.claim(wanted);
      const { claimedAt, ...holder } = v.parse(HOLDER, write.item);
      return { ...holder, now: claimedAt };
    },
    release: ({ key, id }) =>
      table.remove(pkOf(key), { conditions: conditions.release, values: { ":id": id } }),
  };
  return store;
}

function pkOf(key: Mac): string {
  return `start#${key}`;
}
