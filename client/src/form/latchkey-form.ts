import type { Challenge, Verification } from "../api.ts";
import { type Client, createClient } from "../client.ts";
import type { Problem, Session } from "../outcomes.ts";
import type { AfterNumber } from "./after-number.ts";
import { BROWSER_NETWORK, hintingFetch } from "./asking.ts";
import { ATTRIBUTES } from "./attributes.ts";
import { enterCode, leaveCode, turnedTo } from "./back-button.ts";
import { Flow, type Happening } from "./flow.ts";
import { css } from "./form.css";
import { createKept } from "./kept.ts";
import { directionOf, nearestLocale } from "./language.ts";
import { NumberEntry } from "./number-entry.ts";
import { paint, type Scene } from "./paint.ts";
import { type Settings, settingsOf } from "./settings.ts";
import type { Step, Told } from "./state.ts";
import { dress } from "./style.ts";
import { ENGLISH, type Texts } from "./texts.ts";
import { textsOf } from "./translate.ts";
import { createView, type View } from "./view.ts";

/** The forms in this page. They share a client for each deployment, and a new form continues the session of a removed one. */
const FORMS = new Set<LatchkeyForm>();

function freePlace(taken: readonly (number | undefined)[]): number {
  let place = 0;
  while (taken.includes(place)) place += 1;
  return place;
}
const CLIENTS = new Map<string, Client>();

/** The events of the form. All of them bubble and cross shadow trees. */
export type LatchkeyFormEvents = {
  /** A code was sent. */
  readonly "latchkey-started": CustomEvent<{ readonly verification: Verification }>;
  /** The number is proven: give this to your back end. */
  readonly "latchkey-proof": CustomEvent<{
    readonly proof: string;
    readonly verification: Verification;
  }>;
  /** The step has changed: `number`, `code`, `ended` or `approved`. */
  readonly "latchkey-step": CustomEvent<{ readonly step: Step }>;
  /** The form has shown it to the person already. */
  readonly "latchkey-problem": CustomEvent<{ readonly problem: Problem }>;
  /** Show this widget in the slot `challenge`, and give its token to `answerChallenge`. */
  readonly "latchkey-challenge": CustomEvent<{ readonly challenge: Challenge }>;
};

/** Where there is no document, on a server that renders pages, the class is only a name. */
const Element = globalThis.HTMLElement ?? class {};

/**
 * `<latchkey-form>`: proves that a person reads the messages of a phone number. Sits in a form of the page too, where it sends the proof under
 * its `name`.
 */
export class LatchkeyForm extends Element {
  static readonly formAssociated = true;
  static readonly observedAttributes = ATTRIBUTES;

  readonly #internals = this.attachInternals();
  readonly #view: View = createView();
  readonly #flow: Flow;
  readonly #number: NumberEntry;
  /** The steps after the number: a separate file, loaded once the form is shown. */
  #after: AfterNumber | undefined;
  #settings: Settings = settingsOf(this);
  #styles = [css];
  #proof = "";
  #isDisabled = false;
  /** The fault that the page has set. */
  #fault = "";
  #own: Partial<Texts> = {};
  #loaded: Texts = ENGLISH;
  #locale = "en-GB";
  /** Ends the listeners and timers of the element when it leaves the document. */
  #stay = new AbortController();
  #isStaying = false;
  /** The lowest number that no other form of the page has: two forms of one purpose store their sessions separately. */
  #place: number | undefined;

