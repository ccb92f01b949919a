import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import {
  CHECK_REQUEST,
  forBackEnd,
  NUMBER_CHECK_REQUEST,
  RESEND_REQUEST,
  SERVER_START_REQUEST,
  START_REQUEST,
} from "../../functions/http/requests.ts";
import {
  CHECK_RESPONSE,
  DISCOVERY_RESPONSE,
  PROBLEM_RESPONSE,
  PROOF_KEYS_RESPONSE,
  VERIFICATION_RESPONSE,
} from "../../functions/http/responses.ts";
import { fieldText } from "./texts.ts";

const REQUESTS = {
  StartRequest: START_REQUEST,
  CheckRequest: CHECK_REQUEST,
  ResendRequest: RESEND_REQUEST,
  ServerStartRequest: SERVER_START_REQUEST,
  ServerCheckRequest: forBackEnd(CHECK_REQUEST),
  ServerResendRequest: forBackEnd(RESEND_REQUEST),
  NumberCheckRequest: forBackEnd(NUMBER_CHECK_REQUEST),
} as const;

const RESPONSES = {
  Verification: VERIFICATION_RESPONSE,
  CheckResult: CHECK_RESPONSE,
  ProofKeys: PROOF_KEYS_RESPONSE,
  Discovery: DISCOVERY_RESPONSE,
  Problem: PROBLEM_RESPONSE,
} as const;

export type RequestName = keyof typeof REQUESTS;
export type ResponseName = keyof typeof RESPONSES;

export type Json = { readonly [name: string]: unknown };

/** Every schema of the API by name, from those that the functions parse and are typed with. */
export function apiSchemas(): Json {
  return Object.fromEntries([
    ...Object.entries(REQUESTS).map(([name, schema]) => [name, described(name, schema)]),
    // An answer may get more fields; its reader must tolerate that.
    ...Object.entries(RESPONSES).map(([name, schema]) => [name, opened(described(name, schema))]),
  ]);
}

function described(body: string, schema: v.GenericSchema): Json {
  const {
    $schema: _,
    properties = {},
    ...rest
  } = toJsonSchema(schema, {
    // It does not concern the transferred form.
    ignoreActions: ["readonly"],
  });
  return { ...rest, properties: withTexts(body, properties) };
}

function opened({ additionalProperties: _, ...schema }: Json): Json {
  return schema;
}

/** An open list is no `enum` for a reader: a generated client would refuse a new word. */
function withOpenLists(value: unknown, path: string): Json {
  const { isOpen, ...schema }: Json = Object(value);
  const { enum: words, items, properties, ...rest } = schema;
  if (isOpen === true) return { ...rest, "x-extensible-enum": words };
  return {
    ...schema,
    ...(items === undefined ? {} : { items: withOpenLists(items, path) }),
    ...(properties === undefined ? {} : { properties: withTexts(path, properties) }),
  };
}

/** The fields at a path such as `Problem.challenge`, each with its text. */
function withTexts(path: string, properties: unknown): Json {
  const texts = Object.entries(Object(properties)).map(([name, one]) => [
    name,
    { ...withOpenLists(one, `${path}.${name}`), description: fieldText(path, name) },
  ]);
  return Object.fromEntries(texts);
}
