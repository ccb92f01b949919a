import { describe, expect, it } from "vitest";
import { parseBody } from "../../../functions/http/body.ts";
import { Problem } from "../../../functions/http/problem.ts";
import { CHECK_REQUEST, RESEND_REQUEST, START_REQUEST } from "../../../functions/http/requests.ts";
import { anEvent } from "../../support/events.ts";

type Parts = Parameters<typeof anEvent>[0];

function problem(parts: Parts, schema: Parameters<typeof parseBody>[1] = START_REQUEST): Problem {
  try {
    parseBody(anEvent(parts), schema);
  } catch (fault) {
    if (fault instanceof Problem) return fault;
    throw fault;
  }
  throw new Error("accepted");
}

describe("a body", () => {
  it.each(["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])(
    "of the media type %j is refused",
    (type) => {
      expect(problem({ body: '{"code":"012345"}', headers: { "Content-Type": type } }).code).toBe(
        "media-type-unsupported",
      );
    },
  );

  it("is refused above 4 KiB, before it is parsed", () => {
    expect(problem({ body: `{"code":"${"1".repeat(4_096)}"}` }).code).toBe("body-too-large");
  });

  it("is refused where it is not UTF-8", () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString("base64");
    expect(problem({ body, isBase64Encoded: true })).toMatchObject({
      code: "body-invalid",
      members: { detail: "The body is not UTF-8." },
    });
  });

  it.each([null, "", "{", "code=012345"])("%j is no JSON, and refused as such", (body) => {
    expect(problem({ body }).members).toEqual({ detail: "The body is not JSON." });
  });

  it.each([
    '{"code":"012345","code":"123456"}',
    '{"code":"012345","co\\u0064e":"123456"}',
    '{"code":"012345", "code" : "012345"}',
  ])("with a field twice is refused: %s", (body) => {
    expect(problem({ body }, CHECK_REQUEST)).toMatchObject({
      code: "body-invalid",
      members: { detail: "A field may be given once only." },
    });
  });

  it.each([
    '{"code":"012345","x":1}',
    '{"code":"012345","__proto__":{"x":1}}',
    '{"code":"012345","constructor":1}',
  ])("with a field that we do not know is refused: %s", (body) => {
    expect(problem({ body }, CHECK_REQUEST).code).toBe("body-invalid");
  });

  it.each(["12345", "true", "null", "[]", '["012345"]', "{}", '{"$ne":null}'])(
    "with %s for a code is refused with its place",
    (code) => {
      expect(problem({ body: `{"code":${code}}` }, CHECK_REQUEST)).toMatchObject({
        code: "body-invalid",
        members: {
          detail: "This field does not have the form that it must have.",
          pointer: "/code",
        },
      });
    },
  );
});

describe("a nonce", () => {
  it.each(["n", "!~", "a nonce of 64 letters".replaceAll(" ", "-").padEnd(64, "x")])(
    "may be %j",
    (nonce) => {
      const body = JSON.stringify({ to: "+447700900123", nonce });
      expect(parseBody(anEvent({ body }), START_REQUEST)).toMatchObject({ nonce });
    },
  );

  it.each(["", "a b", " ab", "ab ", "ab\n", "é", "x".repeat(65)])("is refused as %j", (nonce) => {
    const body = JSON.stringify({ to: "+447700900123", nonce });
    expect(problem({ body }).members.pointer).toBe("/nonce");
  });
});

describe("an empty object", () => {
  it("is a body where no field is needed, and an empty list is none", () => {
    expect(parseBody(anEvent({ body: "{}" }), RESEND_REQUEST)).toEqual({});
    expect(problem({ body: "[]" }, RESEND_REQUEST).members.detail).toBe(
      "The body must be a JSON object.",
    );
  });

  it("receives the name of the missing field", () => {
    expect(problem({ body: "{}" }, START_REQUEST).members).toEqual({
      detail: "This field is missing.",
      pointer: "/to",
    });
  });

  it("differs from one with a field too many, whose name is not repeated", () => {
    expect(problem({ body: '{"secret":1}' }, RESEND_REQUEST).members).toEqual({
      detail: "The body has a field that this route does not know.",
    });
  });
});
