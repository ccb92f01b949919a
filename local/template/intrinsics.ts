import * as v from "valibot";
import { namesOf, PLACE } from "./names.ts";
import type { Template } from "./template.ts";

/** Replaces the intrinsic functions in a value of the template by what they stand for. Throws on one that it does not know. */
export type Resolve = (value: unknown) => unknown;

const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::AccountId": PLACE.account,
  "AWS::Partition": PLACE.partition,
  "AWS::Region": PLACE.region,
  "AWS::StackName": PLACE.stack,
  "AWS::URLSuffix": PLACE.suffix,
};

const ATTRIBUTE = v.tuple([v.string(), v.string()]);
const JOIN = v.tuple([v.string(), v.array(v.unknown())]);

export function createResolve(template: Template): Resolve {
  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => reference(template, v.parse(v.string(), name)),
    "Fn::GetAtt": (argument) => attribute(template, ...v.parse(ATTRIBUTE, argument)),
    "Fn::Join": (argument) => {
      const [separator, parts] = v.parse(JOIN, argument);
      return parts.map(resolve).join(separator);
    },
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    const call = intrinsicIn(value);
    if (call === undefined)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
    const intrinsic = functions[call.name];
    if (intrinsic === undefined) throw new Error(`the local system does not know ${call.name}`);
    return intrinsic(call.argument);
  }

  return resolve;
}

/** An intrinsic function is an object with nothing else in it. */
function intrinsicIn(
  value: object,
): { readonly name: string; readonly argument: unknown } | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === "Ref" || name.startsWith("Fn::") ? { name, argument } : undefined;
}

function reference(template: Template, name: string): string {
  const resource = template.Resources[name];
  const found = resource === undefined ? PSEUDO[name] : namesOf(name, resource).ref;
  if (found === undefined)
    throw new Error(`the template refers to ${name}, which it does not have`);
  return found;
}

function attribute(template: Template, name: string, key: string): string {
  const resource = template.Resources[name];
  if (resource === undefined)
    throw new Error(`the template refers to ${name}, which it does not have`);
  return namesOf(name, resource).attributes[key] ?? `${name}.${key}`;
}
