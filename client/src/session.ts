import { areWords, isVerification } from "./answers.ts";
import type { Channel, CheckMiss, Status } from "./api.ts";
import { latinDigits } from "./digits.ts";
import { NEVER } from "./exchange.ts";
import { createFlights } from "./flights.ts";
import { createMemory, type Memory, type SessionDeps } from "./memory.ts";
import type {
  CancelOutcome,
  CheckOutcome,
  ResendOutcome,
  Session,
  SessionState,
  ShowOutcome,
} from "./outcomes.ts";
import { keepTicket } from "./tickets.ts";
import { watchDelivery } from "./watch.ts";

type CheckBody = { readonly status: Status; readonly checksRemaining: number } & (
  | { readonly result: CheckMiss }
  | { readonly result: "approved"; readonly proof: string; readonly ticket?: string }
);

/** Whether the body is a result; an approval must have a proof. */
function isChecked(body: CheckBody): boolean {
  const { status, checksRemaining, result } = body;
  const isCounted = checksRemaining >>> 0 === checksRemaining;
  return isCounted && areWords([status, result === "approved" ? body.proof : result]);
}

export function createSession(deps: SessionDeps, kept: SessionState): Session {
  const memory = createMemory(deps, kept, () => session);
  const checks = createFlights<CheckOutcome>();
  const resends = createFlights<ResendOutcome>();
  const session: Session = {
    get verification() {
      return memory.state().verification;
    },
    get openCode() {
      return openCode(memory.state());
    },
    waits: memory.waits,
    check: (typed, { signal = NEVER } = {}) => {
      const code = latinDigits(typed).replace(/\W/g, "");
      return checks(code, signal, (own) => check(deps, memory, code, own));
    },
    resend: ({ channel, signal = NEVER } = {}) =>
      resends(`${channel}`, signal, (own) => resend(memory, channel, own)),
    show: ({ signal = NEVER } = {}) => show(memory, signal),
    cancel: ({ signal = NEVER } = {}) => cancel(memory, signal),
    watch: ({ signal = NEVER } = {}) => watchDelivery(deps, session, signal),
    toJSON: memory.state,
  };
  return session;
}

function openCode({ keys }: SessionState): string | undefined {
  return /check (\w+)/.exec(Object.keys(keys).join())?.[1];
}

async function check(
  deps: SessionDeps,
  memory: Memory,
  code: string,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const name = `check ${code}`;
  const request = { method: "POST", path: "/check", body: { code }, isAnswer: isChecked } as const;
  const outcome = await memory.ask<CheckBody>(request, signal, name);
  if (outcome.kind !== "done") return outcome;
  const { status, checksRemaining, ...body } = outcome.body;
  const verification = { ...memory.state().verification, status, checksRemaining };
  const { result } = body;
  if (result === "approved") {
    if (body.ticket) await keepTicket(deps, memory.state().ticketKey, body.ticket);
    memory.see(verification);
    return { kind: "approved", proof: body.proof, checksRemaining };
  }
  memory.see(verification, name);
  // Some other code has approved, and its answer may be the one that got lost.
  const other = openCode(memory.state());
  return result === "used" && other
    ? check(deps, memory, other, signal)
    : { kind: "not-approved", result, messageKey: result, status, checksRemaining };
}

async function resend(
  { ask, see }: Memory,
  channel: Channel | undefined,
  signal: AbortSignal,
): Promise<ResendOutcome> {
  const name = `resend ${channel}`;
  const request = {
    method: "POST",
    path: "/resend",
    body: { channel },
    isAnswer: isVerification,
  } as const;
  const outcome = await ask(request, signal, name);
  if (outcome.kind !== "done") return outcome;
  return { kind: "resent", verification: see(outcome.body, name) };
}

async function show({ state, ask, see }: Memory, signal: AbortSignal): Promise<ShowOutcome> {
  const { verification } = state();
  const outcome = await ask({ method: "GET", path: "", isAnswer: isVerification }, signal);
  if (outcome.kind !== "done") return outcome;
  // A later answer has arrived before.
  const isNewest = state().verification === verification;
  return { kind: "shown", verification: isNewest ? see(outcome.body) : state().verification };
}

async function cancel({ state, ask, see }: Memory, signal: AbortSignal): Promise<CancelOutcome> {
  const outcome = await ask({ method: "DELETE", path: "" }, signal);
  const isRefused = outcome.kind === "problem" && outcome.verificationStatus !== "canceled";
  if (isRefused || outcome.kind === "aborted") return outcome;
  see({ ...state().verification, status: "canceled" });
  return { kind: "canceled" };
}
