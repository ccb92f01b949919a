import { describe, expect, it } from "vitest";
import { newVerificationId } from "../../functions/verification/identifiers.ts";
import { isStageName, STAGES, type Stage } from "../../infra/stages.ts";

const stages: readonly (readonly [string, Stage])[] = Object.entries(STAGES);

describe("a production stage", () => {
  it("cannot accept numbers of fiction: it does not compile", () => {
    // @ts-expect-error "accepted" is for development.
    const stage: Stage = { ...STAGES.prod, fictionalNumbers: "accepted" };
    expect(stage.production).toBe(true);
  });

  it.each(stages.filter(([, { production }]) => production))("%s refuses them", (_, stage) => {
    expect(stage.fictionalNumbers).toBe("refused");
  });

  it("cannot keep its logs for a week: it does not compile", () => {
    // @ts-expect-error seven days are for development.
    const stage: Stage = { ...STAGES.prod, logRetentionDays: 7 };
    expect(stage.production).toBe(true);
  });
});

describe.each(stages)("the stage %s", (_, stage) => {
  it("lists exact origins", () => {
    const origins = stage.allowedOrigins.map((origin) => new URL(origin).origin);
    expect(stage.allowedOrigins).toEqual(origins);
    expect(stage.allowedOrigins.join("")).not.toContain(",");
  });

  it("names a brand that keeps a message in GSM-7", () => {
    expect(stage.brand).toMatch(/^[A-Za-z0-9 .&'-]{1,20}$/);
  });

  it("has an epoch that ids can carry", () => {
    const bytes = (count: number) => new Uint8Array(count);
    expect(newVerificationId(stage.keyEpoch, { bytes })).toMatch(`v${stage.keyEpoch}-`);
  });

  it("leads from a problem to its words", () => {
    expect(new URL(`${stage.problemDocsUrl}body-invalid`).href).toMatch(/^https:.*body-invalid$/);
  });
});

describe("the name of a stage", () => {
  it.each(["dev", "prod"])("may be %s", (name) => {
    expect(isStageName(name)).toBe(true);
  });

  it.each(["staging", "toString", "", 7, undefined])("may not be %s", (name) => {
    expect(isStageName(name)).toBe(false);
  });
});
