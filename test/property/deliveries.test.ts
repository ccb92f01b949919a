import fc from "fast-check";
import { expect, it } from "vitest";
import { type DeliveryReport, receiveReport } from "../../functions/verification/report.ts";
import { show } from "../../functions/verification/show.ts";
import { DELIVERY_REASONS } from "../../functions/verification/verification.ts";
import { someDeps, started } from "../support/deps.ts";

const REPORT: fc.Arbitrary<DeliveryReport> = fc.oneof(
  fc.constantFrom<DeliveryReport>({ delivery: "delivered" }, { delivery: "unsaid" }),
  fc
    .constantFrom(...DELIVERY_REASONS)
    .map((reason): DeliveryReport => ({ delivery: "undelivered", reason })),
);

/** Any news, in any order, some of it several times and some never: what Twilio promises of its callbacks. */
const HISTORY = fc
  .array(REPORT, { maxLength: 8 })
  .chain((reports) => fc.shuffledSubarray([...reports, ...reports]));

const ORDER = ["unknown", "queued", "delivered", "undelivered"];
const isEnd = (delivery: string) => delivery === "delivered" || delivery === "undelivered";

/** Plays news of one message, and tells what is shown after each. */
async function play(history: readonly DeliveryReport[], outcome: "accepted" | "unknown") {
  const deps = someDeps();
  deps.provider.outcome = outcome;
  const { id, view, reportToken: token } = await started(deps);
  const views = [view];
  for (const report of history) {
    await receiveReport(deps, { token, provider: "twilio", messageId: "SM1", report });
    const shown = await show(deps, { id });
    if (shown.kind === "shown") views.push(shown.view);
  }
  return { views, redacted: deps.redacted };
}

it.each(["accepted", "unknown"] as const)(
  "news of a message never lead back, whatever comes when, after a create that was %s",
  async (outcome) => {
    await fc.assert(
      fc.asyncProperty(HISTORY, async (history) => {
        const { views, redacted } = await play(history, outcome);
        expect(views).toHaveLength(history.length + 1);
        const end = history.find(({ delivery }) => isEnd(delivery));
        const progress = views.map(({ delivery }) => Math.min(ORDER.indexOf(delivery), 2));
        expect(progress).toEqual(progress.toSorted((a, b) => a - b));
        const ends = views.filter(({ delivery }) => isEnd(delivery));
        for (const { delivery, deliveryReason } of ends)
          expect([delivery, deliveryReason]).toEqual([end?.delivery, end?.reason]);
        expect(ends.length > 0).toBe(end !== undefined);
        for (const { status, checksRemaining } of views)
          expect([status, checksRemaining]).toEqual(["pending", 5]);
        expect(redacted).toHaveLength(history.length);
      }),
      { numRuns: 300 },
    );
  },
);
