import { describe, expect, it } from "vitest";
import { apiSettings, ENV, keyEpochOf, readEnv } from "../../functions/runtime/environment.ts";

describe("the environment of a function", () => {
  it("is what its list names and nothing else", () => {
    const named = { TABLE_NAME: "t", ALLOWED_ORIGINS: "a,b", PROBLEM_DOCS_URL: "d" };
    const own = { ...named, HAS_APPS: "no", APP: "" };
    const source = { ...own, AWS_SECRET_ACCESS_KEY: "s" };
    expect(readEnv("cancel-verification", source)).toEqual(own);
  });

  it("names every missing key at once", () => {
    expect(() => readEnv("cancel-verification", { TABLE_NAME: "t" })).toThrow(
      "cancel-verification misses PROBLEM_DOCS_URL, ALLOWED_ORIGINS, HAS_APPS, APP",
    );
  });

  it("may have no previous proof key and no origin, and nothing else empty", () => {
    const source = Object.fromEntries(ENV["publish-proof-keys"].map((key) => [key, ""]));
    expect(() => readEnv("publish-proof-keys", source)).toThrow(
      "misses PROBLEM_DOCS_URL, HAS_APPS, PROOF_KEY_ARNS, PROOF_ISSUER",
    );
    const needed = { PROBLEM_DOCS_URL: "d", HAS_APPS: "no", PROOF_KEY_ARNS: "k" };
    const filled = { ...source, ...needed, PROOF_ISSUER: "i" };
    expect(readEnv("publish-proof-keys", filled).ALLOWED_ORIGINS).toBe("");
  });

  it.each(["", "x", "-1", "1.5", "10000"])("has no epoch %j", (epoch) => {
    expect(() => keyEpochOf({ KEY_EPOCH: epoch })).toThrow("whole number");
    expect(keyEpochOf({ KEY_EPOCH: "7" })).toBe(7);
  });

  it("gives the function that checks codes no business with the provider", () => {
    expect(ENV["check-code"].filter((key) => key.includes("TWILIO"))).toEqual([]);
  });
});

it("the list of origins is split by commas", () => {
  const origins = ["https://a.example", "https://b.example"];
  const texts = { PROBLEM_DOCS_URL: "", ALLOWED_ORIGINS: origins.join(), APP: "" };
  expect(apiSettings(texts).allowedOrigins).toEqual(origins);
});
