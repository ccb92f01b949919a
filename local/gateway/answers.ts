import * as v from "valibot";
import type { Outcome } from "../functions/thread.ts";
import type { Answer, Refusal } from "./refusals.ts";

const VALUE = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const RESULT = v.object({
  statusCode: v.pipe(
    v.union([v.number(), v.string()]),
    v.transform(Number),
    v.integer(),
    v.minValue(200),
    v.maxValue(599),
  ),
  headers: v.optional(v.nullable(v.record(v.string(), VALUE)), {}),
  multiValueHeaders: v.optional(v.nullable(v.record(v.string(), v.array(VALUE))), {}),
  body: v.optional(v.nullable(v.string()), ""),
  isBase64Encoded: v.optional(v.boolean(), false),
});

/**
 * What the gateway makes of the end of an invocation: the function's answer, or a refusal of its own. Base64 is decoded only for who asks for a
 * binary media type first; to all others it is passed as the text that it is.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
export function answerOf(outcome: Outcome, wantsBytes: boolean): Answer | Refusal {
  if (outcome.kind !== "answered") return { reason: "FUNCTION_FAILURE" };
  const result = v.safeParse(RESULT, outcome.payload);
  if (!result.success) return { reason: "FUNCTION_FAILURE" };
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result.output;
  const text = body ?? "";
  return {
    status: statusCode,
    headers: {
      "content-type": "application/json",
      ...lowerCase(headers),
      ...lowerCase(multiValueHeaders),
    },
    body: isBase64Encoded && wantsBytes ? Buffer.from(text, "base64") : text,
  };
}

function lowerCase<Value>(headers: Readonly<Record<string, Value>> | null): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
