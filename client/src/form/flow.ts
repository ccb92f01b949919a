import type { Challenge, Channel, Status, Verification } from "../api.ts";
import type { Client } from "../client.ts";
import type { Aborted, CheckOutcome, Problem, Session } from "../outcomes.ts";
import { NO_ANSWER } from "../problem.ts";
import { askPatiently, type Network } from "./asking.ts";
import type { Kept } from "./kept.ts";
import type { Settings } from "./settings.ts";
import { AT_FIRST, type State, type Step, type Told } from "./state.ts";
import { deliveryTold, toldOf } from "./words.ts";

/** The dependencies of the flow of a form. */
export type Ground = {
  readonly client: () => Client;
  readonly settings: () => Settings;
  readonly kept: () => Kept;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly network: Network;
  readonly changed: () => void;
  /** The step has changed: the focus follows. */
  readonly moved: (step: Step) => void;
  /** The end user has left the code by a button of the form. Settles when the browser's history has changed too. */
  readonly left: () => Promise<void>;
  /** Another code was sent. `isUntouched`: nothing was typed since its request. */
  readonly renewed: (isUntouched: boolean) => void;
  /** The text in the field of the code, and in that of the number, as it was typed. */
  readonly typedCode: () => string;
  readonly typedNumber: () => string;
  /** Whether the form is in a document. */
  readonly isHere: () => boolean;
  readonly told: (told: Told) => void;
  readonly emit: (happening: Happening) => void;
};

export type Happening =
  | { readonly kind: "started"; readonly verification: Verification }
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "proof"; readonly proof: string; readonly verification: Verification }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "challenge"; readonly challenge: Challenge };

type Missed = Extract<CheckOutcome, { readonly kind: "not-approved" }>;
type End = NonNullable<State["end"]>;

/** Refusals of this number, or of this end user, that end by themselves. */
const HELD = ["too-many-sends", "too-many-requests"];

