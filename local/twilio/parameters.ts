import { TwilioFault } from "./faults.ts";
import type { Schema } from "./operations.ts";

/** The general "invalid parameter". https://www.twilio.com/docs/errors/20001 */
const INVALID_PARAMETER = 20_001;

type Given = {
  readonly parameters: Readonly<Record<string, string>>;
  /** The parameters that may come more than once; they are not among the others. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
};

/** The parameters of a form by name, each checked against Twilio's document. Throws a fault for the first that it does not allow. */
export function parametersOf(
  form: URLSearchParams,
  schemas: Readonly<Record<string, Schema>>,
): Given {
  const names = [...new Set(form.keys())];
  for (const name of names) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (schema === undefined) throw new TwilioFault(INVALID_PARAMETER, `Unknown parameter ${name}`);
    if (!fits(form.getAll(name), schema))
      throw new TwilioFault(INVALID_PARAMETER, `Invalid parameter ${name}`);
  }
  const isList = (name: string): boolean => schemas[name]?.isList === true;
  return {
    parameters: Object.fromEntries([...form].filter(([name]) => !isList(name))),
    lists: Object.fromEntries(names.filter(isList).map((name) => [name, form.getAll(name)])),
  };
}

function fits(values: readonly string[], schema: Schema): boolean {
  const isCountRight = values.length === 1 || schema.isList === true;
  return isCountRight && values.every((value) => isOf(value, schema));
}

/** An empty value is how a form says "none", and how a body is emptied. */
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
