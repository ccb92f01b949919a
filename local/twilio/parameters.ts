import { TwilioFault } from "./faults.ts";
import type { Schema } from "./operations.ts";

/** The general "invalid parameter". https://www.twilio.com/docs/errors/20001 */
const INVALID_PARAMETER = 20_001;

/** The parameters of a form by name, each checked against Twilio's document. Throws a fault for the first that it does not allow, or that comes twice. */
export function parametersOf(
  form: URLSearchParams,
  schemas: Readonly<Record<string, Schema>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of form) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (schema === undefined) throw new TwilioFault(INVALID_PARAMETER, `Unknown parameter ${name}`);
    if (form.getAll(name).length > 1 || !isOf(value, schema))
      throw new TwilioFault(INVALID_PARAMETER, `Invalid parameter ${name}`);
  }
  return Object.fromEntries(form);
}

/** An empty value means "none" in a form, and empties a body. */
function isOf(value: string, { type, pattern, isUri, enum: values }: Schema): boolean {
  if (value === "" && type === "string" && pattern === undefined && values === undefined)
    return true;
  if (values !== undefined && !values.includes(value)) return false;
  if (pattern !== undefined && !pattern.test(value)) return false;
  return TYPES[type].test(value) && (isUri !== true || URL.canParse(value));
}

/** How a form spells the types of JSON. */
const TYPES: Readonly<Record<Schema["type"], RegExp>> = {
  string: /^/,
  boolean: /^(?:true|false)$/i,
  integer: /^-?\d+$/,
};
