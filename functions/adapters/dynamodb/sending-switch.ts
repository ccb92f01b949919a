import * as v from "valibot";
import { LIMITS } from "../../policy/limits.ts";
import type { Clock, SendingSwitch, Standing } from "../../verification/ports.ts";
import type { Table } from "./table.ts";

const SWITCH = v.object({
  paused: v.optional(v.boolean(), false),
  ticketsFrom: v.optional(v.number(), 0),
});

/** The kill switch: while the item says so, nothing is sent. Read at most once in `LIMITS.switchCacheSeconds` by each container. */
export function dynamoSendingSwitch(table: Pick<Table, "read">, clock: Clock): SendingSwitch {
  let known: { readonly standing: Promise<Standing>; readonly until: number } | undefined;
  return {
    standing() {
      const now = clock();
      if (known === undefined || known.until <= now) {
        const standing = table.read("switch#sending").then((item) => {
          const { paused, ticketsFrom } = v.parse(SWITCH, item ?? {});
          return { isPaused: paused, ticketsFrom };
        });
        known = { standing, until: now + LIMITS.switchCacheSeconds * 1_000 };
        standing.catch(() => {
          known = undefined;
        });
      }
      return known.standing;
    },
  };
}
