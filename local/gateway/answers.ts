import * as v from "valibot";
import type { Outcome } from "../functions/thread.ts";
import type { Answer, Refusal } from "./refusals.ts";

const VALUE = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const HEADERS = v.optional(v.nullable(v.record(v.string(), v.union([VALUE, v.array(VALUE)]))), {});
const RESULT = v.object({
  statusCode: v.pipe(
    v.union([v.number(), v.string()]),
    v.transform(Number),
    v.integer(),
    v.minValue(200),
    v.maxValue(599),
  ),
  headers: HEADERS,
  multiValueHeaders: HEADERS,
  body: v.optional(v.nullable(v.string()), ""),
});

/** The gateway's answer to an invocation: that of the function, or a refusal. No media type is binary. */
export function answerOf(outcome: Outcome): Answer | Refusal {
  if (outcome.kind !== "answered") return { reason: "FUNCTION_FAILURE" };
  const result = v.safeParse(RESULT, outcome.payload);
  if (!result.success) return { reason: "FUNCTION_FAILURE" };
  const { statusCode, headers, multiValueHeaders, body } = result.output;
  const all = Object.entries({ ...headers, ...multiValueHeaders });
  const named = all.map(([name, value]) => [name.toLowerCase(), value]);
  return {
    status: statusCode,
    headers: { "content-type": "application/json", ...Object.fromEntries(named) },
    body: body ?? "",
  };
}
