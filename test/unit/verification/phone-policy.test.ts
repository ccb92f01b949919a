import { describe, expect, it } from "vitest";
import { DESTINATIONS } from "../../../functions/policy/destinations.ts";
import { judgePhone, phoneSettings } from "../../../functions/verification/phone-policy.ts";
import type { PhoneSettings } from "../../../functions/verification/phone-verdict.ts";

const FICTION = { fictionalNumbers: true } as const;
const THREE = { ...FICTION, countries: ["GB", "IM", "FR"] } as const;
const COUNTED = { unallocatedBlocks: "count" } as const;
const AT_HOME = { ...FICTION, defaultCountry: "GB" } as const;
const CLOSED = { why: "country-not-enabled" };
const INVALID = { why: "phone-invalid" };
const because = (reason: string) => ({ why: "phone-not-allowed", reason });
const accepted = (phone: string, country: string, isUnallocated = false) => ({
  ...{ kind: "accepted", phone, country, isUnallocated },
});

describe("the phone policy", () => {
  it("opens the United Kingdom and nothing else, and refuses blocks that are not allocated", () => {
    expect(DESTINATIONS.countries).toEqual(["GB"]);
    expect(DESTINATIONS.unallocatedBlocks).toBe("refuse");
  });

  it.each<readonly [string, string, Partial<PhoneSettings>, object]>([
    ["only others are enabled", "+447400123456", { countries: ["FR", "IM"] }, CLOSED],
    ["only others are enabled", "+442071838750", { countries: ["FR"] }, CLOSED],
    ["none is enabled", "+447400123456", { countries: [] }, CLOSED],
    ["its country is enabled", "+447400123456", THREE, accepted("+447400123456", "GB")],
    ["its island is enabled", "+447924012345", THREE, accepted("+447924012345", "IM")],
    ["its country is enabled", "+33612345678", THREE, accepted("+33612345678", "FR")],
    ["no plan has it", "+447400", {}, INVALID],
    ["no plan has it", "+999123456789", {}, INVALID],
    ["fiction is accepted", "+447700900000", FICTION, accepted("+447700900000", "GB")],
    ["fiction is accepted", "+447700900123", FICTION, accepted("+447700900123", "GB")],
    ["fiction is accepted", "+447700900999", FICTION, accepted("+447700900999", "GB")],
    ["fiction is refused", "+447700900000", {}, because("fictional")],
    ["fiction is refused", "+447700900123", {}, because("fictional")],
    ["fiction is refused", "+447700900999", {}, because("fictional")],
    ["it is beside fiction", "+447700901000", FICTION, because("unallocated")],
    ["it is beside fiction", "+447700899999", FICTION, CLOSED],
    ["it is beside fiction", "+4477009001234", FICTION, INVALID],
    ["America's fiction", "+12015550123", { ...FICTION, countries: ["US"] }, because("fictional")],
    // Blocks that Ofcom has given to nobody, where they are only counted.
    ["it is counted", "+447200123456", COUNTED, accepted("+447200123456", "GB", true)],
    ["libraries give it to Jersey", "+447797012345", COUNTED, CLOSED],
    [
      "Jersey is enabled",
      "+447797012345",
      { ...COUNTED, countries: ["JE"] },
      accepted("+447797012345", "JE", true),
    ],
    ["no library has it either", "+447700901000", COUNTED, because("unallocated")],
    ["no library has it either", "+447911312345", COUNTED, because("unallocated")],
    ["it is no mobile", "+445112345678", COUNTED, because("unallocated")],
    ["another reason stands", "+447911212345", COUNTED, because("voip")],
    ["another reason stands", "+447012345678", COUNTED, because("personal-number")],
    ["another reason stands", "+447700900123", COUNTED, because("fictional")],
    // The national form goes through the same policy, and has one spelling.
    ["it is at home", "07400123456", AT_HOME, accepted("+447400123456", "GB")],
    ["it is at home", "07700900123", AT_HOME, accepted("+447700900123", "GB")],
    ["it is at home", "07012345678", AT_HOME, because("personal-number")],
    ["it is at home", "02071838750", AT_HOME, because("landline")],
    ["it is at home", "07624000000", AT_HOME, CLOSED],
    ["it is at home", "07200123456", AT_HOME, because("unallocated")],
    ["it has a space", "07400 123456", AT_HOME, INVALID],
    ["it is half abroad, half at home", "0447400123456", AT_HOME, INVALID],
    ["it is a short code", "999", AT_HOME, INVALID],
    ...["00999123456", "0000", "009"].map(
      (digits) => ["no country writes so", digits, AT_HOME, INVALID] as const,
    ),
  ])("where %s, of %s under %j returns %j", (_, to, settings, verdict) => {
    expect(judgePhone(to, { fictionalNumbers: false, ...settings })).toMatchObject(verdict);
  });
});

describe("the settings of an environment", () => {
  const TEXTS = {
    fictionalNumbers: "refused",
    countries: "GB,IM",
    unallocatedBlocks: "count",
    defaultCountry: "",
  };

  it("are read from its texts", () => {
    expect(phoneSettings(TEXTS)).toEqual({
      fictionalNumbers: false,
      countries: ["GB", "IM"],
      unallocatedBlocks: "count",
      defaultCountry: undefined,
    });
    expect(phoneSettings({ ...TEXTS, defaultCountry: "GB" }).defaultCountry).toBe("GB");
    const strict = phoneSettings({ ...TEXTS, unallocatedBlocks: "refuse" });
    expect(strict.unallocatedBlocks).toBe("refuse");
  });

  it("accept fictional numbers by that one word only", () => {
    const read = (fictionalNumbers: string) => phoneSettings({ ...TEXTS, fictionalNumbers });
    expect(read("accepted").fictionalNumbers).toBe(true);
    expect(read("true").fictionalNumbers).toBe(false);
    expect(read("").fictionalNumbers).toBe(false);
  });

  it.each([
    { ...TEXTS, countries: "" },
    { ...TEXTS, countries: "GB,UK" },
    { ...TEXTS, countries: "GB, IM" },
    { ...TEXTS, defaultCountry: "gb" },
    { ...TEXTS, unallocatedBlocks: "allow" },
  ])("throw on what is no country and no choice: %j", (texts) => {
    expect(() => phoneSettings(texts)).toThrow(/is no country|not "allow"/);
  });
});
