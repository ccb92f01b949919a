import * as v from "valibot";
import { LIMITS } from "../../policy/limits.ts";
import type { Clock, SendingSwitch, SwitchState } from "../../verification/ports.ts";
import type { Table } from "./table.ts";

const SWITCH = v.object({
  paused: v.optional(v.boolean(), false),
  ticketsFrom: v.optional(v.number(), 0),
});

/**
 * The kill switch: while the item says so, nothing is sent. Read at most once in `LIMITS.switchCacheSeconds` by each container. Whoever finds a
 * reading that failed reads himself.
 */
export function dynamoSendingSwitch(table: Pick<Table, "read">, clock: Clock): SendingSwitch {
  let known: { readonly switchState: Promise<SwitchState>; readonly until: number } | undefined;

  async function read(): Promise<SwitchState> {
    const item = await table.read("switch#sending");
    const { paused, ticketsFrom } = v.parse(SWITCH, item ?? {});
    return { isPaused: paused, ticketsFrom };
  }

  function readAnew(now: number): Promise<SwitchState> {
    const switchState = read();
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
  };
}
