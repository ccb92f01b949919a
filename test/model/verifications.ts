import { type Moment, PROMISED } from "./promised.ts";

export type Sent = {
  readonly code: string;
  readonly at: Moment;
  readonly message: string | undefined;
};

/** A verification in plain words: codes as they were sent, guesses as they were typed. */
export type Told = {
  readonly ordinal: number;
  readonly number: string;
  readonly purpose: string;
  readonly nonce: string | undefined;
  /** Windows in which its start is booked. */
  readonly windows: readonly string[];
  /** Newest first, each with the provider's name of its message, if it has told one. */
  readonly sent: readonly Sent[];
  /** How many of them are known as codes: an older one has ended long ago, and is a guess like any other. */
  readonly known: number;
  /** Each guess once. */
  readonly guesses: readonly string[];
  readonly resendAt: Moment;
  readonly delivery: "queued" | "unknown";
  readonly approval?: { readonly at: Moment; readonly code: string; readonly request?: string };
  readonly isCanceled: boolean;
  readonly lastCheck?: string | undefined;
  readonly lastResend?: string | undefined;
};

export type Guessing = { readonly code: string; readonly request: string | undefined };

/** The codes that are known as codes, good or ended. */
function codesOf({ sent, known }: Told): readonly Sent[] {
  return sent.slice(0, known);
}

function isGood({ at }: { readonly at: Moment }, now: Moment): boolean {
  return now < at + PROMISED.codeIsGoodFor;
}

export function statusOf(told: Told, now: Moment) {
  if (told.approval !== undefined) return "approved";
  if (told.guesses.length >= PROMISED.checksPerVerification) return "exhausted";
  if (told.isCanceled) return "canceled";
  return codesOf(told).some((code) => isGood(code, now)) ? "pending" : "expired";
}

export function viewOf(told: Told, now: Moment) {
  const newest = told.sent[0]?.at ?? 0;
  return {
    id: told.ordinal,
    status: statusOf(told, now),
    channel: "sms",
    to: `+44•••••••${told.number.slice(-3)}`,
    codeLength: 6,
    expiresAt: newest + PROMISED.codeIsGoodFor,
    resendAt: told.resendAt,
    checksRemaining: remaining(told),
    channels: ["sms"],
    delivery: told.delivery,
  };
}

function remaining({ guesses }: Told): number {
  return PROMISED.checksPerVerification - guesses.length;
}

function answer(told: Told, result: string, now: Moment) {
  const status = statusOf(told, now);
  return { kind: "checked", result, status, checksRemaining: remaining(told) };
}

function approval(told: Told, at: Moment) {
  const seconds = Math.floor(at / 1_000);
  const { ordinal, number, purpose, nonce } = told;
  const proof = {
    iss: "https://verify.example.com",
    aud: "acme",
    sub: number,
    phone_number: number,
    phone_number_verified: true,
    purpose,
    ...(nonce === undefined ? {} : { nonce }),
    amr: ["otp", "sms"],
    jti: ordinal,
    iat: seconds,
    exp: seconds + 300,
  };
  return { ...answer(told, "approved", at), proof, ticket: seconds };
}

type Checked = {
  readonly told: Told;
  readonly answer: Readonly<Record<string, unknown>>;
  /** What was typed, where the guess was counted: a code that was sent, or a wrong one. */
  readonly counted?: Sent | "wrong";
};

/** What a check makes of a verification, and what it is told. */
export function checked(told: Told, { code, request }: Guessing, now: Moment): Checked {
  const free = uncounted(told, { code, request }, now);
  if (free !== undefined) return { told, answer: free };
  const typed = codesOf(told).find((sent) => sent.code === code);
  const counted = { ...told, guesses: [...told.guesses, code], lastCheck: request };
  if (typed === undefined)
    return { told: counted, answer: answer(counted, "incorrect", now), counted: "wrong" };
  const approved = {
    ...counted,
    approval: { at: now, code, ...(request === undefined ? {} : { request }) },
  };
  return { told: approved, answer: approval(approved, now), counted: typed };
}

/** What is answered to a check that does not count. */
function uncounted(told: Told, { code, request }: Guessing, now: Moment) {
  if (told.approval !== undefined) return repeated(told, { code, request }, now);
  const status = statusOf(told, now);
  if (status === "canceled" || status === "expired") return answer(told, status, now);
  if (told.guesses.includes(code)) return answer(told, "incorrect", now);
  if (status === "exhausted") return answer(told, status, now);
  if (request !== undefined && request === told.lastCheck)
    return { kind: "refused", why: "idempotency-key-reused" };
  const typed = codesOf(told).find((sent) => sent.code === code);
  const hasEnded = typed !== undefined && !isGood(typed, now);
  return hasEnded ? answer(told, "code-expired", now) : undefined;
}

/** The proof once more for the very check that was approved, while it is worth something. */
function repeated(told: Told, { code, request }: Guessing, now: Moment) {
  const { at = 0, code: approved, request: first } = told.approval ?? {};
  const isSame = request !== undefined && request === first && code === approved;
  const isInTime = now < at + PROMISED.proofIsFetchableFor;
  return isSame && isInTime ? approval(told, at) : answer(told, "used", now);
}

/** A code that can be drawn next: none that was typed, and none that may still be typed. */
export function isFresh(told: Told, code: string): boolean {
  return !told.guesses.includes(code) && codesOf(told).every((sent) => sent.code !== code);
}

/** A code that would be two things at once: typed before, or still good beside its newer self. The oldest goes as the newest comes. */
export function isKnown(told: Told, code: string): boolean {
  const staying = codesOf(told).slice(0, PROMISED.codesGoodAtOnce - 1);
  return told.guesses.includes(code) || staying.some((sent) => sent.code === code);
}
