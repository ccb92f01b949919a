import { isSupportedCountry } from "libphonenumber-js/mobile";
import { describe, expect, it } from "vitest";
import { PRICES } from "../../functions/policy/prices.ts";
import { SENDER_RULES } from "../../functions/policy/sender-rules.ts";
import { environments } from "../../infra/environments.ts";
import { validateStage } from "../../infra/stage-rules.ts";
import { STAGES, type Stage } from "../../infra/stages.ts";
import { NOWHERE } from "../support/nowhere.ts";
import { stackOf } from "./stack.ts";

const { knownNumbers: _, ...prod } = STAGES.prod;
const MG = `MG${"3d".repeat(16)}`;
const service = { messagingServiceSid: MG };

/** Countries with a list price, and two that have none. */
const COUNTRIES = [...Object.keys(PRICES.destinations), "IN", "SG"].filter((code) =>
  isSupportedCountry(code),
);

/** A production stage that sends to the countries of its senders. */
function stageWith(senders: NonNullable<Stage["senders"]>): Stage {
  const countries = COUNTRIES.filter((code) => code === "GB" || code in senders);
  const unpriced = countries.filter((code) => !(code in PRICES.destinations));
  const prices = Object.fromEntries(unpriced.map((code) => [code, { sms: 60_000 }]));
  const spend = { dollarsPerHour: 100, dollarsPerDay: 300, keptForTickets: 0.2 };
  return { ...prod, countries, senders, prices, spend };
}

describe("the sender of a country", () => {
  it.each<readonly [senders: NonNullable<Stage["senders"]>, sentence: string]>([
    [{ US: { from: "Acme" } }, 'and "Acme" is a sender of letters'],
    [{ CA: { from: "Acme", registered: true } }, '"Acme" is a sender of letters, which carriers'],
    [{ US: { from: "+12025550123" } }, '"+12025550123" must be registered, and set'],
    [{ ES: { from: "Acme" } }, "registered: true once it is, since 2026-09-15 (AWS"],
    [{ SG: { from: "Acme" } }, "set registered: true once it is (AWS"],
    [{ IN: { from: "Acme" } }, "put the sender into a Messaging Service"],
    [
      { IN: { from: "ACMECO", entityId: "1101", templateId: "1107", registered: true } },
      "entityId and templateId have no parameter in Twilio's API: register both with Twilio and name the messagingServiceSid",
    ],
    [{ FR: { from: "Acme Co" } }, "has spaces or punctuation, since 2026-03-01 (linkmo"],
    [{ FR: { from: "Acme-Co" } }, "use letters and digits alone"],
    [{ FR: { from: "+33612345678" } }, '"+33612345678" is a number that carriers refuse'],
  ])("%j is refused with the value and the fix", (senders, sentence) => {
    expect(() => validateStage("prod", stageWith(senders))).toThrow(sentence);
  });

  it.each<NonNullable<Stage["senders"]>>([
    { GB: { from: "Acme" }, US: service, CA: service, IN: service },
    { US: { from: "+18005550123", registered: true } },
    { ES: { from: "Acme", registered: true }, SG: { from: "Acme", registered: true } },
    { ES: { from: "+34600000000" }, FR: { from: "Acme42" }, IE: { from: "Acme Co" } },
  ])("%j is taken", (senders) => {
    expect(() => validateStage("prod", stageWith(senders))).not.toThrow();
  });

  it.each([
    ["twelve letters", { from: "Twelveletter" }],
    ["digits alone that are no number", { from: "1234567" }],
    ["a comma", { from: "Acme,Co" }],
    ["a service of another form", { messagingServiceSid: "MG1" }],
    ["both", { from: "Acme", ...service }],
  ])("with %s is refused with what it must be", (_what, sender) => {
    const stage = { ...prod, senders: { GB: sender } };
    expect(() => validateStage("prod", stage)).toThrow(/^Stage prod: senders must be a sender by/);
  });

  it("that receives no codes is refused", () => {
    const stage = { ...prod, senders: { US: service } };
    expect(() => validateStage("prod", stage)).toThrow("senders must name open countries");
  });
});

it("every rule has its source and its fix", () => {
  for (const { source, fix, since } of Object.values(SENDER_RULES)) {
    expect([source, fix].every((text) => text.split(" ").length >= 2)).toBe(true);
    expect(since ?? "2026-01-01").toMatch(/^\d{4}-\d{2}-\d{2}$/);
  }
});

describe("the environment of a function that sends", () => {
  const told = (stage: Stage) => environments(stage, NOWHERE)["resend-code"].SMS_SENDERS;

  it("has each sender once, with its countries, and none where the stage names none", () => {
    expect(told(prod)).toBe("");
    const senders = { US: service, CA: service, ES: { from: "Acme", registered: true } } as const;
    expect(told(stageWith(senders))).toBe(`US.CA=${MG},ES=Acme`);
  });

  it("is refused before the deployment where senders make it larger than Lambda's", () => {
    const of = (count: number, digit: (n: number) => string) => {
      const some = COUNTRIES.slice(0, count);
      return stageWith(
        Object.fromEntries(
          some.map((code, n) => [code, { messagingServiceSid: `MG${digit(n).repeat(16)}` }]),
        ),
      );
    };
    const own = (n: number) => String(10 + n);
    expect(() => stackOf("prod", of(8, own))).not.toThrow();
    const shared = () => "3d";
    expect(() => stackOf("prod", of(10, shared))).not.toThrow();
    expect(() => stackOf("prod", of(12, own))).toThrow("countries, senders, prices");
  });
});
