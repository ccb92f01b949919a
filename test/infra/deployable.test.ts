import { describe, expect, it } from "vitest";
import { LOCALES } from "../../functions/policy/messages/locales.ts";
import { refuseUnaffordable } from "../../infra/deployable.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";
import { stackOf } from "./stack.ts";

/** A share for known numbers is a share less for each country. */
const { knownNumbers: _, ...prod } = STAGES.prod;
const spendOf = (dollarsPerHour: number): Stage["spend"] => ({
  ...prod.spend,
  dollarsPerHour,
  keptForTickets: 0.2,
});

describe("a stage whose money has no room for one message", () => {
  it("to a country that it opens is refused, with what is missing", () => {
    // A tenth of two dollars, less a fifth: sixteen cents, where two segments to France cost eighteen.
    const stage: Stage = { ...prod, countries: ["GB", "FR"], spend: spendOf(2) };
    expect(() => stackOf("prod", stage)).toThrow(
      "Stage prod: spend must have room for one message to FR in an hour ($0.18), beside the share kept for tickets; it has $0.16.",
    );
    expect(() => refuseUnaffordable("prod", { ...stage, spend: spendOf(2.25) })).not.toThrow();
  });

  it("for one of its apps is refused too", () => {
    const spend = { ...spendOf(2.25), apps: { main: 100, shop: 0.1 } };
    expect(() => refuseUnaffordable("prod", { ...prod, spend })).toThrow("shop has $0.08.");
  });

  it("by a way that it opens is refused too", () => {
    const stage: Stage = { ...prod, countries: ["GB", "MD"], spend: spendOf(9) };
    expect(() => refuseUnaffordable("prod", stage)).not.toThrow();
    const voice = { from: "+447400123456", countries: ["MD"] } as const;
    expect(() => refuseUnaffordable("prod", { ...stage, voice })).toThrow(
      "to MD in an hour ($0.80)",
    );
  });
});

it("a function whose environment is larger than Lambda's limit is refused before anything is deployed", () => {
  const ids = LOCALES.filter((locale) => !locale.includes("-")).map((locale) => [
    locale,
    `HX${"0".repeat(32)}`,
  ]);
  const whatsApp = { from: "+447400123456", templates: Object.fromEntries(ids) };
  const countries = ["GB", "IE", "FR", "DE", "ES", "IT", "NL", "BE", "PL", "PT", "SE"] as const;
  expect(() => stackOf("prod", { ...prod, countries })).not.toThrow();
  expect(() => stackOf("prod", { ...prod, countries, whatsApp })).toThrow(
    /^Stage prod: countries, senders, prices, locales, origins and templates must take less room: start-verification would be told \d+ bytes, and Lambda takes 4096\.$/,
  );
});
