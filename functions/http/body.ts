import type { APIGatewayProxyEvent } from "aws-lambda";
import * as v from "valibot";
import { LIMITS } from "../policy/limits.ts";
import { bytesOf } from "./bytes.ts";
import { mediaType } from "./headers.ts";
import { Problem, type ProblemMembers } from "./problem.ts";

type Schema = v.GenericSchema<unknown, Readonly<Record<string, unknown>>>;

/**
 * The body of a request, typed by its schema. Refuses a body that is not JSON by its media type, too large, not UTF-8 or not one flat object, and
 * one with a repeated or unknown field. The problem names the place, and never quotes the body.
 */
export function parseBody<S extends Schema>(
  event: APIGatewayProxyEvent,
  schema: S,
): v.InferOutput<S> {
  if (mediaType(event) !== "application/json") throw new Problem("media-type-unsupported");
  const text = textOf(event);
  const json = parseJson(text);
  if (Array.isArray(json)) throw new Problem("body-invalid", NO_OBJECT);
  const result = v.safeParse(schema, json);
  if (!result.success) throw new Problem("body-invalid", locationOf(result.issues[0]));
  if (namesInFlatObject(text) !== Object.keys(result.output).length) {
    throw new Problem("body-invalid", { detail: "A field may be given once only." });
  }
  return result.output;
}

/** Text of the gateway is UTF-8 already; its base64 may hold any bytes. */
function textOf(event: APIGatewayProxyEvent): string {
  const bytes = bytesOf(event, LIMITS.bodyBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Problem("body-invalid", { detail: "The body is not UTF-8." });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("body-invalid", { detail: "The body is not JSON." });
  }
}

/**
 * The number of names in the text of a flat object, one colon behind each: of two equal names JSON.parse keeps only the last, and another reader
 * may keep the first.
 */
function namesInFlatObject(validJson: string): number {
  const betweenStrings = validJson.split(/"(?:[^"\\]|\\.)*"/);
  return betweenStrings.filter((text) => text.includes(":")).length;
}

const NO_OBJECT = { detail: "The body must be a JSON object." } as const;

/** The pointer names a known field or nothing: an unknown name is the caller's text. */
function locationOf(issue: v.BaseIssue<unknown>): ProblemMembers {
  const name = issue.path?.[0].key;
  if (typeof name !== "string") return NO_OBJECT;
  if (issue.expected === "never")
    return { detail: "The body has a field that this route does not know." };
  const detail =
    issue.type === "strict_object"
      ? "This field is missing."
      : "This field does not have the form that it must have.";
  return { detail, pointer: `/${name}` };
}
