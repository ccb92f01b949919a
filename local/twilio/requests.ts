import { randomUUID } from "node:crypto";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";

type Form = Readonly<Record<string, string>>;

/** A request of Twilio's to a server of its customer. */
export type Outgoing = {
  readonly url: string;
  readonly form: Form;
  /** Ends it: the emulator stops, or the call is over. */
  readonly signal: AbortSignal;
};

/**
 * Makes a signed request, and repeats it by the connection override in its fragment, by default once where no connection came up.
 * Answers `undefined` where no answer came. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
export async function ask(authToken: string, outgoing: Outgoing): Promise<Response | undefined> {
  const { retries, isRetried } = connectionOf(outgoing.url);
  const token = randomUUID();
  for (let tries = 0; ; tries += 1) {
    const signal = AbortSignal.any([outgoing.signal, AbortSignal.timeout(PATIENCE_MILLISECONDS)]);
    const answer = await once(authToken, { ...outgoing, signal }, token);
    if (tries >= retries || outgoing.signal.aborted || !isRetried(answer)) return answer.response;
    // As Twilio does before a repetition.
    await answer.response?.body?.cancel();
  }
}

async function once(authToken: string, outgoing: Outgoing, token: string): Promise<Attempt> {
  const { form, signal } = outgoing;
  // The fragment is for Twilio alone: it describes how to connect. It is neither sent nor signed.
  const [url = ""] = outgoing.url.split("#");
  const headers = {
    "x-twilio-signature": getExpectedTwilioSignature(authToken, url, { ...form }),
    "i-twilio-idempotency-token": token,
  };
  const body = new URLSearchParams(form);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      signal,
      redirect: "manual",
    });
    return { response, failure: undefined };
  } catch (fault) {
    const isTimeOut = fault instanceof Error && fault.name === "TimeoutError";
    return { response: undefined, failure: isTimeOut ? "time-out" : "connect" };
  }
}

/** The result of one try. */
type Attempt = {
  readonly response: Response | undefined;
  readonly failure: "connect" | "time-out" | undefined;
};

type Connection = {
  /** How often a request is made again, at most. */
  readonly retries: number;
  readonly isRetried: (attempt: Attempt) => boolean;
};

/** Twilio's defaults and bounds. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
const RETRIES = { usual: 1, most: 5 };
const PATIENCE_MILLISECONDS = 15_000;

/** The connection settings in the fragment of an address: `#rc=2&rp=5xx,ct`. Any other setting has its default. */
function connectionOf(url: string): Connection {
  const override = new URLSearchParams(url.split("#")[1] ?? "");
  const count = Number(override.get("rc") ?? RETRIES.usual);
  const policies = (override.get("rp") ?? "ct").split(",");
  return {
    retries: Number.isInteger(count) ? Math.min(Math.max(count, 0), RETRIES.most) : RETRIES.usual,
    isRetried: (attempt) => kindsOf(attempt).some((kind) => policies.includes(kind)),
  };
}

/** The retry policies that a failed request falls under; none where it did not fail. */
function kindsOf({ response, failure }: Attempt): readonly string[] {
  if (failure !== undefined) return [failure === "connect" ? "ct" : "rt", "all"];
  const status = response?.status ?? 0;
  if (status >= 500) return ["5xx", "all"];
  return status >= 400 ? ["4xx", "all"] : [];
}
