/** The checking function as it would be if it asked for everything once before it is ready: keys, connections, compiled code. */
import { readFileSync } from "node:fs";
import { handler } from "../../../functions/check-code.ts";
import { aContext } from "../../../test/support/events.ts";

await handler(
  JSON.parse(readFileSync(process.env["LATCHKEY_BENCH_EVENT"] ?? "", "utf8")),
  aContext,
);

export { handler };
