import type { Journal } from "./journal.ts";
import type { Keys, NextSteps, OutcomeReporter, VerificationStore } from "./ports.ts";
import { openReport } from "./tokens.ts";
import type { Delivery, DeliveryReason, MessageName, Upgrade } from "./verification.ts";

/** A provider's final report about a message. `unsaid`: the reason is not revealed. */
export type DeliveryReport = {
  readonly delivery: Extract<Delivery, "delivered" | "undelivered"> | "unsaid";
  readonly reason?: DeliveryReason | undefined;
  readonly upgrade?: Upgrade | undefined;
};

export type ReportDeps = {
  readonly verifications: Pick<VerificationStore, "noteDelivery">;
  readonly outcomes: OutcomeReporter;
  readonly nextSteps: NextSteps;
  readonly journal: Journal;
  readonly keys: Pick<Keys, "callback">;
  readonly keyEpoch: number;
  /** The name of the stage's own app in the log, if a stage has several. */
  readonly ownApp?: string | undefined;
};

export type ReportRequest = MessageName & {
  readonly token: string;
  readonly report: DeliveryReport;
};

export type Reported = { readonly kind: "noted" | "known" | "foreign" };

/**
 * Stores the delivery of a message in one conditional write that never leaves a final state, in any order of reports, and that changes only the
 * delivery of the newest message of its verification. A report never approves. The message is redacted at each report, since an earlier
 * redaction may have failed halfway; redaction is idempotent.
 */
export async function receiveReport(
  deps: ReportDeps,
  { token, provider, messageId, report }: ReportRequest,
): Promise<Reported> {
  const about = await openReport(deps, token);
  if (about === undefined) return { kind: "foreign" };
  const { key, code, country, channel, number, reference, id, app = deps.ownApp } = about;
  const { delivery, reason, upgrade } = report;
  const write = { key, code, reason, upgrade, provider, messageId };
  const isNews =
    delivery !== "unsaid" && (await deps.verifications.noteDelivery({ ...write, delivery }));
  const message = {
    verification: key,
    reference,
    country,
    channel,
    ...(app && { app }),
    ...(number && { number }),
    ...(upgrade && { upgrade }),
  };
  if (isNews) deps.journal({ event: "delivery", delivery, ...message, ...(reason && { reason }) });
  // A repeated report asks for it again: it is taken once, and only after the newest message.
  if (delivery === "undelivered" && id !== undefined) await deps.nextSteps.take({ id, code });
  await deps.outcomes.report({ end: "final", provider, messageId, country, channel });
  return { kind: isNews ? "noted" : "known" };
}
