import { otherThan } from "../../support/deps.ts";
import type { Run } from "./run.ts";

/** The id of a verification of the run's number, without faults. */
export async function startedId(run: Run): Promise<string> {
  const answer = await run.ask({ route: "start", body: { to: run.to } });
  const id = answer?.body["id"];
  if (typeof id !== "string") throw new Error(`not started: ${answer?.text}`);
  return id;
}

export function newestCodeOf({ sent }: Pick<Run, "sent">): string {
  return sent.at(-1)?.code ?? "";
}

/** One that is not. */
export function wrongCodeOf(run: Pick<Run, "sent">, step = 1): string {
  return otherThan(newestCodeOf(run), step);
}

/** A start of the run's number, under a key. */
export function startOf({ to }: Pick<Run, "to">) {
  return { route: "start", key: "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11", body: { to } } as const;
}
