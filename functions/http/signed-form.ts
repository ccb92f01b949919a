import type { APIGatewayProxyEvent } from "aws-lambda";
import { LIMITS } from "../policy/limits.ts";
import { bytesOf } from "./bytes.ts";
import { header, mediaType } from "./headers.ts";
import { Problem } from "./problem.ts";

type Parameters = readonly (readonly [name: string, value: string])[];

/** Whether the provider signed a request, and the signed address. */
export type Signatures = {
  readonly publicUrl: string;
  /** In lower case. */
  readonly signatureHeader: string;
  readonly isSigned: (request: {
    readonly url: string;
    readonly parameters: Parameters;
    readonly signature: string;
  }) => Promise<boolean>;
};

/** The pass in the address of a callback; one that was sent by an earlier release has none. */
export function passIn({ multiValueQueryStringParameters }: APIGatewayProxyEvent) {
  return multiValueQueryStringParameters?.["pass"]?.join();
}

/**
 * The form of a request that the provider signed. The signature covers the address from our settings, never from a header of the request, and
 * every parameter: unknown, empty and repeated ones too. Anything else is refused.
 */
export async function signedForm(
  { publicUrl, signatureHeader, isSigned }: Signatures,
  event: APIGatewayProxyEvent,
  path: string,
): Promise<Parameters> {
  if (mediaType(event) !== "application/x-www-form-urlencoded")
    throw new Problem("media-type-unsupported");
  const text = bytesOf(event, LIMITS.callbackBytes).toString();
  const parameters = [...new URLSearchParams(text)];
  const signature = header(event, signatureHeader);
  const url = publicUrl + path;
  if (signature === undefined || !(await isSigned({ url, parameters, signature })))
    throw new Problem("signature-invalid");
  return parameters;
}
