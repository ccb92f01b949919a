/** The keys of a phone. */
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
type Key = (typeof KEYS)[number];

type SpokenLine = { readonly text: string; readonly language: string };

/** How a call ended, as the phone that it came to shows it. */
export type CallEnd = "completed" | "declined" | "missed";

/** A call as its phone shows it now. */
export type CallView = {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly at: Date;
  readonly state: "ringing" | "talking" | "ended";
  /** Only a machine has answered. */
  readonly isVoicemail: boolean;
  /** The text that was spoken so far. */
  readonly lines: readonly SpokenLine[];
  /** The keys that were pressed so far. */
  readonly keys: string;
  /** Whether it waits for a key. */
  readonly isListening: boolean;
  readonly end?: CallEnd;
};

/** A call, for the holder of the phone. An action that comes too late does nothing. */
export type LiveCall = {
  readonly view: () => CallView;
  /** Calls back at each change until the returned function is called. */
  readonly subscribe: (onChange: (view: CallView) => void) => () => void;
  readonly answer: () => void;
  readonly decline: () => void;
  readonly press: (key: Key) => void;
  readonly hangUp: () => void;
};

/** The same call, for Twilio. */
export type Line = {
  /** Resolves when the call is answered or declined. */
  readonly picked: Promise<"answered" | "declined">;
  /** Aborted when the person hangs up. */
  readonly hungUp: AbortSignal;
  readonly answerByVoicemail: () => void;
  readonly say: (line: SpokenLine) => void;
  /** Calls back with each key until the returned function is called, and shows that keys are awaited. */
  readonly listen: (onKey: (key: Key) => void) => () => void;
  readonly end: (end: CallEnd) => void;
};

type Start = Pick<CallView, "sid" | "to" | "from" | "at">;

/** Creates a ringing call: its side for the phone and its side for Twilio. */
export function createLiveCall(start: Start): { readonly call: LiveCall; readonly line: Line } {
  const listeners = new Set<(view: CallView) => void>();
  const keyListeners = new Set<(key: Key) => void>();
  const picked = Promise.withResolvers<"answered" | "declined">();
  const hungUp = new AbortController();
  let view: CallView = {
    ...start,
    state: "ringing",
    isVoicemail: false,
    lines: [],
    keys: "",
    isListening: false,
  };
  const change = (changes: Partial<CallView>): void => {
    view = { ...view, ...changes };
    for (const listener of listeners) listener(view);
  };
  const when = (state: CallView["state"], work: () => void) => (): void => {
    if (view.state === state) work();
  };
  const call: LiveCall = {
    view: () => view,
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    answer: when("ringing", () => {
      change({ state: "talking" });
      picked.resolve("answered");
    }),
    decline: when("ringing", () => picked.resolve("declined")),
    press: (key) => {
      if (view.state !== "talking" || view.isVoicemail) return;
      change({ keys: view.keys + key });
      for (const listener of [...keyListeners]) listener(key);
    },
    hangUp: when("talking", () => hungUp.abort()),
  };
  const line = lineOf({ change, view: () => view, keyListeners });
  return { call, line: { ...line, picked: picked.promise, hungUp: hungUp.signal } };
}

type Inside = {
  readonly change: (changes: Partial<CallView>) => void;
  readonly view: () => CallView;
  readonly keyListeners: Set<(key: Key) => void>;
};

function lineOf({ change, view, keyListeners }: Inside): Omit<Line, "picked" | "hungUp"> {
  return {
    answerByVoicemail: () => change({ state: "talking", isVoicemail: true }),
    say: (spoken) => change({ lines: [...view().lines, spoken] }),
    listen: (onKey) => {
      keyListeners.add(onKey);
      change({ isListening: true });
      return () => {
        keyListeners.delete(onKey);
        change({ isListening: false });
      };
    },
    end: (end) => {
      keyListeners.clear();
      change({ state: "ended", isListening: false, end });
    },
  };
}
