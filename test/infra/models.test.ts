import Draft04 from "ajv-draft-04";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  CHECK_REQUEST,
  forBackEnd,
  NUMBER_CHECK_REQUEST,
  RESEND_REQUEST,
  START_REQUEST,
} from "../../functions/http/requests.ts";
import { type ModelName, requestModel } from "../../infra/models.ts";

const REQUESTS: readonly (readonly [ModelName, v.GenericSchema])[] = [
  ["start", START_REQUEST],
  ["check", CHECK_REQUEST],
  ["resend", RESEND_REQUEST],
  ["server-start", forBackEnd(START_REQUEST)],
  ["server-check", forBackEnd(CHECK_REQUEST)],
  ["server-resend", forBackEnd(RESEND_REQUEST)],
  ["number-check", forBackEnd(NUMBER_CHECK_REQUEST)],
];

/** Bodies near the boundary: the fields of ours and one that is not, with values that fit and values that do not. */
const value = fc.oneof(
  fc.constantFrom("sms", "login", "signup", "", "+447700900123", null, 7, true, [], {}),
  fc.string({ maxLength: 70, unit: "grapheme-ascii" }),
);
const body = fc.oneof(
  fc.record(
    {
      to: value,
      channel: value,
      purpose: value,
      nonce: value,
      code: value,
      clientAddress: value,
      other: value,
    },
    { requiredKeys: [] },
  ),
  // Valibot takes a list for an object; whoever sends one where nothing is required means nothing by it.
  value.filter((candidate) => !Array.isArray(candidate)),
);

describe.each(REQUESTS)("the model of %s", (name, schema) => {
  it("is valid draft 4, the only one that the gateway knows", () => {
    const model = requestModel(name);
    expect(model["$schema"]).toBe("http://json-schema.org/draft-04/schema#");
    expect(new Draft04.default({ strict: true }).validateSchema(model)).toBe(true);
    expect(model["required"]).not.toEqual([]);
  });

  it("takes exactly the bodies that the function takes", () => {
    const takes = new Draft04.default().compile(requestModel(name));
    fc.assert(
      fc.property(body, (candidate) => {
        expect(takes(candidate)).toBe(v.is(schema, candidate));
      }),
      { numRuns: 2_000 },
    );
  });
});
