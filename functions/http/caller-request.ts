import type { APIGatewayProxyEvent } from "aws-lambda";
import * as v from "valibot";
import { isFromBackEnd } from "./back-end.ts";
import { parseBody } from "./body.ts";
import { type AddressSource, clientAddress, namedAddress } from "./client-address.ts";
import { forBackEnd } from "./requests.ts";

export type CallerRequest<Body> = {
  readonly body: Body;
  readonly clientAddress: string | undefined;
  /** Whether a back end declares that it knows the number of a start. */
  readonly knownNumber: boolean;
};

/** The request and its client: the connection of a page or app, or the client that a back end names in the body. */
export function readRequest<Entries extends v.ObjectEntries>(
  event: APIGatewayProxyEvent,
  schema: v.StrictObjectSchema<Entries, undefined>,
  source: AddressSource = {},
  schemaOfBackEnd: v.StrictObjectSchema<v.ObjectEntries, undefined> = forBackEnd<v.ObjectEntries>(
    schema,
  ),
): CallerRequest<v.InferOutput<typeof schema>> {
  if (!isFromBackEnd(event))
    return {
      body: parseBody(event, schema),
      clientAddress: clientAddress(event, source),
      knownNumber: false,
    };
  const { clientAddress: named, knownNumber, ...body } = parseBody(event, schemaOfBackEnd);
  return {
    body: v.parse(schema, body),
    clientAddress: namedAddress(named),
    knownNumber: knownNumber === true,
  };
}
