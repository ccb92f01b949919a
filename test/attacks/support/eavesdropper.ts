import { vi } from "vitest";

/** A request of Twilio's, as it came by. */
export type Overheard = {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly signature: string;
};

/** Whoever sits on the line between Twilio and us, as nobody can who has no TLS key of ours: hears everything, and changes nothing. */
export function eavesdropper() {
  const heard: Overheard[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const signature = new Headers(init?.headers).get("x-twilio-signature");
    if (signature !== null && init?.body instanceof URLSearchParams)
      heard.push({ url: String(input), form: Object.fromEntries(init.body), signature });
    return fetch(input, init);
  };
  return {
    /** The first request about a message or a call. */
    waitFor: (sid: string): Promise<Overheard> =>
      vi.waitUntil(
        () => heard.find(({ form }) => form["MessageSid"] === sid || form["CallSid"] === sid),
        { timeout: 30_000 },
      ),
    stop: () => {
      globalThis.fetch = fetch;
    },
  };
}