/** The logic of the form: which requests it sends, and what follows from each answer. Uses no element. */
export class Flow {
  readonly #ground: Ground;
  #state = AT_FIRST;
  /** Ends the current request when the end user leaves the step. */
  #turn = new AbortController();
  #watching = new AbortController();
  /** The number that the session is for; unknown after a reload. */
  #to: string | undefined;
  /** When the proof expires. Unix milliseconds. */
  #proofEndsAt = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get state(): State {
    return this.#state;
  }

  /** Continues after the form was moved or the page was reloaded. */
  resume(): void {
    const { client, kept, settings, moved } = this.#ground;
    const { session: own, step, isBusy } = this.#state;
    if (own !== undefined && step === "code") {
      this.#watch(own);
      moved("code");
    } else if (!isBusy && step === "number")
      this.#takeUp(kept().recall(client(), settings().nonce));
    const session = this.#state.session;
    // Its answer may have been lost with the page, and with it a proof.
    if (session?.openCode !== undefined) void this.check(session.openCode);
  }

  #takeUp(session: Session | undefined): void {
    if (session === undefined) return;
    const isOver = session.openCode === undefined && session.waits().expirySeconds === 0;
    if (isOver) this.#ground.kept().forget();
    else this.#enter(session);
  }

  /** Does work that must precede a request, once there is a network. False if the step has ended, or another request runs. */
  async prepare(work: () => Promise<boolean>): Promise<boolean> {
    if (this.#state.isBusy) return false;
    const outcome = await this.#ask("send", async () =>
      (await work()) ? ({ kind: "prepared" } as const) : NO_ANSWER,
    );
    if (outcome?.kind === "problem") this.#refuse(outcome);
    return outcome?.kind === "prepared";
  }

  async start(to: string | undefined, channel?: Channel, challenge?: string): Promise<void> {
    if (this.#state.isBusy || this.#isHeld()) return;
    if (to === undefined) return this.#tell({ key: "numberInvalid", isFault: true });
    if (this.#isUnderWay(to, channel)) return this.#move("code");
    this.#to = to;
    const typedNumber = this.#ground.typedNumber();
    const { language: locale, purpose, platform, nonce } = this.#ground.settings();
    const request = { to, channel, locale, purpose, platform, nonce, challenge };
    const outcome = await this.#ask("send", (signal) =>
      this.#ground.client().start(request, { signal }),
    );
    if (outcome === undefined) return;
    if (outcome.kind === "problem") return this.#refuse(outcome);
    this.#ground.emit({ kind: "started", verification: outcome.session.verification });
    this.#enter(outcome.session, typedNumber);
  }

  async check(code: string): Promise<void> {
    const { session, isBusy } = this.#state;
    if (session === undefined || isBusy) return;
    const { codeLength: count } = session.verification;
    if (code.length !== count) return this.#tell({ key: "codeIncomplete", count, isFault: true });
    const outcome = await this.#ask("check", (signal) => session.check(code, { signal }));
    if (outcome === undefined) return;
    if (outcome.kind === "problem") this.#refuse(outcome);
    else if (outcome.kind === "approved") await this.#approve(outcome.proof, session);
    else await this.#miss(code, outcome);
  }

  /** Shows that a code is wrong, unless the field has a newer one. */
  async #miss(code: string, outcome: Missed): Promise<void> {
    const { result, status, checksRemaining: count } = outcome;
    const isMiss = result === "incorrect" || result === "code-expired";
    if (status !== "pending") return this.#end(isMiss ? endOf(status) : result);
    if (!["", code].includes(this.#ground.typedCode())) return this.#catchUp();
    const key = result === "code-expired" ? "codeTooOld" : "incorrect";
    this.#tell({ key, count, isFault: true });
  }

  /** The suggested channel has no wait: a failed message hands its turn on. */
  async resend(channel: Channel): Promise<void> {
    const { session, isBusy } = this.#state;
    if (session === undefined || isBusy) return;
    const before = session.verification;
    if (channel !== before.nextChannel && session.waits().resendSeconds > 0) return;
    const other = channel === before.channel ? undefined : channel;
    const typed = this.#ground.typedCode();
    const outcome = await this.#ask(channel, (signal) =>
      session.resend({ signal, channel: other }),
    );
    if (outcome === undefined) return;
    if (outcome.kind === "problem") return this.#refuse(outcome);
    const isUntouched = typed === this.#ground.typedCode();
    this.#watch(session);
    const told = resentTold(before, outcome.verification);
    if (told !== undefined) this.#tell(told);
    this.#ground.renewed(isUntouched);
    if (!isUntouched) await this.#catchUp();
  }

  /** Checks the code that was typed during another request. */
  async #catchUp(): Promise<void> {
    const typed = this.#ground.typedCode();
    if (typed.length === this.#state.session?.verification.codeLength) await this.check(typed);
  }

  /** "Wrong number": the sent code becomes invalid. The form does not wait for the answer. */
  change(): void {
    void this.#state.session?.cancel();
    this.#leave();
    this.#set(AT_FIRST);
    void this.#ground.left();
    this.#ground.moved("number");
  }

  /** Another code for the same number is another verification. */
  async retry(): Promise<void> {
    const { channel } = this.#state;
    this.#set(AT_FIRST);
    this.#ground.moved("number");
    if (this.#to !== undefined) await this.start(this.#to, channel);
  }

  /** By the browser's buttons. Nothing is canceled, because the end user may go forward again. */
  turn(step: "number" | "code" | undefined): void {
    const { session, step: from } = this.#state;
    if (step === undefined) return;
    const isFree = from === "number" || from === "code";
    if (from === "ended" && step === "number") this.change();
    else if (isFree && from !== step && session !== undefined) this.#move(step);
  }

  /** The number was changed: removes notices about the old one and aborts its requests. */
  reconsider(): void {
    const { told, sendAt, isBusy, challenge } = this.#state;
    if (told === undefined && sendAt === undefined && challenge === undefined && !isBusy) return;
    this.#turn.abort();
    this.#set({ ...this.#state, ...QUIET, sendAt: undefined, challenge: undefined });
  }

  /** Called every second. */
  tick(): void {
    const { session, step, sendAt, isBusy } = this.#state;
    if (step === "code" && !isBusy && session?.waits().expirySeconds === 0) this.#end("expired");
    else if (step === "approved" && this.#ground.now() >= this.#proofEndsAt)
      this.#end("proof-expired");
    else if (sendAt !== undefined && !this.#isHeld()) this.reconsider();
  }

  /** Called when the network state changes. Shows a notice while an answer is awaited. */
  connect(): void {
    const isOffline = !this.#ground.network.isOnline();
    if (this.#state.isBusy) this.#set({ ...this.#state, isOffline });
  }

  /** Stores the current session for a reload, and no other one. */
  keep(session: Session): void {
    if (session !== this.#state.session) return;
    this.#ground.kept().keep(session, this.#ground.settings().nonce);
  }

  /** The form was removed from the document. Requests continue, because it may be inserted again; the delivery is not read. */
  rest(): void {
    this.#watching.abort();
  }

  #set(state: State): void {
    this.#state = state;
    this.#ground.changed();
  }

  #isHeld(): boolean {
    return (this.#state.sendAt ?? 0) > this.#ground.now();
  }

  /** Whether the same number and channel were requested again after going back: the sent code is still valid. */
  #isUnderWay(to: string, channel: Channel | undefined): boolean {
    const { session } = this.#state;
    if (session === undefined || to !== this.#to) return false;
    const isSameWay = channel === undefined || channel === session.verification.channel;
    return isSameWay && session.waits().expirySeconds > 0;
  }

  /** Sends one request at a time. `undefined` if the end user left the step. */
  async #ask<Outcome extends { readonly kind: string; readonly code?: string }>(
    busyWith: string,
    ask: (signal: AbortSignal) => Promise<Outcome | Aborted>,
  ): Promise<Outcome | Problem | undefined> {
    this.#turn.abort();
    this.#turn = new AbortController();
    this.#set({ ...this.#state, ...QUIET, isBusy: true, busyWith });
    const waiting = {
      slow: () => this.#set({ ...this.#state, isSlow: true }),
      offline: (isOffline: boolean) => this.#set({ ...this.#state, isOffline }),
    };
    const { network } = this.#ground;
    const outcome = await askPatiently(ask, network, waiting, this.#turn.signal).catch((fault) => {
      // Such as an address that no client can be made for: for the developer of the page.
      reportError(fault);
      return { ...NO_ANSWER, code: "internal-error" };
    });
    if (outcome !== undefined) this.#set({ ...this.#state, ...QUIET });
    return outcome;
  }

  #enter(session: Session, typedNumber?: string): void {
    const { channel } = session.verification;
    const told = deliveryTold(session.verification);
    this.#set({ ...AT_FIRST, step: "code", session, channel, told, typedNumber });
    this.keep(session);
    this.#ground.moved("code");
    this.#watch(session);
  }

  /** Reads the delivery of the message until it is final. */
  #watch(session: Session): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    if (!this.#ground.isHere()) return;
    void this.#follow(session, this.#watching.signal);
  }

  async #follow(session: Session, signal: AbortSignal): Promise<void> {
    for await (const verification of session.watch({ signal })) {
      if (signal.aborted) return;
      const told = deliveryTold(verification);
      const isOver = verification.status !== "pending" && !this.#state.isBusy;
      if (isOver) this.#end(endOf(verification.status));
      else if (told?.isFault && this.#state.step === "code") this.#tell(told);
      else this.#ground.changed();
    }
  }

  /** The history changes first: it must not undo an action of the page with the proof, such as a redirect. */
  async #approve(proof: string, session: Session): Promise<void> {
    // The form was removed: when it is inserted again, it repeats the check and gets the same proof.
    if (!this.#ground.isHere()) return this.keep(session);
    const { verification } = session;
    const { typedNumber = verification.to } = this.#state;
    this.#set({ ...this.#state, isBusy: true, busyWith: "check" });
    await this.#ground.left();
    // A router may have put another form in its place: that one asks again.
    if (!this.#ground.isHere()) {
      this.#set({ ...this.#state, ...QUIET });
      return this.#ground.moved("code");
    }
    this.#proofEndsAt = endOfProof(proof, this.#ground.now(), session);
    if (this.#ground.now() >= this.#proofEndsAt) return this.#end("proof-expired");
    this.#leave();
    this.#set({ ...AT_FIRST, step: "approved", typedNumber });
    this.#ground.emit({ kind: "proof", proof, verification });
    if (this.#state.step === "approved") this.#ground.moved("approved");
  }

  #end(end: End): void {
    const { channel } = this.#state;
    this.#leave();
    this.#set({ ...AT_FIRST, step: "ended", end, channel });
    this.#ground.moved("ended");
  }

  #leave(): void {
    this.#turn.abort();
    this.#watching.abort();
    this.#ground.kept().forget();
  }

  #refuse(problem: Problem): void {
    this.#ground.emit({ kind: "problem", problem });
    const { code, verificationStatus } = problem;
    if (verificationStatus !== undefined) this.#end(endOf(verificationStatus));
    else if (code === "verification-not-found") this.#end("expired");
    else this.#explain(problem);
  }

  #explain(problem: Problem): void {
    const { code, challenge } = problem;
    const told = toldOf(problem, this.#ground.now());
    const isHeld = this.#state.step === "number" && HELD.includes(code);
    this.#state = { ...this.#state, challenge, sendAt: isHeld ? told.retryAt : undefined };
    this.#tell({ ...told, isFault: challenge === undefined });
    if (challenge !== undefined) this.#ground.emit({ kind: "challenge", challenge });
  }

  #tell(told: Told): void {
    this.#set({ ...this.#state, told });
    this.#ground.told(told);
  }

  #move(step: "number" | "code"): void {
    this.#set({ ...this.#state, step, told: undefined });
    this.#ground.moved(step);
  }
}

