import dynalite from "dynalite";
import { close, listen, localUrl } from "../listening.ts";

/** DynamoDB in this very process: ready in a moment, and enough for everything but transactions and the item of a refused write. */
export async function startDynalite(
  folder?: string,
): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(folder === undefined ? {} : { path: folder }),
  });
  const port = await listen(server);
  return { endpoint: localUrl(port), stop: () => close(server) };
}
