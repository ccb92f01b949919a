/** A request of Twilio's, as it came by. */
export type Overheard = {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly signature: string;
};

export type Eavesdropper = {
  /** The first request about a message or a call. */
  readonly waitFor: (sid: string) => Promise<Overheard>;
  readonly stop: () => void;
};

/** Whoever sits on the line between Twilio and us, as nobody can who has no TLS key of ours: hears everything, and changes nothing. */
export function eavesdropper(): Eavesdropper {
  const heard: Overheard[] = [];
  const listeners = new Set<() => void>();
  const { fetch } = globalThis;
  const listening: typeof fetch = (input, init) => {
    const signature = new Headers(init?.headers).get("x-twilio-signature");
    if (signature !== null && init?.body instanceof URLSearchParams) {
      heard.push({ url: String(input), form: Object.fromEntries(init.body), signature });
      for (const listener of listeners) listener();
    }
    return fetch(input, init);
  };
  globalThis.fetch = listening;

  const find = (sid: string) =>
    heard.find(({ form }) => form["MessageSid"] === sid || form["CallSid"] === sid);

  return {
    waitFor: (sid) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = find(sid);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    stop: () => {
      globalThis.fetch = fetch;
    },
  };
}
