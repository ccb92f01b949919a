import { journalLine } from "../../functions/runtime/journal-line.ts";
import { check } from "../../functions/verification/check.ts";
import { mac } from "../../functions/verification/code.ts";
import {
  keyOf,
  type Phone,
  type Ticket,
  type VerificationId,
} from "../../functions/verification/identifiers.ts";
import type { JournalEntry } from "../../functions/verification/journal.ts";
import type { Refusal } from "../../functions/verification/outcomes.ts";
import { resend } from "../../functions/verification/resend.ts";
import { start } from "../../functions/verification/start.ts";
import { issueTicket } from "../../functions/verification/ticket.ts";
import { type Channel, newestMac } from "../../functions/verification/verification.ts";
import { challengeOf, scopeTermsOf, spendTermsOf } from "../../infra/sending-terms.ts";
import type { Stage } from "../../infra/stages.ts";
import { carriedBy, type Deps, idIn, someDeps } from "../../test/support/deps.ts";
import { memoryStores } from "../../test/support/memory-stores.ts";
import type { Agenda } from "./agenda.ts";
import { metricsFrom } from "./alarms.ts";
import type { Seeded } from "./seeded.ts";

/** Of people who are asked, so many solve a challenge. */
export const PEOPLE_SOLVE = 0.98;

/** As long as a provider of challenges may take. */
const CHALLENGE_MS = 2_000;

/** A call speaks its code after a key is pressed; no person presses one here. */
const SPOKEN = "";

/** Twilio reports the end of every message; an outage here is one of the networks, which report nothing. */
const DELIVERED = { event: "delivery", delivery: "delivered" } as const;

const LATCHKEY_START = "POST /v1/verifications";

export type SentMessage = {
  readonly id: VerificationId;
  /** Only for the holder of the phone. */
  readonly code: string;
  readonly resendAt: number;
  readonly priceMicros: number;
};

export type SendEnd =
  | { readonly kind: "sent"; readonly message: SentMessage }
  | {
      readonly kind: "refused";
      readonly refusal: { readonly why: string; readonly retryAt?: number };
    };

export type Asking = {
  readonly to: string;
  readonly address: string;
  readonly channel?: Channel;
  readonly ticket?: Ticket | undefined;
  /** Carries a token, of those of which this share is good. */
  readonly solvingShare?: number;
  readonly knownNumber?: boolean;
};

/** One line as a function would log it, and when. */
export type Logged = { readonly at: number; readonly entry: JournalEntry };

/** The domain over the stores in memory, under the terms of a stage, as seen from outside. */
type System = ReturnType<typeof aSystem>;

/** As much of a system as people and attackers reach. A call of the live system ends by itself, so it has no `hangUp`. */
export type Attacked = Pick<System, "random" | "start" | "resend" | "check" | "ticketFor"> &
  Partial<Pick<System, "hangUp">> & { readonly agenda: Pick<Agenda, "now" | "at"> };

export type CheckEnd = { readonly isApproved: boolean; readonly ticket: Ticket | undefined };

type Setting = {
  readonly stage: Stage;
  readonly agenda: Agenda;
  readonly random: Seeded;
  /** Whether the provider of challenges takes its time. */
  readonly isSlow: boolean;
};

export function aSystem(setting: Setting) {
  const { stage, agenda, random } = setting;
  const metrics = metricsFrom(stage, agenda.now);
  const logged: Logged[] = [];
  const deps = depsOf(setting, (entry) => {
    logged.push({ at: agenda.now(), entry });
    metrics.wrote(journalLine(entry));
    if (entry.event === "send" && entry.outcome === "sent")
      metrics.wrote({ ...DELIVERED, country: entry.country, channel: entry.channel });
  });

  function endOf(
    outcome: Refusal | { readonly kind: string; readonly view: { id: string; resendAt: number } },
    answer: { readonly route: string; readonly address?: string },
  ): SendEnd {
    if (!("view" in outcome)) {
      metrics.answered({ ...answer, result: { refused: outcome.why } });
      return { kind: "refused", refusal: outcome };
    }
    metrics.answered({ ...answer, result: outcome.kind });
    const { id, resendAt } = outcome.view;
    const entry = logged.at(-1)?.entry;
    const priceMicros = entry?.event === "send" ? entry.priceMicros : 0;
    const message = deps.messages.pop();
    const code = message?.channel === "voice" ? SPOKEN : carriedBy(message);
    return { kind: "sent", message: { id: idIn(id), code, resendAt, priceMicros } };
  }

  return {
    stage,
    agenda,
    random,
    metrics,
    logged,
    deps,
    async start(asking: Asking): Promise<SendEnd> {
      const { to, address, channel = "sms", ticket, solvingShare, knownNumber } = asking;
      const outcome = await start(deps, {
        to,
        channel,
        purpose: "login",
        locale: "en-GB",
        clientAddress: address,
        knownNumber,
        ticket,
        challengeToken: solvingShare === undefined ? undefined : String(solvingShare),
      });
      return endOf(outcome, { route: LATCHKEY_START, address });
    },
    async resend(id: VerificationId, address: string, channel?: Channel): Promise<SendEnd> {
      const outcome = await resend(deps, { id, clientAddress: address, channel });
      return endOf(outcome, { route: `${LATCHKEY_START}/{id}/resend` });
    },
    /** The call of a verification was answered and hung up before a key was pressed. */
    async hangUp(id: VerificationId) {
      const item = await deps.verifications.read(keyOf(id));
      const code = item && newestMac(item);
      if (item === undefined || code === undefined) return;
      const news = { delivery: "undelivered", reason: "no-answer" } as const;
      await deps.verifications.noteDelivery({ key: item.key, code, ...news });
    },
    async check(id: VerificationId, code: string, address: string): Promise<CheckEnd> {
      const outcome = await check(deps, { id, code, clientAddress: address });
      const result = outcome.kind === "refused" ? { refused: outcome.why } : outcome.result;
      metrics.answered({ route: `${LATCHKEY_START}/{id}/check`, result });
      const ticket = outcome.kind === "checked" ? outcome.ticket : undefined;
      return { isApproved: result === "approved", ticket };
    },
    /** As an approval of a while ago has left it. */
    async ticketFor(to: Phone, ageMs: number) {
      const index = await deps.keys.index();
      return issueTicket(index, mac(index, ["number", to]), agenda.now() - ageMs);
    },
  };
}

function depsOf(
  { stage, agenda, random, isSlow }: Setting,
  journal: (entry: JournalEntry) => void,
): Deps {
  const terms = challengeOf(stage);
  const verifier = {
    async verify({ token }: { readonly token: string }) {
      if (isSlow) await agenda.wait(CHALLENGE_MS);
      return random.chance(Number(token)) ? ("passed" as const) : ("failed" as const);
    },
  };
  return {
    ...someDeps(memoryStores()),
    clock: agenda.now,
    random,
    journal,
    logFault(what, fault) {
      throw new Error(`nothing fails here, but ${what}`, { cause: fault });
    },
    scopeTerms: scopeTermsOf(stage),
    spendTerms: spendTermsOf(stage),
    brand: stage.brand,
    countries: stage.countries,
    channels: {
      hasWhatsApp: false,
      voiceCountries: stage.voice?.countries ?? [],
      plan: [],
      isPlanAutomatic: false,
    },
    fictionalNumbers: stage.fictionalNumbers === "accepted",
    ...(terms === undefined ? {} : { challenge: { terms, verifier } }),
  };
}
