import { buffer } from "node:stream/consumers";
import * as v from "valibot";
import { close, listen, localUrl, serverOf } from "../../../local/listening.ts";
import { type Copy, forward } from "../../support/forward.ts";

const OPERATION = v.object({
  Key: v.optional(v.object({ pk: v.object({ S: v.string() }) })),
  Item: v.optional(v.object({ pk: v.object({ S: v.string() }) })),
});

/** What stands between functions and their database, and may lie or refuse. */
export async function startDatabaseBetween(target: string) {
  const firstReads = new Map<string, Copy>();
  let isStale = false;
  let throttled: readonly string[] = [];

  const answerTo = async (operation: string, pk: string, pass: () => Promise<Copy>) => {
    if (operation !== "GetItem") {
      const isThrottled = throttled.some((start) => pk.startsWith(start));
      return isThrottled ? THROTTLED : pass();
    }
    const first = firstReads.get(pk);
    if (isStale && first !== undefined) return first;
    const read = await pass();
    if (first === undefined) firstReads.set(pk, read);
    return read;
  };

  const server = serverOf(async (incoming, response) => {
    const body = await buffer(incoming);
    const operation = String(incoming.headers["x-amz-target"]).replace(/^.*\./, "");
    const { Key, Item } = v.parse(OPERATION, JSON.parse(body.toString("utf8")));
    const pk = (Key ?? Item)?.pk.S ?? "";
    const copy = await answerTo(operation, pk, () => forward(target, incoming, body));
    response.writeHead(copy.status, copy.headers).end(copy.body);
  });
  return {
    url: localUrl(await listen(server)),
    /** Whether each read of an item is answered as the first one was: a replica that never catches up. */
    readStale: (next: boolean) => {
      isStale = next;
    },
    /** Which items cannot be written for now, by the start of their keys: `scope#`, `number#`. Such a write is not done. */
    throttleWritesTo: (...starts: readonly string[]) => {
      throttled = starts;
    },
    stop: () => close(server),
  };
}

const THROTTLED: Copy = {
  status: 400,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: Buffer.from(
    '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"hot"}',
  ),
};