/** Nothing where another channel took over the turn of a failed message, whose code has then ended. */
function resentTold(before: Verification, after: Verification): Told | undefined {
  const isInstead = before.delivery === "undelivered" && before.channel !== after.channel;
  return deliveryTold(after) ?? (isInstead ? undefined : { key: "resent", isFault: false });
}

/** No answer is awaited, and no message shown. */
const QUIET = {
  told: undefined,
  isBusy: false,
  busyWith: undefined,
  isSlow: false,
  isOffline: false,
} as const;

/** The lifetime of a proof that cannot be read. */
const PROOF_MILLISECONDS = 300_000;

/** By the clock of this device: `exp` (RFC 7519 §4.1.4), less how far the clock of the service is before it. */
function endOfProof(proof: string, now: number, session: Session): number {
  try {
    const payload = atob(proof.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? "");
    const { exp }: { readonly exp: number } = JSON.parse(payload);
    const endsAt = exp * 1_000 - session.toJSON().aheadMilliseconds;
    return Number.isNaN(endsAt) ? now + PROOF_MILLISECONDS : endsAt;
  } catch {
    return now + PROOF_MILLISECONDS;
  }
}

/** An approval that this page did not request belongs to another page. */
function endOf(status: Status): End {
  return status === "approved" || status === "pending" ? "used" : status;
}
