/** The media type that the gateway assumes where a request names none. */
const DEFAULT_MEDIA_TYPE = "application/json";

/** The media type of a Content-Type header, without its parameters. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? DEFAULT_MEDIA_TYPE).split(";")[0]?.trim().toLowerCase() ?? "";
}

/** Whether an API that has these binary media types takes this one for binary. */
export function isBinary(mediaType: string, binaryMediaTypes: readonly string[]): boolean {
  return binaryMediaTypes.some((type) => type === "*/*" || type.toLowerCase() === mediaType);
}

/** Only the first media type of an Accept header counts to the gateway. */
export function wantsBytes(
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): boolean {
  const [first = ""] = (accept ?? "").split(",");
  return isBinary(mediaTypeOf(first), binaryMediaTypes);
}
