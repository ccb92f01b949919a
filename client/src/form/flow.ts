import type { Challenge, Channel, Status, Verification } from "../api.ts";
import type { Client } from "../client.ts";
import type { Aborted, Problem, Session } from "../outcomes.ts";
import { askPatiently, type Network } from "./asking.ts";
import type { Kept } from "./kept.ts";
import type { Settings } from "./settings.ts";
import { AT_FIRST, type State, type Step, type Told } from "./state.ts";
import { deliveryTold, toldOf } from "./words.ts";

/** What the flow of a form stands on. */
export type Ground = {
  readonly client: () => Client;
  readonly settings: () => Settings;
  readonly kept: () => Kept;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly network: Network;
  readonly changed: () => void;
  /** The person is somewhere else: the focus follows. */
  readonly moved: (step: Step) => void;
  /** The person went back by the form's own button. */
  readonly left: () => void;
  readonly told: (told: Told) => void;
  readonly emit: (happening: Happening) => void;
};

export type Happening =
  | { readonly kind: "started"; readonly verification: Verification }
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "proof"; readonly proof: string; readonly verification: Verification }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "challenge"; readonly challenge: Challenge };

type End = NonNullable<State["end"]>;

/** Refusals of this number, or of this person, that a wait ends. */
const HELD = ["too-many-sends", "too-many-requests"];

