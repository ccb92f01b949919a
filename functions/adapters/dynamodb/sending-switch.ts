import * as v from "valibot";
import { LIMITS } from "../../policy/limits.ts";
import type { Clock, SendingSwitch, SwitchState } from "../../verification/ports.ts";
import { layoutsWith } from "../../verification/shards.ts";
import type { Instant } from "../../verification/verification.ts";
import type { Conditions, Item, ItemKind, Table } from "./table.ts";

const PK = "switch#sending";

/** A block of a scope has its own attributes, its end and its reason, so that two operators never write the same ones. */
const BLOCK_PREFIX = "block#";
const REASON_PREFIX = "because#";
const BLOCKED_UNTIL = v.number();
const BLOCKED_BECAUSE = v.optional(v.string(), "");

type Block = { readonly until: Instant; readonly because: string };

/** Every container reads the item every ten seconds: more blocks would make these reads too expensive. */
export const MOST_BLOCKS = 200;

/** Each is a write of its own: expired blocks that are not deleted now are deleted with the next one. */
const MOST_FORGOTTEN = 50;

const LAYOUT = v.object({ from: v.number(), shards: v.number() });
const SWITCH = v.object({
  paused: v.optional(v.boolean(), false),
  pausedAt: v.optional(v.number()),
  pausedBecause: v.optional(v.string(), ""),
  ticketsFrom: v.optional(v.number(), 0),
  layouts: v.optional(v.array(LAYOUT), []),
  /** The number of times that layouts were stored. */
  layoutsVersion: v.optional(v.number()),
});

const SWITCH_CONDITIONS = {
  storeLayouts: { "they are those that were read": "layoutsVersion = :read" },
  storeFirstLayouts: { "there are none yet": "attribute_not_exists(layoutsVersion)" },
  addEarlierLayouts: { "they begin earlier": "layouts[0].#from > :from" },
  pause: { "sending is not paused": "NOT paused = :true" },
  resume: { "sending is paused": "paused = :true" },
  revoke: { "nothing later is revoked": "NOT ticketsFrom > :now" },
  forget: { "it is over": "#block <= :now" },
  block: { "it is not blocked for longer already": "NOT #block > :until" },
  unblock: { "it is blocked": "#block > :now" },
} as const satisfies Record<string, Conditions>;

export const SWITCH_ITEM: ItemKind = {
  key: PK,
  is: "The settings that every send reads: the pause, revoked tickets, blocks of scopes, shards",
  attributes: {
    ...SWITCH.entries,
    [`${BLOCK_PREFIX}<kind>#<pseudonym>`]: BLOCKED_UNTIL,
    [`${REASON_PREFIX}<kind>#<pseudonym>`]: BLOCKED_BECAUSE,
  },
  writes: {
    callers: ["storeLayouts", "storeFirstLayouts"],
    operator: ["addEarlierLayouts", "pause", "resume", "revoke", "forget", "block", "unblock"],
  },
  ttl: "none",
};

/**
 * The state that applies to every send. Each container reads it at most once in `LIMITS.switchCacheSeconds`. After a failed read the next caller
 * reads again. `wanted`: the shards of the stage, which are stored if they differ from the last ones.
 */
export function dynamoSendingSwitch(
  table: Pick<Table, "read" | "update">,
  clock: Clock,
  wanted?: number,
): SendingSwitch {
  let known: { readonly switchState: Promise<SwitchState>; readonly until: number } | undefined;
  let read: SwitchState | undefined;

  async function readNow(now: Instant): Promise<SwitchState> {
    const item = (await table.read(PK)) ?? {};
    const { paused, ticketsFrom, layouts, layoutsVersion } = v.parse(SWITCH, item);
    const next = wanted === undefined ? undefined : layoutsWith(layouts, wanted, now);
    if (next !== undefined) await storeLayouts(table, next, layoutsVersion);
    const blocks = new Map(blocksIn(item).map(([name, { until }]) => [name, until] as const));
    // The stored layouts come into force later, and another container may have stored others.
    read = { isPaused: paused, ticketsFrom, blocks, layouts };
    return read;
  }

  function readAnew(now: Instant): Promise<SwitchState> {
    read = undefined;
    const switchState = readNow(now);
    known = { switchState, until: now + LIMITS.switchCacheSeconds * 1_000 };
    return switchState;
  }

  return {
    switchState() {
      const now = clock();
      return known === undefined || known.until <= now
        ? readAnew(now)
        : known.switchState.catch(() => readAnew(now));
    },
    recall: () => (known !== undefined && known.until > clock() ? read : undefined),
  };
}

