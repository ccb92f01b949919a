import { describe, expect, it } from "vitest";
import { apiSettings, ENV, readEnv } from "../../functions/env.ts";

describe("the environment of a function", () => {
  it("is what its list names and nothing else", () => {
    const source = {
      TABLE_NAME: "t",
      ALLOWED_ORIGINS: "a,b",
      PROBLEM_DOCS_URL: "d",
      AWS_SECRET_ACCESS_KEY: "s",
    };
    expect(readEnv("cancel-verification", source)).toEqual({
      TABLE_NAME: "t",
      ALLOWED_ORIGINS: "a,b",
      PROBLEM_DOCS_URL: "d",
    });
  });

  it("names every missing key at once", () => {
    expect(() => readEnv("cancel-verification", { TABLE_NAME: "t" })).toThrow(
      "cancel-verification misses PROBLEM_DOCS_URL, ALLOWED_ORIGINS",
    );
  });

  it("takes an empty value for a value", () => {
    const source = Object.fromEntries(ENV["publish-proof-keys"].map((key) => [key, ""]));
    expect(readEnv("publish-proof-keys", source).PREVIOUS_PROOF_KEY_ARN).toBe("");
  });

  it("gives the function that checks codes no business with the provider", () => {
    expect(ENV["check-code"].filter((key) => key.includes("TWILIO"))).toEqual([]);
  });
});

describe("the list of origins", () => {
  it("is split by commas", () => {
    const { allowedOrigins } = apiSettings({
      PROBLEM_DOCS_URL: "",
      ALLOWED_ORIGINS: "https://a.example,https://b.example",
    });
    expect(allowedOrigins).toEqual(["https://a.example", "https://b.example"]);
  });
});
