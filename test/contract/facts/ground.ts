import type { Mac } from "../../../functions/verification/identifiers.ts";
import type { NumberStore } from "../../../functions/verification/ports.ts";
import type { TurnLimits } from "../../../functions/verification/turns.ts";
import type { Instant } from "../../../functions/verification/verification.ts";
import type { EngineTable } from "../../support/engine-tables.ts";
import type { Stores } from "../../support/memory-stores.ts";

/** Empty stores, and what an operator or a deploy can do to them. */
export type Ground = Stores & {
  /** The same history of the numbers under other rows, as after a deploy. */
  readonly numbersUnder: (limits: TurnLimits) => NumberStore;
  /** Closes a number. */
  readonly close: (number: Mac, until: Instant) => Promise<void>;
};

/** What every store promises, whatever it keeps its items in. By name, since clauses are proved by name. */
export type Facts = Readonly<Record<string, (ground: Ground) => Promise<void>>>;

/** The same where the raw items can be seen too, and the clock of the stores be turned. */
export type TableGround = Ground &
  Pick<EngineTable, "table" | "items" | "put"> & { readonly time: { now: Instant } };
export type TableFacts = Readonly<Record<string, (ground: TableGround) => Promise<void>>>;
