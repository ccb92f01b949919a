import type { APIGatewayProxyEvent } from "aws-lambda";
import * as v from "valibot";
import { isFromBackEnd } from "./back-end.ts";
import { parseBody } from "./body.ts";
import { type AddressSource, clientAddress, toldAddress } from "./client-address.ts";
import { forBackEnd } from "./requests.ts";

export type Asked<Body> = { readonly body: Body; readonly clientAddress: string | undefined };

/** What is asked, and by whom: a page or an app by its connection, a back end for whom it names in the body. */
export function asked<Entries extends v.ObjectEntries>(
  event: APIGatewayProxyEvent,
  schema: v.StrictObjectSchema<Entries, undefined>,
  source: AddressSource = {},
): Asked<v.InferOutput<typeof schema>> {
  if (!isFromBackEnd(event))
    return { body: parseBody(event, schema), clientAddress: clientAddress(event, source) };
  const { clientAddress: told, ...body } = parseBody(event, forBackEnd<v.ObjectEntries>(schema));
  return { body: v.parse(schema, body), clientAddress: toldAddress(told) };
}
