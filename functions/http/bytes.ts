import type { APIGatewayProxyEvent } from "aws-lambda";
import { Problem } from "./problem.ts";

/** The bytes of a body. The gateway passes text, or base64 for a binary media type. */
export function bytesOf(
  { body, isBase64Encoded }: Pick<APIGatewayProxyEvent, "body" | "isBase64Encoded">,
  mostBytes: number,
): Buffer {
  const sent = body ?? "";
  const bytes = isBase64Encoded ? Buffer.from(sent, "base64") : Buffer.from(sent);
  if (bytes.length > mostBytes) throw new Problem("body-too-large");
  return bytes;
}
