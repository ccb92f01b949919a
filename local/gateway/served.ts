import * as v from "valibot";
import { isE164, type Phone } from "../../functions/verification/identifiers.ts";
import { masked } from "../../functions/verification/view.ts";
import type { Answer } from "./refusals.ts";

/** One request that was answered. Holds no code and no proof. */
export type Served = {
  readonly method: string;
  readonly path: string;
  /** The path as the gateway writes it, such as `/v1/verifications/{id}`; `undefined` where it has none. */
  readonly resource: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
  /** Of the client. */
  readonly address: string;
  /** Of a page that may not call, as the browser names it. */
  readonly refusedOrigin: string | undefined;
} & Content;

type Content = {
  /** The code of the problem, the result of a check, or the status of the verification. */
  readonly reason: string | undefined;
  /** The number that the request is about. It is whole: print `to`. */
  readonly number: Phone | undefined;
  /** The same, masked. */
  readonly to: string | undefined;
};

const FACTS = v.object({
  to: v.optional(v.string()),
  id: v.optional(v.string()),
  code: v.optional(v.string()),
  result: v.optional(v.string()),
  status: v.optional(v.union([v.string(), v.number()])),
});

type Facts = v.InferOutput<typeof FACTS>;

/** Older verifications have expired. */
const IDS_KEPT = 10_000;

/** Reads what requests and answers are about. A check names only an id, so it keeps the number of each id that a start has answered. */
export function createContentReader(): (id: string, asked: Buffer, answer: Answer) => Content {
  const numbers = new Map<string, Phone>();
  return (id, asked, { status, body }) => {
    const to = factsIn(asked.toString())?.to;
    const facts = factsIn(body.toString());
    const number = to !== undefined && isE164(to) ? to : numbers.get(id);
    if (number !== undefined && facts?.id !== undefined) numbers.set(facts.id, number);
    const [oldest = ""] = numbers.keys();
    if (numbers.size > IDS_KEPT) numbers.delete(oldest);
    return { reason: wordOf(facts, status), number, to: number && masked(number) };
  };
}

/** A word of ours: an answer of any other kind is not printed. */
function wordOf(facts: Facts | undefined, status: number): string | undefined {
  const { code, result, status: state } = facts ?? {};
  const word = status >= 400 ? code : (result ?? state);
  return typeof word === "string" && /^[a-z-]{1,40}$/.test(word) ? word : undefined;
}

function factsIn(text: string): Facts | undefined {
  if (!text.startsWith("{")) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), FACTS), text);
  return parsed.success ? parsed.output : undefined;
}
