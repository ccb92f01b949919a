/** What one try of a request came to. */
export type Attempt = {
  readonly response: Response | undefined;
  readonly failure: "connect" | "time-out" | undefined;
};

type Connection = {
  /** How often a request is made again, at most. */
  readonly retries: number;
  readonly isRetried: (attempt: Attempt) => boolean;
  readonly patienceMilliseconds: number;
};

/** Twilio's defaults and bounds. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
const RETRIES = { usual: 1, most: 5 };
const PATIENCE_MILLISECONDS = 15_000;

/** What the fragment of an address says about connecting: `#rc=2&rp=5xx,ct`. What it does not say is as usual. */
export function connectionOf(url: string): Connection {
  const override = new URLSearchParams(url.split("#")[1] ?? "");
  const count = Number(override.get("rc") ?? RETRIES.usual);
  const policies = (override.get("rp") ?? "ct").split(",");
  const patience = Number(override.get("tt") ?? PATIENCE_MILLISECONDS);
  return {
    retries: Number.isInteger(count) ? Math.min(Math.max(count, 0), RETRIES.most) : RETRIES.usual,
    isRetried: (attempt) => kindsOf(attempt).some((kind) => policies.includes(kind)),
    patienceMilliseconds:
      patience > 0 && patience <= PATIENCE_MILLISECONDS ? patience : PATIENCE_MILLISECONDS,
  };
}

/** The retry policies that a failed request falls under; none where it did not fail. */
function kindsOf({ response, failure }: Attempt): readonly string[] {
  if (failure !== undefined) return [failure === "connect" ? "ct" : "rt", "all"];
  const status = response?.status ?? 0;
  if (status >= 500) return ["5xx", "all"];
  return status >= 400 ? ["4xx", "all"] : [];
}
