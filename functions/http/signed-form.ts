import type { APIGatewayProxyEvent } from "aws-lambda";
import { LIMITS } from "../policy/limits.ts";
import { header } from "./headers.ts";
import { Problem } from "./problem.ts";

type Parameters = readonly (readonly [name: string, value: string])[];

/** Whether the provider signed a request, and the address that it was given. */
export type Signatures = {
  readonly publicUrl: string;
  readonly isSigned: (request: {
    readonly url: string;
    readonly parameters: Parameters;
    readonly signature: string;
  }) => Promise<boolean>;
};

/**
 * The form of a request that the provider signed. What was signed is the address that we gave it, from our settings and never from a header
 * of the request, and every parameter as it came: unknown, empty and repeated ones too. Anything else is refused.
 */
export async function signedForm(
  { publicUrl, isSigned }: Signatures,
  event: APIGatewayProxyEvent,
  path: string,
): Promise<Parameters> {
  const mediaType = header(event, "content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/x-www-form-urlencoded")
    throw new Problem("media-type-unsupported");
  const text = formText(event);
  const parameters = [...new URLSearchParams(text)];
  const signature = header(event, "x-twilio-signature") ?? "";
  if (!(await isSigned({ url: publicUrl + path, parameters, signature })))
    throw new Problem("signature-invalid");
  return parameters;
}

/** The gateway passes text, or base64 where it takes a type for binary. */
function formText({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > LIMITS.callbackBytes) throw new Problem("body-too-large");
  return bytes.toString("utf8");
}
