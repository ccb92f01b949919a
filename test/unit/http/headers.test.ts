import { describe, expect, it } from "vitest";
import {
  header,
  idempotencyKey,
  mediaType,
  verificationId,
} from "../../../functions/http/headers.ts";
import { anEvent } from "../../support/events.ts";

const key = "5f0d2c1e-8f1a-4f7b-9c57-0d7c3f1f7f11";

describe("a header", () => {
  it("is found in any case", () => {
    expect(header(anEvent({ headers: { "IDEMPOTENCY-key": key } }), "idempotency-key")).toBe(key);
  });
});

describe("a media type", () => {
  it.each([
    ["application/json", "application/json"],
    ["Application/JSON; charset=utf-8", "application/json"],
    [" application/json ;charset=utf-8", "application/json"],
    ["application/json;", "application/json"],
    ["", ""],
  ])("is told without its parameters: %j", (sent, told) => {
    expect(mediaType({ headers: { "Content-TYPE": sent } })).toBe(told);
  });

  it("is none where none is sent", () => {
    expect(mediaType({ headers: {} })).toBeUndefined();
  });
});

describe("an idempotency key", () => {
  it("is the same with and without its quotes", () => {
    expect(idempotencyKey(anEvent({ headers: { "Idempotency-Key": `"${key}"` } }))).toBe(key);
    expect(idempotencyKey(anEvent({ headers: { "idempotency-key": key } }))).toBe(key);
    expect(idempotencyKey(anEvent())).toBeUndefined();
  });

  it.each([`a"${key}"`, `"${key}"a`, `"${key}`, `${key}"`])(
    "keeps quotes that are not around all of it: %s",
    (sent) => {
      expect(idempotencyKey(anEvent({ headers: { "Idempotency-Key": sent } }))).toBe(sent);
    },
  );

  it.each([
    "",
    "short",
    "x".repeat(15),
    "x".repeat(256),
    `${"x".repeat(20)} y`,
    `${"x".repeat(20)}é`,
    `${"x".repeat(20)}\n`,
  ])("of another form is refused: %j", (sent) => {
    expect(() => idempotencyKey(anEvent({ headers: { "Idempotency-Key": sent } }))).toThrow(
      "idempotency-key-invalid",
    );
  });

  it.each([16, 255])("of %i characters is taken", (length) => {
    expect(
      idempotencyKey(anEvent({ headers: { "Idempotency-Key": "x".repeat(length) } })),
    ).toHaveLength(length);
  });
});

describe("an id", () => {
  it.each([
    ...["", "1", "v1-", `v1-${"A".repeat(23)}`, `v1-${"A".repeat(25)}`, `V1-${"A".repeat(24)}`],
    ...[`v1-${"A".repeat(23)}/`, "__proto__"],
  ])("that does not look like one is not found: %j", (id) => {
    expect(() => verificationId(anEvent({ id }))).toThrow("verification-not-found");
  });

  it("that is not there is not found", () => {
    expect(() => verificationId(anEvent())).toThrow("verification-not-found");
    expect(() => verificationId({ pathParameters: {} })).toThrow("verification-not-found");
  });
});
