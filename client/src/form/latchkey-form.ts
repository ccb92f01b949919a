import type { Challenge, Verification } from "../api.ts";
import { type Client, createClient } from "../client.ts";
import type { Problem, Session } from "../outcomes.ts";
import { receiveCode } from "../web-otp.ts";
import { BROWSER_NETWORK } from "./asking.ts";
import { ATTRIBUTES } from "./attributes.ts";
import { enterCode, isAtCode, leaveCode } from "./back-button.ts";
import { type CodeEntry, createCodeEntry } from "./code-entry.ts";
import { write } from "./elements.ts";
import { Flow, type Happening } from "./flow.ts";
import { createKept } from "./kept.ts";
import { directionOf, nearestLocale, textsOf } from "./language.ts";
import { NumberEntry } from "./number-entry.ts";
import { paint } from "./paint.ts";
import { type Settings, settingsOf } from "./settings.ts";
import type { Step, Told } from "./state.ts";
import { formSheet } from "./style.ts";
import { ENGLISH, type Texts } from "./texts.ts";
import { createView, type View } from "./view.ts";
import { filled, SENT, WRONG } from "./words.ts";

/** When a person who cannot see the clock is told of it. */
const HURRY_SECONDS = 60;

const NO_WAITS = { resendSeconds: 0, expirySeconds: 0 };

/** What the events of the form carry. All of them bubble, and cross shadow trees. */
export type LatchkeyFormEvents = {
  /** A code is on its way. */
  readonly "latchkey-started": CustomEvent<{ readonly verification: Verification }>;
  /** The number is proven: give this to your back end. */
  readonly "latchkey-proof": CustomEvent<{
    readonly proof: string;
    readonly verification: Verification;
  }>;
  /** The person is at another step: `number`, `code`, `ended` or `approved`. */
  readonly "latchkey-step": CustomEvent<{ readonly step: Step }>;
  /** The form has told the person already. */
  readonly "latchkey-problem": CustomEvent<{ readonly problem: Problem }>;
  /** Show this widget in the slot `challenge`, and give its token to `answerChallenge`. */
  readonly "latchkey-challenge": CustomEvent<{ readonly challenge: Challenge }>;
};

/** Where there is no document, on a server that renders pages, the class is only a name. */
const Element = globalThis.HTMLElement ?? class {};

/**
 * `<latchkey-form>`: proves that somebody reads the messages of a phone number. Sits in a form of the page too, where it sends the proof under
 * its `name`.
 */
export class LatchkeyForm extends Element {
  static readonly formAssociated = true;
  static readonly observedAttributes = ATTRIBUTES;

  readonly #internals = this.attachInternals();
  readonly #view: View = createView();
  readonly #flow: Flow;
  readonly #number: NumberEntry;
  readonly #code: CodeEntry;
  #settings: Settings = settingsOf(this);
  #client: Client | undefined;
  #own: Partial<Texts> = {};
  #loaded: Texts = ENGLISH;
  #locale = "en-GB";
  /** Ends what the element has going while it is in a document. */
  #stay = new AbortController();
  #receiving = new AbortController();
  /** Whose code the field is for. */
  #session: Session | undefined;
  #waits = NO_WAITS;

