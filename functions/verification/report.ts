import type { Mac } from "./identifiers.ts";
import type { Journal } from "./journal.ts";
import type { Keys, NextSteps, OutcomeReporter, VerificationStore } from "./ports.ts";
import { openReport } from "./tokens.ts";
import type { Channel, Delivery, DeliveryReason, MessageName } from "./verification.ts";

/** News of a message, in our words. `unsaid` is final too: nothing more comes, and nobody is told what it was. */
export type DeliveryReport = {
  readonly delivery: Extract<Delivery, "queued" | "sent" | "delivered" | "undelivered"> | "unsaid";
  readonly reason?: DeliveryReason | undefined;
};

export type ReportDeps = {
  readonly verifications: Pick<VerificationStore, "noteDelivery">;
  readonly outcomes: OutcomeReporter;
  readonly nextSteps: NextSteps;
  readonly journal: Journal;
  readonly keys: Pick<Keys, "callback">;
  readonly keyEpoch: number;
};

export type ReportRequest = MessageName & {
  readonly token: string;
  readonly report: DeliveryReport;
};

export type Reported = { readonly kind: "noted" | "known" | "foreign" };

/**
 * Notes what became of a message: in one conditional write that never goes back from a final state, whatever the order, and that touches the
 * newest message of its verification and nothing but its delivery. Nothing here approves anything. What is final is redacted each time it
 * is told, since the one before may have failed half way; doing so twice is doing so once.
 */
export async function receiveReport(
  deps: ReportDeps,
  { token, provider, messageId, report }: ReportRequest,
): Promise<Reported> {
  const about = await openReport(deps, token);
  if (about === undefined) return { kind: "foreign" };
  const { key, code, country, channel, number, id } = about;
  const { delivery, reason } = report;
  const isNews =
    delivery !== "unsaid" &&
    (await deps.verifications.noteDelivery({ key, code, delivery, reason, provider, messageId }));
  if (isNews) writeDown(deps, report, { country, channel, ...(number && { number }) });
  if (isFinal(report))
    await deps.outcomes.report({ end: "final", provider, messageId, country, channel });
  if (isNews && delivery === "undelivered" && id !== undefined)
    await deps.nextSteps.take({ id, code });
  return { kind: isNews ? "noted" : "known" };
}

/** What a message came to in the end. */
function writeDown(
  { journal }: Pick<ReportDeps, "journal">,
  { delivery, reason }: DeliveryReport,
  where: { readonly country: string; readonly channel: Channel; readonly number?: Mac },
): void {
  if (delivery !== "delivered" && delivery !== "undelivered") return;
  journal({ event: "delivery", delivery, ...where, ...(reason === undefined ? {} : { reason }) });
}

function isFinal({ delivery }: DeliveryReport): boolean {
  return delivery !== "queued" && delivery !== "sent";
}
