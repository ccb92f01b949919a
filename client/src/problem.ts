import type { Problem } from "./outcomes.ts";

export const NO_ANSWER: Problem = {
  kind: "problem",
  code: "no-answer",
  messageKey: "no-answer",
  title: "No answer",
  status: 0,
};

type Answer = { readonly status: number; readonly headers: Pick<Headers, "get"> };

/** A refusal as a value. A response without a code comes from a proxy or portal, which may have forwarded the request. */
export function problemOf({ status, headers }: Answer, body: Partial<Problem>): Problem {
  const { code, retryAfterSeconds = Number(headers.get("retry-after")) } = body;
  // Gateways have numbers for codes.
  if (typeof code !== "string") return NO_ANSWER;
  return {
    title: "",
    ...body,
    kind: "problem",
    code,
    messageKey: code,
    status,
    ...(retryAfterSeconds > 0 && { retryAfterSeconds }),
  };
}

/** Any outcome of a request, of which the other fields are a problem's. */
export type Outcome = Pick<Partial<Problem>, "code" | "status" | "retryAfterSeconds"> & {
  readonly kind: string;
};

/** Whether a repetition of the request may succeed, or the answer of a success was lost. An outcome without a status is no problem, and not open. */
export function isOpen({ code, status = 1 }: Outcome): boolean {
  return status === 0 || status >= 500 || status === 429 || code === "request-in-progress";
}
