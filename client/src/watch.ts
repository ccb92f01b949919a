import type { Verification } from "./api.ts";
import type { Session } from "./outcomes.ts";
import { isOpen } from "./problem.ts";
import type { World } from "./world.ts";

/** A message takes some seconds; then it is late, and there is ever less to see. */
const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 15;
const GROWTH = 1.4;

/** The verification now and at each change, until there is nothing more to come. */
export async function* watchDelivery(
  { sleep }: Pick<World, "sleep">,
  session: Pick<Session, "verification" | "show">,
  signal: AbortSignal,
): AsyncGenerator<Verification, void, undefined> {
  let told = "";
  let pause = FIRST_PAUSE_SECONDS;
  while (!signal.aborted) {
    const { verification } = session;
    const news = JSON.stringify(verification);
    if (news !== told) yield verification;
    told = news;
    if (isFateKnown(verification)) return;
    await sleep(pause * 1_000, signal);
    const outcome = await session.show({ signal });
    if (outcome.kind === "problem" && !isOpen(outcome)) return;
    pause = Math.min(pause * GROWTH, LONGEST_PAUSE_SECONDS);
  }
}

function isFateKnown({ status, delivery }: Verification): boolean {
  return status !== "pending" || delivery === "delivered" || delivery === "undelivered";
}