  constructor() {
    super();
    this.#number = new NumberEntry(this.#view);
    this.#flow = new Flow({
      client: () => LatchkeyForm.#clientOf(this.#settings.baseUrl),
      // The nonce is a property too, and properties have no callback.
      settings: () => settingsOf(this),
      kept: () =>
        createKept(`latchkey ${this.#settings.baseUrl} ${this.#settings.purpose} ${this.#place}`),
      now: Date.now,
      network: {
        ...BROWSER_NETWORK,
        // A form that is in no document waits for no network.
        isOnline: () => BROWSER_NETWORK.isOnline() || !this.isConnected,
      },
      changed: () => this.#paint(),
      moved: (step) => this.#moved(step),
      left: async () => {
        if (this.#settings.keepsHistory && this.isConnected) await leaveCode();
      },
      renewed: (isUntouched) => this.#after?.renew(isUntouched),
      typedCode: () => this.#after?.typedCode ?? "",
      typedNumber: () => this.#number.text,
      isHere: () => this.isConnected,
      told: (told) => this.#tell(told),
      emit: (happening) => this.#emit(happening),
    });
    this.attachShadow({ mode: "open", delegatesFocus: true }).append(this.#view.root);
    this.adoptedCallback();
    this.#listen();
    // A value that a page has set before the element was defined hides the property.
    for (const name of ["texts", "number", "name", "disabled", "required"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  /** Texts of the page, in place of those of the form. */
  get texts(): Partial<Texts> {
    return this.#own;
  }

  set texts(texts: Partial<Texts>) {
    this.#own = texts;
    this.#paint();
  }

  /** The text in the field of the number, as it was typed. */
  get number(): string {
    return this.#number.text;
  }

  set number(typed: string) {
    this.#number.text = typed;
    this.#flow.reconsider();
  }

  /** The token of the widget that `latchkey-challenge` asked for: the start is repeated with it. */
  answerChallenge(token: string): void {
    if (!this.#isDisabled) void this.#start(token);
  }

  /** Fills in a code that an app around the page has read. */
  fillCode(code: string): void {
    if (!this.#isDisabled) this.#after?.fill(code);
  }

  /** Ends the current session, clears the fields and asks for a number. */
  reset(): void {
    this.#number.text = "";
    this.#flow.change();
  }

  /** As any control of a form has them. HTML standard, "form-associated custom elements". */
  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get labels(): NodeList {
    return this.#internals.labels;
  }

  get type(): string {
    return this.localName;
  }

  get name(): string {
    return this.getAttribute("name") ?? "";
  }

  set name(name: string) {
    this.setAttribute("name", name);
  }

  /** The proof, once there is one. */
  get value(): string {
    return this.#proof;
  }

  get disabled(): boolean {
    return this.hasAttribute("disabled");
  }

  set disabled(isDisabled: boolean) {
    // Plain JavaScript may assign `undefined`, with which the attribute would toggle.
    this.toggleAttribute("disabled", Boolean(isDisabled));
  }

  get required(): boolean {
    return this.hasAttribute("required");
  }

  set required(isRequired: boolean) {
    this.toggleAttribute("required", Boolean(isRequired));
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  get validity(): ValidityState {
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  /** Focuses the field of the step; `delegatesFocus` would focus the first element. */
  override focus(options?: FocusOptions): void {
    this.#goOn().focus(options);
  }

  setCustomValidity(fault: string): void {
    this.#fault = fault;
    this.#validate();
  }

  formDisabledCallback(isDisabled: boolean): void {
    this.#isDisabled = isDisabled;
    this.#paint();
  }

  formResetCallback(): void {
    this.reset();
  }

  /** Drops the old proof that a browser restores after going back. */
  formStateRestoreCallback(): void {
    this.#give(this.#proof);
  }

  connectedCallback(): void {
    this.#place ??= freePlace(
      [...FORMS].map((form) => (form.isConnected ? form.#place : undefined)),
    );
    FORMS.add(this);
    // Moved within the document.
    if (!this.#stay.signal.aborted && this.#isStaying) return;
    this.#isStaying = true;
    this.#stay = new AbortController();
    const { signal } = this.#stay;
    const ticking = setInterval(() => this.#tick(), 1_000);
    signal.addEventListener("abort", () => clearInterval(ticking));
    addEventListener("popstate", () => this.#flow.turn(turnedTo()), { signal });
    for (const change of ["online", "offline"])
      addEventListener(change, () => this.#flow.connect(), { signal });
    addEventListener("pagehide", () => this.#remember(false), { signal });
    addEventListener("pageshow", (event) => this.#return(event), { signal });
    this.#read();
    // Browsers look for it before the element is defined.
    if (this.autofocus && this.#mayFocus()) this.focus();
    void this.#load().then(() => {
      if (this.isConnected) this.#flow.resume();
    });
  }

  /** Sheets stay behind where the element goes to another document, such as that of a frame or a floating window. */
  adoptedCallback(): void {
    dress(this.shadowRoot, this.#styles);
  }

  /** A moved element is removed and inserted at once. One that is still out in the next task was removed, and may be inserted later. */
  disconnectedCallback(): void {
    setTimeout(() => {
      if (this.isConnected) return;
      FORMS.delete(this);
      this.#isStaying = false;
      this.#stay.abort();
      this.#after?.rest();
      this.#flow.rest();
      if (this.#settings.keepsHistory) void leaveCode();
    });
  }

  /** Browsers restore fields of a history entry: these only while the step is shown. */
  #remember(isThere: boolean): void {
    this.#view.number.field.autocomplete = isThere ? "tel" : "off";
    this.#after?.remember(isThere);
  }

  /** The page was restored from the browser's cache, perhaps after hours or after a sign-in. */
  #return({ persisted }: PageTransitionEvent): void {
    this.#remember(true);
    if (!persisted) return;
    if (this.#flow.state.step === "approved") this.reset();
    else this.#tick();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#read();
  }

  #listen(): void {
    const { form, field, country } = this.#view.number;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    field.addEventListener("input", () => this.#flow.reconsider());
    country.addEventListener("change", () => this.#flow.reconsider());
  }

  /** Loads the steps after the number; a failed load is repeated. Returns whether they are loaded. */
  async #load(): Promise<boolean> {
    const part = await import("./after-number.ts").catch(() => undefined);
    if (part === undefined) return this.#after !== undefined;
    this.#after ??= new part.AfterNumber(this.#view, this.#flow, () => this.#scene());
    this.#styles = [css, part.css];
    this.adoptedCallback();
    this.#paint();
    return true;
  }

  /** Reads the attributes; the texts of another language are loaded. */
  #read(): void {
    this.#settings = settingsOf(this);
    const locale = nearestLocale(this.#settings.language);
    this.#offer();
    this.#paint();
    if (locale !== this.#locale) void this.#speak(locale);
  }

  async #speak(locale: string): Promise<void> {
    this.#locale = locale;
    const texts = await textsOf(locale);
    // The language may have changed since the request.
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
    const own = Object.entries(this.#own ?? {}).filter(([, text]) => typeof text === "string");
    return { ...this.#loaded, ...Object.fromEntries(own) };
  }

  /** One client for all forms of a page, so that a new form repeats the start of a removed one under its key. */
  static #clientOf(baseUrl: string): Client {
    const known = CLIENTS.get(baseUrl);
    if (known !== undefined) return known;
    const onChange = (session: Session): void => {
      for (const form of FORMS) form.#flow.keep(session);
    };
    const client = createClient({ baseUrl, onChange, fetch: hintingFetch });
    CLIENTS.set(baseUrl, client);
    return client;
  }

  /** The value of the element in the form around it. A browser never restores it. */
  #give(proof: string): void {
    this.#proof = proof;
    this.#internals.setFormValue(proof || null, "");
    this.#validate();
  }

  #validate(): void {
    this.#internals.setValidity(
      { valueMissing: this.required && this.#proof === "", customError: this.#fault !== "" },
      this.#fault || this.#texts().numberTitle,
      this.#goOn(),
    );
  }

  #goOn(): HTMLElement {
    return this.#after?.place(this.#flow.state.step) ?? this.#view.number.field;
  }

  #scene(): Scene {
    return {
      state: this.#flow.state,
      settings: this.#settings,
      texts: this.#texts(),
      locale: this.#locale,
      now: Date.now(),
    };
  }

  #paint(): void {
    const { root } = this.#view;
    const scene = this.#scene();
    root.lang = this.#locale;
    root.dir = directionOf(this.#locale);
    paint(this.#view, scene);
    this.#after?.paint(scene);
    for (const control of root.querySelectorAll<HTMLInputElement>("input,select,button"))
      control.disabled = this.#isDisabled;
    this.#validate();
  }

  async #start(challenge?: string): Promise<void> {
    const { ways } = this.#view.number;
    const chosen = ways.querySelector<HTMLInputElement>(":checked")?.value;
    const channel =
      this.#settings.channels.find((name) => name === chosen) ?? this.#settings.channels[0];
    const load = async () => {
      const [isThere] = await Promise.all([this.#load(), this.#number.load()]);
      return isThere;
    };
    const isReady = this.#number.isReady && this.#after !== undefined;
    if (!isReady && !(await this.#flow.prepare(load))) return;
    await this.#flow.start(this.#number.read(), channel, challenge);
  }

  #tick(): void {
    this.#flow.tick();
    this.#paint();
    this.#after?.tick();
  }

  /** Moves the focus to the next action. */
  #moved(step: Step): void {
    if (step !== "approved") this.#give("");
    if (!this.isConnected) {
      this.#after?.rest();
      for (const form of FORMS) if (form.isConnected) form.#flow.resume();
      return;
    }
    // A code that is checked anew is left again at once.
    const isOpen = this.#flow.state.session?.openCode === undefined;
    if (step === "code" && isOpen && this.#settings.keepsHistory) enterCode();
    this.#after?.enter(step);
    if (this.#mayFocus()) this.focus();
    this.#emit({ kind: "step", step });
  }

  /** False if another field of the page has the focus. */
  #mayFocus(): boolean {
    const { activeElement } = document;
    const isNowhere = activeElement === null || activeElement === document.body;
    return isNowhere || this.matches(":focus-within");
  }

  /** A problem of a field moves the focus to the field. Any other problem is announced, and moves no focus. */
  #tell({ key, isFault }: Told): void {
    if (!this.#mayFocus()) return;
    if (this.#flow.state.step === "number" && isFault) this.#view.number.field.focus();
    if (this.#flow.state.step === "code") this.#after?.tell(key);
  }

  #emit(happening: Happening): void {
    const { kind, ...detail } = happening;
    if (happening.kind === "proof") this.#give(happening.proof);
    this.dispatchEvent(
      new CustomEvent(`latchkey-${kind}`, { detail, bubbles: true, composed: true }),
    );
  }
}
