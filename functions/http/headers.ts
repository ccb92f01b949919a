import type { APIGatewayProxyEvent } from "aws-lambda";
import { LIMITS } from "../policy/limits.ts";
import { isVerificationId, type VerificationId } from "../verification/identifiers.ts";
import { Problem } from "./problem.ts";

/** One header by its lower-case name. A REST API passes names as they were sent. */
export function header(
  { headers }: Pick<APIGatewayProxyEvent, "headers">,
  name: string,
): string | undefined {
  return Object.entries(headers ?? {}).find(([sent]) => sent.toLowerCase() === name)?.[1];
}

/** The media type of the body, without its parameters (RFC 9110 §8.3.1). */
export function mediaType(event: Pick<APIGatewayProxyEvent, "headers">): string | undefined {
  const sent = header(event, "content-type");
  if (sent === undefined) return undefined;
  const [type = ""] = sent.split(";");
  return type.trim().toLowerCase();
}

/** A String of RFC 8941 §3.3.3, or the same without its quotes, as most clients send it. */
export function idempotencyKey(event: APIGatewayProxyEvent): string | undefined {
  const sent = header(event, "idempotency-key");
  if (sent === undefined) return undefined;
  const key = /^"(.*)"$/.exec(sent)?.[1] ?? sent;
  const { min, max } = LIMITS.idempotencyKeyCharacters;
  if (key.length < min || key.length > max || !/^[\x21-\x7e]+$/.test(key))
    throw new Problem("idempotency-key-invalid");
  return key;
}

/** The id in the path. A malformed or missing one counts as unknown. */
export function verificationId({
  pathParameters,
}: Pick<APIGatewayProxyEvent, "pathParameters">): VerificationId {
  const id = String(pathParameters?.["id"]);
  if (!isVerificationId(id)) throw new Problem("verification-not-found");
  return id;
}