  constructor() {
    super();
    this.#flow = new Flow({
      client: () => this.#clientOf(),
      // The nonce is a property too, and no callback tells of those.
      settings: () => settingsOf(this),
      kept: () => createKept(`latchkey ${this.#settings.baseUrl} ${this.#settings.purpose}`),
      now: Date.now,
      network: BROWSER_NETWORK,
      changed: () => this.#paint(),
      moved: (step) => this.#moved(step),
      left: () => {
        if (this.#settings.keepsHistory) leaveCode();
      },
      told: (told) => this.#tell(told),
      emit: (happening) => this.#emit(happening),
    });
    this.#number = new NumberEntry(this.#view);
    this.#code = createCodeEntry(
      this.#view,
      () => this.#codeLength(),
      () => void this.#check(),
    );
    const shadow = this.attachShadow({ mode: "open", delegatesFocus: true });
    shadow.adoptedStyleSheets = [formSheet()];
    shadow.append(this.#view.root);
    this.#listen();
  }

  /** Words of the page's own, in place of those of the form. */
  get texts(): Partial<Texts> {
    return this.#own;
  }

  set texts(texts: Partial<Texts>) {
    this.#own = texts;
    this.#paint();
  }

  /** What stands in the field of the number, as it was typed. */
  get number(): string {
    return this.#number.text;
  }

  set number(typed: string) {
    this.#number.text = typed;
    this.#flow.reconsider();
  }

  /** The token of the widget that `latchkey-challenge` asked for: the start is asked again with it. */
  answerChallenge(token: string): void {
    void this.#start(token);
  }

  /** Puts a code in that an app around the page has read, as autofill does. */
  fillCode(code: string): void {
    this.#code.fill(code);
  }

  /** Forgets what is under way, and asks for a number. */
  reset(): void {
    this.#internals.setFormValue(null);
    this.#flow.change();
  }

  connectedCallback(): void {
    this.#stay = new AbortController();
    const { signal } = this.#stay;
    const ticking = setInterval(() => this.#tick(), 1_000);
    signal.addEventListener("abort", () => clearInterval(ticking));
    addEventListener("popstate", () => this.#flow.turn(isAtCode() ? "code" : "number"), { signal });
    for (const change of ["online", "offline"])
      addEventListener(change, () => this.#flow.connect(), { signal });
    this.#read();
    this.#flow.resume();
  }

  disconnectedCallback(): void {
    this.#stay.abort();
    this.#receiving.abort();
    this.#flow.stop();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#read();
  }

  #listen(): void {
    const { number, code, ended } = this.#view;
    onSubmit(number.form, () => this.#start());
    onSubmit(code.form, () => this.#check());
    number.field.addEventListener("input", () => this.#flow.reconsider());
    number.country.addEventListener("change", () => this.#flow.reconsider());
    code.change.addEventListener("click", () => this.#flow.change());
    code.ways.addEventListener("click", ({ target }) => this.#again(target));
    ended.retry.button.addEventListener("click", () => void this.#flow.retry());
    ended.change.addEventListener("click", () => this.#flow.change());
  }

  /** Reads the attributes; the texts of another language follow when they have come. */
  #read(): void {
    const before = this.#settings;
    this.#settings = settingsOf(this);
    if (before.baseUrl !== this.#settings.baseUrl) this.#client = undefined;
    const locale = nearestLocale(this.#settings.language);
    this.#offer();
    this.#paint();
    if (locale !== this.#locale) void this.#speak(locale);
  }

  async #speak(locale: string): Promise<void> {
    this.#locale = locale;
    const texts = await textsOf(locale);
    // Meanwhile it may be another one that is wanted.
    if (locale !== this.#locale) return;
    this.#loaded = texts;
    this.#offer();
    this.#paint();
  }

  #offer(): void {
    const { countries, country } = this.#settings;
    this.#number.offer(countries, country, this.#locale);
  }

  #texts(): Texts {
    return { ...this.#loaded, ...this.#own };
  }

  #clientOf(): Client {
    const { baseUrl } = this.#settings;
    this.#client ??= createClient({ baseUrl, onChange: (session) => this.#flow.keep(session) });
    return this.#client;
  }

  #codeLength(): number {
    return this.#flow.state.session?.verification.codeLength ?? 0;
  }

  #paint(): void {
    const { root } = this.#view;
    root.lang = this.#locale;
    root.dir = directionOf(this.#locale);
    paint(this.#view, {
      state: this.#flow.state,
      settings: this.#settings,
      texts: this.#texts(),
      locale: this.#locale,
      now: Date.now(),
    });
  }

  async #start(challenge?: string): Promise<void> {
    const { ways } = this.#view.number;
    const chosen = ways.querySelector<HTMLInputElement>(":checked")?.value;
    const channel =
      this.#settings.channels.find((name) => name === chosen) ?? this.#settings.channels[0];
    const load = () => this.#number.load();
    if (!this.#number.isReady && !(await this.#flow.prepare(load))) return;
    await this.#flow.start(this.#number.read(), channel, challenge);
  }

  async #check(): Promise<void> {
    await this.#flow.check(this.#code.read());
  }

  #again(target: EventTarget | null): void {
    const name = target instanceof HTMLElement ? target.dataset["channel"] : undefined;
    const known = this.#flow.state.session?.verification;
    const channel = [known?.channel, ...(known?.channels ?? [])].find((each) => each === name);
    if (channel !== undefined) void this.#flow.resend(channel);
  }

  #tick(): void {
    this.#flow.tick();
    this.#paint();
    const { step, session } = this.#flow.state;
    if (step !== "code" || session === undefined) return;
    const { resendSeconds, expirySeconds } = session.waits();
    const { lastMinute, canResend } = this.#texts();
    const before = this.#waits;
    this.#waits = { resendSeconds, expirySeconds };
    if (before.resendSeconds > 0 && resendSeconds === 0) write(this.#view.status, canResend);
    if (before.expirySeconds > HURRY_SECONDS && expirySeconds <= HURRY_SECONDS)
      write(this.#view.status, lastMinute);
  }

  /** The focus goes where the person goes on. */
  #moved(step: Step): void {
    const { number, code, ended, approved, status } = this.#view;
    this.#receiving.abort();
    write(status, "");
    if (step === "code") {
      if (this.#settings.keepsHistory) enterCode();
      this.#awaitCode();
      write(status, this.#whereSent());
    }
    if (step === "approved") write(approved.number, this.#number.text);
    const { field } = number;
    const places = {
      number: field,
      code: code.field,
      ended: ended.heading,
      approved: approved.heading,
    };
    places[step].focus();
    this.#emit({ kind: "step", step });
  }

  /** The step in words, for who hears only the field that the focus is in. */
  #whereSent(): string {
    const { codeTitle, ...texts } = this.#texts();
    const { to = "", channel = "sms" } = this.#flow.state.session?.verification ?? {};
    return `${codeTitle}. ${filled(texts[SENT[channel]], { number: to })}`;
  }

  /** Takes the code out of the message itself, where the browser does that. */
  #awaitCode(): void {
    const { session } = this.#flow.state;
    if (session !== this.#session) this.#code.clear();
    this.#session = session;
    this.#waits = session?.waits() ?? NO_WAITS;
    this.#receiving = new AbortController();
    if (session?.verification.channel !== "sms") return;
    void receiveCode(this.#receiving.signal).then((code) => {
      if (code !== undefined) this.#code.fill(code);
    });
  }

  /** What is wrong with a field brings the person back to it. What else is told is said aloud, and takes no focus. */
  #tell({ key, isFault }: Told): void {
    if (this.#flow.state.step === "number" && isFault) this.#view.number.field.focus();
    if (this.#flow.state.step === "code" && WRONG.includes(key)) this.#code.select();
  }

  #emit(happening: Happening): void {
    const { kind, ...detail } = happening;
    if (happening.kind === "proof") this.#internals.setFormValue(happening.proof);
    this.dispatchEvent(
      new CustomEvent(`latchkey-${kind}`, { detail, bubbles: true, composed: true }),
    );
  }
}

function onSubmit(form: HTMLFormElement, work: () => Promise<void>): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void work();
  });
}
