import { LIMITS } from "../../policy/limits.ts";
import type { Clock, SendingSwitch } from "../../verification/ports.ts";
import type { Table } from "./table.ts";

/** The kill switch: while the item says so, nothing is sent. Read at most once in `LIMITS.switchCacheSeconds` by each container. */
export function dynamoSendingSwitch(table: Pick<Table, "read">, clock: Clock): SendingSwitch {
  let known: { readonly isPaused: Promise<boolean>; readonly until: number } | undefined;
  return {
    isPaused() {
      const now = clock();
      if (known === undefined || known.until <= now) {
        const isPaused = table.read("switch#sending").then((item) => item?.["paused"] === true);
        known = { isPaused, until: now + LIMITS.switchCacheSeconds * 1_000 };
        isPaused.catch(() => {
          known = undefined;
        });
      }
      return known.isPaused;
    },
  };
}
