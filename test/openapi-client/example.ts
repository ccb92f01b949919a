import type { components, paths } from "./api.d.ts";

type Start = paths["/v1/verifications"]["post"];
type StartRequest = Start["requestBody"]["content"]["application/json"];
type Verification = components["schemas"]["Verification"];
type Problem = components["schemas"]["Problem"];
type CheckResult = components["schemas"]["CheckResult"];

/** A caller that nobody wrote a client for: the generated types, and fetch. */
export async function start(
  baseUrl: string,
  request: StartRequest,
): Promise<Verification | Problem> {
  const idempotencyKey: NonNullable<Start["parameters"]["header"]>["Idempotency-Key"] =
    crypto.randomUUID();
  const answer = await fetch(`${baseUrl}/v1/verifications`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey ?? "" },
    body: JSON.stringify(request),
  });
  return answer.json();
}

export const login: StartRequest = { to: "+447700900123", channel: "sms", purpose: "login" };

// @ts-expect-error: no such purpose
export const nonsense: StartRequest = { to: "+447700900123", purpose: "fun" };

export function told(outcome: CheckResult): string {
  switch (outcome.result) {
    case "approved":
      return outcome.proof ?? "";
    case "incorrect":
    case "code-expired":
    case "used":
    case "expired":
    case "exhausted":
    case "canceled":
      return `${outcome.result}, ${outcome.checksRemaining} left`;
  }
}

/** A channel that comes to exist later is a string that this caller bears. */
export function shown({ channel, to }: Verification): string {
  return channel === "sms" ? `a message to ${to}` : `a code to ${to} by ${channel}`;
}
