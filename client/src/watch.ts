import type { Verification } from "./api.ts";
import type { Deps } from "./deps.ts";
import type { Session } from "./outcomes.ts";
import { isOpen } from "./problem.ts";
import { FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, PAUSE_GROWTH } from "./timing.ts";

/** The verification now and at each change, until its state is final. */
export async function* watchDelivery(
  { sleep }: Pick<Deps, "sleep">,
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
    pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS);
  }
}

function isFateKnown({ status, delivery }: Verification): boolean {
  return status !== "pending" || /delivered/.test(delivery);
}