/** Another container may have been faster. A failure is no reason to send nothing: the next read tries again. */
async function storeLayouts(
  { update }: Pick<Table, "update">,
  layouts: readonly unknown[],
  read: number | undefined,
): Promise<void> {
  const { storeLayouts: later, storeFirstLayouts: first } = SWITCH_CONDITIONS;
  const conditions: Conditions = read === undefined ? first : later;
  const values = { ":layouts": layouts, ":read": read, ":version": (read ?? 0) + 1 };
  await update({
    pk: PK,
    update: "SET layouts = :layouts, layoutsVersion = :version",
    conditions,
    values,
  }).catch(() => undefined);
}

/** Puts the layouts of a copy before those that were stored since its item was lost: a day keeps its shards. */
export async function addEarlierLayouts({ update }: Pick<Table, "update">, copied: Item) {
  const { layouts } = v.parse(SWITCH, copied);
  const values = { ":layouts": layouts, ":from": layouts[0]?.from, ":one": 1 };
  const write = { pk: PK, names: { "#from": "from" }, values };
  const set = "SET layouts = list_append(:layouts, layouts) ADD layoutsVersion :one";
  const conditions = SWITCH_CONDITIONS.addEarlierLayouts;
  if (layouts.length > 0) await update({ ...write, update: set, conditions });
}

/** The operator's writes to all sends, and to scopes. */
export function switchOperations(table: Table) {
  return {
    ...scopeBlocks(table),
    async pause(because: string, now: Instant) {
      const values = { ":true": true, ":now": now, ":because": because };
      const update = "SET paused = :true, pausedAt = :now, pausedBecause = :because";
      const write = { pk: PK, update, conditions: SWITCH_CONDITIONS.pause, values };
      const { kind, item } = await table.update(write);
      return kind === "taken" ? undefined : pauseOf(item);
    },
    /** Returns the pause that it ends. */
    async resume() {
      const values = { ":true": true, ":false": false };
      const update = "SET paused = :false REMOVE pausedAt, pausedBecause";
      const write = { pk: PK, update, conditions: SWITCH_CONDITIONS.resume, values };
      return pauseOf((await table.update({ ...write, returns: "ALL_OLD" })).item);
    },
    async revokeAllTickets(now: Instant) {
      const write = { update: "SET ticketsFrom = :now", conditions: SWITCH_CONDITIONS.revoke };
      await table.update({ pk: PK, ...write, values: { ":now": now } });
    },
  } as const;
}

function scopeBlocks(table: Table) {
  const end = (name: string, conditions: Conditions, now: Instant, returns?: "ALL_OLD") =>
    table.update({
      pk: PK,
      update: "REMOVE #block, #because",
      conditions,
      names: attributesOf(name),
      values: { ":now": now },
      returns,
    });
  return {
    async read(name: string) {
      const item = (await table.read(PK)) ?? {};
      const { layouts } = v.parse(SWITCH, item);
      return { block: blockNamed(item, name), layouts, pause: pauseOf(item) };
    },
    /** Blocks a scope, and deletes expired blocks. Returns the longer block that exists; `full` if there are too many. */
    async block(name: string, block: Block, now: Instant): Promise<Block | "full" | undefined> {
      const blocks = blocksIn(await table.read(PK));
      const over = blocks.filter(([other, { until }]) => other !== name && until <= now);
      if (blocks.length - over.length >= MOST_BLOCKS) return "full";
      const write = await table.update({
        pk: PK,
        update: "SET #block = :until, #because = :because",
        conditions: SWITCH_CONDITIONS.block,
        names: attributesOf(name),
        values: { ":until": block.until, ":because": block.because },
      });
      const { forget } = SWITCH_CONDITIONS;
      for (const [other] of over.slice(0, MOST_FORGOTTEN)) await end(other, forget, now);
      return write.kind === "taken" ? undefined : blockNamed(write.item, name);
    },
    /** Returns the block that it ends. */
    async unblock(name: string, now: Instant) {
      const { kind, item } = await end(name, SWITCH_CONDITIONS.unblock, now, "ALL_OLD");
      return kind === "taken" ? blockNamed(item, name) : undefined;
    },
  } as const;
}

function attributesOf(name: string) {
  return { "#block": BLOCK_PREFIX + name, "#because": REASON_PREFIX + name } as const;
}

function blocksIn(item: Item = {}): readonly (readonly [name: string, Block])[] {
  return Object.entries(item).flatMap(([attribute, until]) => {
    if (!attribute.startsWith(BLOCK_PREFIX)) return [];
    const name = attribute.slice(BLOCK_PREFIX.length);
    const because = v.parse(BLOCKED_BECAUSE, item[REASON_PREFIX + name]);
    return [[name, { until: v.parse(BLOCKED_UNTIL, until), because }] as const];
  });
}

function blockNamed(item: Item | undefined, name: string): Block | undefined {
  return blocksIn(item).find(([other]) => other === name)?.[1];
}

function pauseOf(item: Item | undefined) {
  const { paused, pausedAt, pausedBecause } = v.parse(SWITCH, item ?? {});
  return paused ? { since: pausedAt, because: pausedBecause } : undefined;
}
