/** The steps of the form after the number. They are loaded separately, while the number is typed. */

import { entryOf } from "../entry-of.ts";
import type { Session } from "../outcomes.ts";
import { receiveCode } from "../web-otp.ts";
import { type CodeEntry, createCodeEntry } from "./code-entry.ts";
import { write } from "./elements.ts";
import type { Flow } from "./flow.ts";
import type { Scene } from "./paint.ts";
import { paintAfter } from "./paint-after.ts";
import type { Step } from "./state.ts";
import type { TextKey } from "./texts.ts";
import type { View } from "./view.ts";
import { type AfterView, createAfterView } from "./view-after.ts";
import { filled, WRONG } from "./words.ts";
import { SENT } from "./words-after.ts";

export { css } from "./after.css";

/** A screen reader announces the clock from this time on. */
const HURRY_SECONDS = 60;

const NO_WAITS = { resendSeconds: 0, expirySeconds: 0 };

export class AfterNumber {
  readonly #view: AfterView = createAfterView();
  readonly #status: HTMLElement;
  readonly #flow: Flow;
  readonly #scene: () => Scene;
  readonly #code: CodeEntry;
  #receiving = new AbortController();
  /** The session whose code the field is for. */
  #session: Session | undefined;
  #waits = NO_WAITS;

  constructor({ status }: View, flow: Flow, scene: () => Scene) {
    this.#status = status;
    this.#flow = flow;
    this.#scene = scene;
    this.#code = createCodeEntry(
      this.#view,
      () => this.#codeLength(),
      () => void this.#check(),
    );
    const { code, ended, approved } = this.#view;
    status.before(code.section, ended.section, approved.section);
    this.#listen();
  }

  get typedCode(): string {
    return this.#code.read();
  }

  paint(scene: Scene): void {
    paintAfter(this.#view, scene);
  }

  /** The element that gets the focus at a step. */
  place(step: Step): HTMLElement | undefined {
    const { code, ended, approved } = this.#view;
    const places = { code: code.field, ended: ended.heading, approved: approved.heading };
    return step === "number" ? undefined : places[step];
  }

  /** Announces the current step. */
  enter(step: Step): void {
    this.rest();
    write(this.#status, "");
    if (step === "code") {
      this.#awaitCode();
      write(this.#status, this.#whereSent());
    }
  }

  /** Another code was sent. The text in the field belongs to the code before, unless it was typed since the request. */
  renew(isUntouched: boolean): void {
    if (isUntouched) this.#code.clear();
    this.#view.code.field.focus();
    this.#awaitCode();
    write(this.#status, this.#whereSent());
  }

  fill(code: string): void {
    this.#code.fill(code);
  }

  tell(key: TextKey): void {
    if (WRONG.includes(key)) this.#code.select();
  }

  /** Ends the wait for a message. */
  rest(): void {
    this.#receiving.abort();
  }

  remember(isThere: boolean): void {
    this.#view.code.field.autocomplete = isThere ? "one-time-code" : "off";
  }

  tick(): void {
    const { step, session } = this.#flow.state;
    if (step !== "code" || session === undefined) return;
    const { resendSeconds, expirySeconds } = session.waits();
    const { lastMinute, canResend } = this.#scene().texts;
    const before = this.#waits;
    this.#waits = { resendSeconds, expirySeconds };
    if (before.resendSeconds > 0 && resendSeconds === 0) write(this.#status, canResend);
    if (before.expirySeconds > HURRY_SECONDS && expirySeconds <= HURRY_SECONDS)
      write(this.#status, lastMinute);
  }

  #listen(): void {
    const { code, ended } = this.#view;
    const { more, same, choices } = code.again;
    code.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#check(code.check.button.hasAttribute("data-dead"));
    });
    code.change.addEventListener("click", () => this.#flow.change());
    for (const { button } of [same, ...choices])
      button.addEventListener("click", () => this.#again(button.dataset["channel"]));
    more.addEventListener("click", () => {
      more.toggleAttribute("data-open");
      this.paint(this.#scene());
    });
    ended.retry.button.addEventListener("click", () => void this.#flow.retry());
    ended.change.addEventListener("click", () => this.#flow.change());
  }

  #codeLength(): number {
    return this.#flow.state.session?.verification.codeLength ?? 0;
  }

  /** After a final failure the button leads to another number, unless a code was typed. */
  async #check(isDead = false): Promise<void> {
    const code = this.#code.read();
    if (isDead && code.length < this.#codeLength()) this.#flow.change();
    else await this.#flow.check(code);
  }

  #again(name: string | undefined): void {
    const known = this.#flow.state.session?.verification;
    const channel = [known?.channel, ...(known?.channels ?? [])].find((each) => each === name);
    if (channel !== undefined) this.#code.renew(this.#flow.resend(channel));
  }

  /** The step in words, for screen readers, which read only the focused field. */
  #whereSent(): string {
    const { texts, state } = this.#scene();
    const { to = "", channel = "sms" } = state.session?.verification ?? {};
    const sentence = filled(texts[entryOf(SENT, channel) ?? SENT.sms], {
      number: state.typedNumber ?? to,
    });
    return `${texts.codeTitle}. ${sentence}`;
  }

  /** Reads the code from the message, where the browser supports that. */
  #awaitCode(): void {
    const { session } = this.#flow.state;
    if (session !== this.#session) this.#code.clear();
    this.#session = session;
    this.#waits = session?.waits() ?? NO_WAITS;
    this.rest();
    this.#receiving = new AbortController();
    if (session?.verification.channel !== "sms") return;
    void receiveCode(this.#receiving.signal).then((code) => {
      if (code !== undefined) this.#code.fill(code);
    });
  }
}
