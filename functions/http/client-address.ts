import { isIP } from "node:net";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { Problem } from "./problem.ts";

/** The header, in lower case, in which a proxy in front of the API sends the address of its client. None without a proxy. */
export type AddressSource = { readonly header?: string | undefined };

type Connected = Pick<APIGatewayProxyEvent, "requestContext" | "multiValueHeaders">;

/**
 * The address of the client: that of the connection, as the gateway saw it. A caller can set headers such as X-Forwarded-For. If a stage names
 * the header of its proxy, only that header counts: once, and with one address in it, or the client is unknown.
 */
export function clientAddress(
  { requestContext, multiValueHeaders }: Connected,
  { header }: AddressSource = {},
): string | undefined {
  if (header === undefined) return requestContext.identity.sourceIp || undefined;
  const [value, ...others] = Object.entries(multiValueHeaders ?? {})
    .filter(([name]) => name.toLowerCase() === header)
    .flatMap(([, values]) => values);
  return value === undefined || others.length > 0 ? undefined : addressIn(value.trim(), header);
}

/** The address that a back end sends. Without one the client is unknown; an invalid one is refused. */
export function namedAddress(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && isIP(value) !== 0) return value;
  throw new Problem("body-invalid", {
    detail: "This field does not have the form that it must have.",
    pointer: "/clientAddress",
  });
}

/** Always with the port, so that the last group of an IPv6 address is never taken for one. */
const WITH_PORT = "cloudfront-viewer-address";

/**
 * CloudFront adds the port: `192.0.2.1:4711`, `2001:db8::1:4711`, and others write `[2001:db8::1]:4711`. A port that was taken for a group would
 * shift the others, and let a client choose its /64 by the rest of its address.
 */
function addressIn(value: string, header: string): string | undefined {
  const withoutPort = value.replace(/:\d{1,5}$/, "");
  const bare = [
    ...(header === WITH_PORT ? [withoutPort, value] : [value, withoutPort]),
    value.replace(/^\[(.*)\](:\d{1,5})?$/, "$1"),
  ];
  return bare.find((text) => isIP(text) !== 0);
}