/** The way of one person through the form: what is asked of the API when, and what follows from each answer. Knows no element. */
export class Flow {
  readonly #ground: Ground;
  #state = AT_FIRST;
  /** Ends what is under way when the person turns to something else. */
  #turn = new AbortController();
  #watching = new AbortController();
  /** The number that the session is for; unknown after a reload. */
  #to: string | undefined;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get state(): State {
    return this.#state;
  }

  /** Takes up what was under way when the page was loaded anew. */
  resume(): void {
    const { client, kept, settings } = this.#ground;
    const session = kept().recall(client(), settings().nonce);
    if (session === undefined) return;
    const isOpen = session.openCode !== undefined;
    if (!isOpen && session.waits().expirySeconds === 0) kept().forget();
    else this.#enter(session);
    // Its answer may have been lost with the page, and with it a proof.
    if (session.openCode !== undefined) void this.check(session.openCode);
  }

  /** Does what has to be there before anything is asked, once there is a network. False where it is not the time for it, or no longer. */
  async prepare(work: () => Promise<void>): Promise<boolean> {
    if (this.#state.isBusy) return false;
    const prepared = await this.#ask(async () => {
      await work();
      return { kind: "prepared" };
    });
    return prepared !== undefined;
  }

  async start(to: string | undefined, channel?: Channel, challenge?: string): Promise<void> {
    if (this.#state.isBusy || this.#isHeld()) return;
    if (to === undefined) return this.#tell({ key: "numberInvalid", isFault: true });
    if (this.#isUnderWay(to, channel)) return this.#move("code");
    this.#to = to;
    const { language: locale, purpose, platform, nonce } = this.#ground.settings();
    const request = { to, channel, locale, purpose, platform, nonce, challenge };
    const outcome = await this.#ask((signal) => this.#ground.client().start(request, { signal }));
    if (outcome === undefined) return;
    if (outcome.kind === "problem") return this.#refuse(outcome);
    this.#ground.emit({ kind: "started", verification: outcome.session.verification });
    this.#enter(outcome.session);
  }

  async check(code: string): Promise<void> {
    const { session, isBusy } = this.#state;
    if (session === undefined || isBusy) return;
    const { codeLength: count } = session.verification;
    if (code.length !== count) return this.#tell({ key: "codeIncomplete", count, isFault: true });
    const outcome = await this.#ask((signal) => session.check(code, { signal }));
    if (outcome === undefined) return;
    if (outcome.kind === "problem") return this.#refuse(outcome);
    if (outcome.kind === "approved") return this.#approve(outcome.proof, session.verification);
    const { result, status, checksRemaining } = outcome;
    if (result !== "incorrect" && result !== "code-expired") return this.#end(result);
    if (status !== "pending") return this.#end(endOf(status));
    const key = result === "incorrect" ? "incorrect" : "codeTooOld";
    this.#tell({ key, count: checksRemaining, isFault: true });
  }

  async resend(channel: Channel): Promise<void> {
    const { session, isBusy } = this.#state;
    if (session === undefined || isBusy || session.waits().resendSeconds > 0) return;
    const other = channel === session.verification.channel ? undefined : channel;
    const outcome = await this.#ask((signal) => session.resend({ signal, channel: other }));
    if (outcome === undefined) return;
    if (outcome.kind === "problem") return this.#refuse(outcome);
    this.#watch(session);
    this.#tell(deliveryTold(outcome.verification) ?? { key: "resent", isFault: false });
  }

  /** "Wrong number": what was sent is worth nothing any more. The answer is not waited for. */
  change(): void {
    void this.#state.session?.cancel();
    this.#leave();
    this.#set(AT_FIRST);
    this.#ground.left();
    this.#ground.moved("number");
  }

  /** Another code for the same number is another verification. */
  async retry(): Promise<void> {
    const { channel } = this.#state;
    this.#set({ ...AT_FIRST, channel });
    this.#ground.moved("number");
    if (this.#to !== undefined) await this.start(this.#to, channel);
  }

  /** By the browser's own buttons. Nothing is canceled: the person may come forward again. */
  turn(step: "number" | "code"): void {
    const { session, step: from } = this.#state;
    const isFree = from === "number" || from === "code";
    if (from === "ended" && step === "number") this.change();
    else if (isFree && from !== step && session !== undefined) this.#move(step);
  }

  /** The number is another one now: what was said of the last one no longer holds, and what was asked is no longer wanted. */
  reconsider(): void {
    const { told, sendAt, isBusy, challenge } = this.#state;
    if (told === undefined && sendAt === undefined && challenge === undefined && !isBusy) return;
    this.#turn.abort();
    this.#set({ ...this.#state, ...QUIET, sendAt: undefined, challenge: undefined });
  }

  /** Time has passed. */
  tick(): void {
    const { session, step, sendAt, isBusy } = this.#state;
    if (step === "code" && !isBusy && session?.waits().expirySeconds === 0) this.#end("expired");
    else if (sendAt !== undefined && !this.#isHeld()) this.reconsider();
  }

  /** The network has gone or come back: whoever waits for an answer is told. */
  connect(): void {
    const isOffline = !this.#ground.network.isOnline();
    if (this.#state.isBusy) this.#set({ ...this.#state, isOffline });
  }

  /** Keeps the session under way for a reload; what becomes of one that was left interests nobody. */
  keep(session: Session): void {
    if (session !== this.#state.session) return;
    this.#ground.kept().keep(session, this.#ground.settings().nonce);
  }

  stop(): void {
    this.#turn.abort();
    this.#watching.abort();
  }

  #set(state: State): void {
    this.#state = state;
    this.#ground.changed();
  }

  #isHeld(): boolean {
    return (this.#state.sendAt ?? 0) > this.#ground.now();
  }

  /** The person came back from the code and asks for the same again: the code that was sent still works. */
  #isUnderWay(to: string, channel: Channel | undefined): boolean {
    const { session } = this.#state;
    if (session === undefined || to !== this.#to) return false;
    const isSameWay = channel === undefined || channel === session.verification.channel;
    return isSameWay && session.waits().expirySeconds > 0;
  }

  /** One request at a time. `undefined` where the person has turned to something else. */
  async #ask<Outcome extends { readonly kind: string; readonly code?: string }>(
    ask: (signal: AbortSignal) => Promise<Outcome | Aborted>,
  ): Promise<Outcome | undefined> {
    this.#turn.abort();
    this.#turn = new AbortController();
    this.#set({ ...this.#state, ...QUIET, isBusy: true });
    const waiting = {
      slow: () => this.#set({ ...this.#state, isSlow: true }),
      offline: (isOffline: boolean) => this.#set({ ...this.#state, isOffline }),
    };
    const outcome = await askPatiently(ask, this.#ground.network, waiting, this.#turn.signal);
    if (outcome !== undefined) this.#set({ ...this.#state, ...QUIET });
    return outcome;
  }

  #enter(session: Session): void {
    const { channel } = session.verification;
    const told = deliveryTold(session.verification);
    this.#set({ ...AT_FIRST, step: "code", session, channel, told });
    this.keep(session);
    this.#ground.moved("code");
    this.#watch(session);
  }

  /** Follows the message on its way, for as long as its fate is unknown. */
  #watch(session: Session): void {
    this.#watching.abort();
    this.#watching = new AbortController();
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

  #approve(proof: string, verification: Verification): void {
    this.#leave();
    this.#set({ ...AT_FIRST, step: "approved" });
    this.#ground.emit({ kind: "proof", proof, verification });
    this.#ground.moved("approved");
  }

  #end(end: End): void {
    const { channel } = this.#state;
    this.#leave();
    this.#set({ ...AT_FIRST, step: "ended", end, channel });
    this.#ground.moved("ended");
  }

  #leave(): void {
    this.stop();
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

/** Nothing is awaited, and nothing told. */
const QUIET = { told: undefined, isBusy: false, isSlow: false, isOffline: false } as const;

/** An approval that is news to this page was given to another one. */
function endOf(status: Status): End {
  return status === "approved" || status === "pending" ? "used" : status;
}
