import { type Admission, type AdmissionWorld, type Applicant, admit } from "./admission.ts";
import type { JournalEntry } from "./journal.ts";
import type { Refusal } from "./outcomes.ts";
import type { Journal } from "./ports.ts";

type SendEntry = Extract<JournalEntry, { event: "send" }>;

/** What is to be sent, and for whom. */
export type SendIntent = Pick<
  SendEntry,
  "of" | "number" | "country" | "channel" | "purpose" | "isUnallocated"
> & { readonly applicant: Applicant };

/** What became of one send: done, refused, or not tried yet, since the ticket that it leaned on was revoked for its number. */
export type SendAttempt<Done> = Pick<SendEntry, "priceMicros" | "spentPercent"> & {
  readonly outcome: Done | Refusal | "ticket-revoked";
};

/** What a send costs that was not made. */
export const UNPAID = { priceMicros: 0 } as const;

export type Admitted = Extract<Admission, { kind: "admitted" }>;

/** Makes a send that was admitted, and writes down what became of it, whatever it is. Under a revoked ticket it is asked for again without. */
export async function attempt<Done extends { readonly kind: string }>(
  world: AdmissionWorld & { readonly journal: Journal },
  intent: SendIntent,
  admission: Admission,
  send: (admitted: Admitted) => Promise<SendAttempt<Done>>,
): Promise<Done | Refusal> {
  const attempted =
    admission.kind === "refused"
      ? { outcome: admission.refusal, ...UNPAID }
      : await send(admission);
  const { applicant, ...subject } = intent;
  if (attempted.outcome === "ticket-revoked") {
    const ticketless = { ...applicant, ticket: undefined };
    return attempt(world, intent, await admit(world, ticketless), send);
  }
  const { outcome, ...paid } = attempted;
  world.journal({
    event: "send",
    ...subject,
    scopes: applicant.scopes,
    outcome: isRefusal(outcome) ? outcome.why : "sent",
    hasTicket: admission.kind === "admitted" && admission.ticket !== undefined,
    rested: admission.rested,
    watched: admission.watched,
    ...paid,
  });
  return outcome;
}

function isRefusal(outcome: { readonly kind: string } | Refusal): outcome is Refusal {
  return outcome.kind === "refused";
}
