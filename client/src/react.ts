import {
  createElement,
  type DetailedHTMLProps,
  type HTMLAttributes,
  type ReactElement,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Channel, StartRequest, Verification } from "./api.ts";
import { type ClientOptions, createClient } from "./client.ts";
import type { LatchkeyForm as FormElement, LatchkeyFormEvents, Texts } from "./form/index.ts";
import type { CheckOutcome, Problem, ResendOutcome, Session, StartOutcome } from "./outcomes.ts";
import "./form/index.ts";

type Detail<Name extends keyof LatchkeyFormEvents> = LatchkeyFormEvents[Name]["detail"];
type ElementProps = DetailedHTMLProps<HTMLAttributes<FormElement>, FormElement>;

/** The attributes of the element by their names in React, and its events as functions of their details. */
export type LatchkeyFormProps = Pick<ElementProps, "id" | "className" | "style" | "children"> & {
  readonly baseUrl?: string | undefined;
  /** From the session of your back end, read when a code is asked for. With another nonce, give the form another `key`: it starts again. */
  readonly nonce?: string | undefined;
  readonly purpose?: StartRequest["purpose"];
  readonly countries?: string | undefined;
  readonly country?: string | undefined;
  readonly channels?: string | undefined;
  readonly locale?: string | undefined;
  readonly platform?: StartRequest["platform"];
  readonly headingLevel?: 1 | 2 | 3 | 4 | 5 | 6 | undefined;
  readonly history?: "off" | undefined;
  readonly name?: string | undefined;
  readonly required?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  readonly texts?: Partial<Texts> | undefined;
  /** Send the proof to your back end, which must verify it. */
  readonly onProof?: ((detail: Detail<"latchkey-proof">) => void) | undefined;
  readonly onStarted?: ((detail: Detail<"latchkey-started">) => void) | undefined;
  readonly onStep?: ((detail: Detail<"latchkey-step">) => void) | undefined;
  readonly onProblem?: ((detail: Detail<"latchkey-problem">) => void) | undefined;
  /** Show the widget as a child with `slot="challenge"`, and call `answerChallenge` of the element with its token. */
  readonly onChallenge?:
    | ((detail: Detail<"latchkey-challenge"> & { readonly form: FormElement }) => void)
    | undefined;
};

/** `<latchkey-form>` as a component of React 18 or 19. On a server it renders the empty element, which the browser fills. */
export function LatchkeyForm(props: LatchkeyFormProps): ReactElement {
  const element = useRef<FormElement>(null);
  const newest = useRef(props);
  newest.current = props;
  useEffect(() => {
    const form = element.current;
    if (form === null) return;
    const listening = new AbortController();
    const { signal } = listening;
    form.texts = props.texts ?? {};
    listen(form, "latchkey-proof", (detail) => newest.current.onProof?.(detail), signal);
    listen(form, "latchkey-started", (detail) => newest.current.onStarted?.(detail), signal);
    listen(form, "latchkey-step", (detail) => newest.current.onStep?.(detail), signal);
    listen(form, "latchkey-problem", (detail) => newest.current.onProblem?.(detail), signal);
    listen(
      form,
      "latchkey-challenge",
      (detail) => newest.current.onChallenge?.({ ...detail, form }),
      signal,
    );
    return () => listening.abort();
  }, [props.texts]);
  const { baseUrl, headingLevel, required, disabled, className, id, name, nonce, ...rest } = props;
  const { texts, onProof, onStarted, onStep, onProblem, onChallenge, children, ...same } = rest;
  const attributes = {
    ...same,
    ref: element,
    "base-url": baseUrl,
    "heading-level": headingLevel,
    class: className,
    // In capitals no property of the element has these names, and React 19 writes attributes too. HTML reads them in lower case.
    ID: id,
    NAME: name,
    NONCE: nonce,
    REQUIRED: required === true ? "" : undefined,
    DISABLED: disabled === true ? "" : undefined,
  };
  return createElement("latchkey-form", attributes, children);
}

function listen<Name extends keyof LatchkeyFormEvents>(
  form: FormElement,
  name: Name,
  tell: (detail: Detail<Name>) => void,
  signal: AbortSignal,
): void {
  form.addEventListener(name, (event) => tell(Object(event).detail), { signal });
}

/** The state of a verification, and the functions that change it. */
export type UsedVerification = {
  /** As it was last seen; `undefined` before a start. */
  readonly verification: Verification | undefined;
  /** Why the last call was refused. */
  readonly problem: Problem | undefined;
  readonly isBusy: boolean;
  readonly start: (request: StartRequest) => Promise<StartOutcome>;
  /** `undefined` before a start. */
  readonly check: (code: string) => Promise<CheckOutcome | undefined>;
  readonly resend: (channel?: Channel) => Promise<ResendOutcome | undefined>;
  /** Drops the verification here; `cancel` of the client ends it. */
  readonly reset: () => void;
};

/** The client as a hook for your own screens. `options` are read once. */
export function useVerification(options: ClientOptions): UsedVerification {
  const [session, setSession] = useState<Session>();
  const [verification, setVerification] = useState<Verification>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const client = useMemo(() => {
    const onChange = (changed: Session): void => {
      setVerification(changed.verification);
      options.onChange?.(changed);
    };
    return createClient({ ...options, onChange });
  }, []);
  async function ask<Outcome extends StartOutcome | CheckOutcome | ResendOutcome>(
    work: Promise<Outcome>,
  ): Promise<Outcome> {
    setBusy(true);
    const outcome = await work;
    setBusy(false);
    setProblem(outcome.kind === "problem" ? outcome : undefined);
    return outcome;
  }
  return {
    verification,
    problem,
    isBusy,
    start: async (request) => {
      const outcome = await ask(client.start(request));
      if (outcome.kind === "started") setSession(outcome.session);
      return outcome;
    },
    check: async (code) => session && ask(session.check(code)),
    resend: async (channel) => session && ask(session.resend({ channel })),
    reset: () => {
      setSession(undefined);
      setVerification(undefined);
      setProblem(undefined);
    },
  };
}
