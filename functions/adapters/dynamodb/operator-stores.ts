import { apiKeyOperations } from "./api-keys.ts";
import { numberOperations } from "./numbers.ts";
import { readUnverified } from "./scopes.ts";
import { switchOperations } from "./sending-switch.ts";
import { readSpend } from "./spend.ts";
import type { Table } from "./table.ts";

/** The operator's reads and writes. Each belongs to the file that owns its item. */
export type OperatorStores = ReturnType<typeof operatorStores>;

export function operatorStores(table: Table) {
  return {
    apiKeys: apiKeyOperations(table),
    numbers: numberOperations(table),
    sendingSwitch: switchOperations(table),
    readUnverified: (shards: Parameters<typeof readUnverified>[1]) => readUnverified(table, shards),
    readSpend: (day: string, shards: number) => readSpend(table, day, shards),
  } as const;
}
