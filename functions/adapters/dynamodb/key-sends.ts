import * as v from "valibot";
import { RETENTION } from "../../policy/retention.ts";
import type { KeySendStore } from "../../verification/api-key.ts";
import { dayOf } from "../../verification/spend.ts";
import type { Instant } from "../../verification/verification.ts";
import { type Conditions, deleteAfter, type ItemKind, type Table } from "./table.ts";

const KEY_SEND_CONDITIONS = {
  take: { "the day has room": "NOT sends >= :max" },
  giveBack: { "there is one to give back": "sends > :none" },
} as const satisfies Record<string, Conditions>;

export const KEY_SENDS_ITEM: ItemKind = {
  key: "key-sends#<id>#<day>",
  is: "The messages that an API key has sent in a UTC day",
  attributes: { sends: v.number() },
  writes: { callers: Object.keys(KEY_SEND_CONDITIONS), operator: [] },
  ttl: `${RETENTION.spendSeconds / 86_400} days after its last write`,
};

/** The messages of API keys over the table. */
export function dynamoKeySends(table: Pick<Table, "update">): KeySendStore {
  return {
    async take(id, max, now) {
      const { kind } = await table.update({
        pk: pkOf(id, now),
        update: "ADD sends :change SET deleteAfter = :deleteAfter",
        conditions: KEY_SEND_CONDITIONS.take,
        values: {
          ":change": 1,
          ":max": max,
          ":deleteAfter": deleteAfter(now, RETENTION.spendSeconds),
        },
      });
      return kind === "taken";
    },
    async giveBack(id, now) {
      await table.update({
        pk: pkOf(id, now),
        update: "ADD sends :change",
        conditions: KEY_SEND_CONDITIONS.giveBack,
        values: { ":change": -1, ":none": 0 },
      });
    },
  };
}

function pkOf(id: string, now: Instant): string {
  return `key-sends#${id}#${dayOf(now)}`;
}
