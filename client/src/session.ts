import { isVerification, type STATE_VERSION } from "./answers.ts";
import type { Channel, CheckMiss, Status, Verification } from "./api.ts";
import { latinDigits } from "./digits.ts";
import { NEVER } from "./exchange.ts";
import { createFlights } from "./flights.ts";
import { createMemory, type Memory } from "./memory.ts";
import type { CancelOutcome, CheckOutcome, ResendOutcome, ShowOutcome } from "./outcomes.ts";
import { keepTicket } from "./tickets.ts";
import { watchDelivery } from "./watch.ts";
import type { World } from "./world.ts";

export type CallOptions = { readonly signal?: AbortSignal | undefined };

/** Plain JSON: what a page keeps over a reload (`sessionStorage`). It is as secret as the verification's id, which is in it. */
export type SessionState = {
  /** Of this form. What another version of the package has kept is dropped. */
  readonly version: typeof STATE_VERSION;
  readonly verification: Verification;
  /** How far the clock of the service is before ours. */
  readonly aheadMilliseconds: number;
  /** The number's ticket goes here after an approval. */
  readonly ticketKey: string;
  /** Idempotency keys by what was asked, as long as an answer may be missing: a reload does not make it another request. */
  readonly keys: Readonly<Record<string, string>>;
};

/** One verification under way. No method throws. */
export type Session = {
  /** As it was last seen. */
  readonly verification: Verification;
  /** A code whose check has no certain end, or has approved: after a reload, check it again. */
  readonly openCode: string | undefined;
  /** Whole seconds from now, rounded up, 0 where it is past; right even where the clock of this device is not. */
  readonly waits: () => { readonly resendSeconds: number; readonly expirySeconds: number };
  /** A wrong code is an outcome, not an error. Spaces, hyphens and signs that are not seen do not matter, nor does the script of the digits. */
  readonly check: (code: string, options?: CallOptions) => Promise<CheckOutcome>;
  readonly resend: (
    options?: CallOptions & { readonly channel?: Channel | undefined },
  ) => Promise<ResendOutcome>;
  readonly show: (options?: CallOptions) => Promise<ShowOutcome>;
  /** "Wrong number". */
  readonly cancel: (options?: CallOptions) => Promise<CancelOutcome>;
  /**
   * The verification now and at each change, until the fate of its message is known, it ends, or `signal` says so. Asks politely: first after
   * two seconds, then ever less often. `for await (const verification of session.watch({ signal })) …`
   */
  readonly watch: (options?: CallOptions) => AsyncIterable<Verification>;
  readonly toJSON: () => SessionState;
};

export type SessionWorld = World & { readonly onChange: (session: Session) => void };

type CheckBody = { readonly status: Status; readonly checksRemaining: number } & (
  | { readonly result: CheckMiss }
  | { readonly result: "approved"; readonly proof: string; readonly ticket?: string }
);

const CHECK = "check ";

/** An approval without its proof is none. */
function isChecked(body: CheckBody): boolean {
  const isWhole = body.status && body.checksRemaining >= 0;
  return !!(isWhole && (body.result === "approved" ? body.proof : body.result));
}

export function createSession(world: SessionWorld, kept: SessionState): Session {
  const memory = createMemory(world, kept, () => session);
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
      return checks(code, signal, (own) => check(world, memory, code, own));
    },
    resend: ({ channel, signal = NEVER } = {}) =>
      resends(`${channel}`, signal, (own) => resend(memory, channel, own)),
    show: ({ signal = NEVER } = {}) => show(memory, signal),
    cancel: ({ signal = NEVER } = {}) => cancel(memory, signal),
    watch: ({ signal = NEVER } = {}) => watchDelivery(world, session, signal),
    toJSON: memory.state,
  };
  return session;
}

function openCode({ keys }: SessionState): string | undefined {
  const name = Object.keys(keys).find((each) => each.startsWith(CHECK));
  return name?.slice(CHECK.length);
}

async function check(
  world: SessionWorld,
  memory: Memory,
  code: string,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const name = CHECK + code;
  const request = { method: "POST", path: "/check", body: { code }, isAnswer: isChecked } as const;
  const outcome = await memory.ask<CheckBody>(request, signal, name);
  if (outcome.kind !== "granted") return outcome;
  const { body } = outcome;
  const { status, checksRemaining } = body;
  const verification = { ...memory.state().verification, status, checksRemaining };
  if (body.result === "approved") {
    if (body.ticket) await keepTicket(world, memory.state().ticketKey, body.ticket);
    memory.see(verification);
    return { kind: "approved", proof: body.proof, checksRemaining };
  }
  const { result } = body;
  memory.see(verification, name);
  // Some other code has approved, and its answer may be the one that got lost.
  const other = openCode(memory.state());
  return result === "used" && other
    ? check(world, memory, other, signal)
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
  if (outcome.kind !== "granted") return outcome;
  return { kind: "resent", verification: see(outcome.body, name) };
}

async function show({ state, ask, see }: Memory, signal: AbortSignal): Promise<ShowOutcome> {
  const { verification } = state();
  const outcome = await ask({ method: "GET", path: "", isAnswer: isVerification }, signal);
  if (outcome.kind !== "granted") return outcome;
  // What was learned meanwhile is newer than this answer.
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
