import { describe, expect, it } from "vitest";
import { DESTINATIONS } from "../../../functions/policy/destinations.ts";
import { judgePhone, phoneSettings } from "../../../functions/verification/phone-policy.ts";
import type { PhoneSettings } from "../../../functions/verification/phone-verdict.ts";

const judge = (to: string, settings: Partial<PhoneSettings> = {}) => {
  const verdict = judgePhone(to, { fictionalNumbers: false, ...settings });
  return verdict.kind === "refused" ? verdict.why : verdict.phone;
};

describe("the phone policy", () => {
  it("opens the United Kingdom and nothing else, and refuses blocks of nobody", () => {
    expect(DESTINATIONS.countries).toEqual(["GB"]);
    expect(DESTINATIONS.unallocatedBlocks).toBe("refuse");
  });

  it("refuses a UK mobile where only other countries are enabled", () => {
    expect(judge("+447400123456", { countries: ["FR", "IM"] })).toBe("country-not-enabled");
    expect(judge("+447400123456", { countries: ["FR"] })).toBe("country-not-enabled");
    expect(judge("+442071838750", { countries: ["FR"] })).toBe("country-not-enabled");
    expect(judge("+447400123456", { countries: [] })).toBe("country-not-enabled");
  });

  it("says whose mobile it is", () => {
    const settings = { fictionalNumbers: true, countries: ["GB", "IM", "FR"] } as const;
    const countryOf = (to: string) => judgePhone(to, settings);
    expect(countryOf("+447400123456")).toMatchObject({ country: "GB", isUnallocated: false });
    expect(countryOf("+447924012345")).toMatchObject({ country: "IM" });
    expect(countryOf("+33612345678")).toMatchObject({ country: "FR", isUnallocated: false });
    expect(countryOf("+447700900123")).toMatchObject({ country: "GB" });
  });

  it("refuses a number that no plan has", () => {
    expect(judge("+447400")).toBe("phone-invalid");
    expect(judge("+999123456789")).toBe("phone-invalid");
  });

  it.each(["+447700900000", "+447700900123", "+447700900999"])(
    "accepts the fictional %s only where told to",
    (number) => {
      expect(judge(number, { fictionalNumbers: true })).toBe(number);
      expect(judge(number)).toBe("phone-not-allowed");
    },
  );

  it("calls nothing beside the thousand fictional numbers fictional", () => {
    expect(judge("+447700901000", { fictionalNumbers: true })).toBe("phone-not-allowed");
    expect(judge("+447700899999", { fictionalNumbers: true })).toBe("country-not-enabled");
    expect(judge("+4477009001234", { fictionalNumbers: true })).toBe("phone-invalid");
    expect(judge("+12015550123", { fictionalNumbers: true, countries: ["US"] })).toBe(
      "phone-not-allowed",
    );
  });
});

describe("a block that Ofcom has given to nobody", () => {
  const COUNTED = { fictionalNumbers: false, unallocatedBlocks: "count" } as const;

  it("is let through and marked where such blocks are only counted", () => {
    expect(judgePhone("+447200123456", COUNTED)).toEqual({
      kind: "accepted",
      phone: "+447200123456",
      country: "GB",
      isUnallocated: true,
    });
  });

  it("is of the island that libraries give it, and that must be enabled", () => {
    expect(judgePhone("+447797012345", COUNTED)).toMatchObject({ why: "country-not-enabled" });
    expect(judgePhone("+447797012345", { ...COUNTED, countries: ["JE"] })).toMatchObject({
      country: "JE",
      isUnallocated: true,
    });
  });

  it.each([
    ["+447700901000", "neither Ofcom nor a library has it"],
    ["+447911312345", "neither Ofcom nor a library has it"],
    ["+445112345678", "no mobile"],
  ])("is refused all the same where %s: %s", (number) => {
    expect(judgePhone(number, COUNTED)).toMatchObject({ reason: "unallocated" });
  });

  it("does not open what is closed for another reason", () => {
    expect(judgePhone("+447911212345", COUNTED)).toMatchObject({ reason: "voip" });
    expect(judgePhone("+447012345678", COUNTED)).toMatchObject({ reason: "personal-number" });
    expect(judgePhone("+447700900123", COUNTED)).toMatchObject({ reason: "fictional" });
  });
});

describe("the national form", () => {
  const AT_HOME = { defaultCountry: "GB", fictionalNumbers: true } as const;

  it("is the same number as E.164 where a default country is set", () => {
    expect(judgePhone("07400123456", AT_HOME)).toEqual(judgePhone("+447400123456", AT_HOME));
    expect(judge("07400123456", AT_HOME)).toBe("+447400123456");
    expect(judge("07700900123", AT_HOME)).toBe("+447700900123");
  });

  it("goes through the same policy", () => {
    expect(judge("07012345678", AT_HOME)).toBe("phone-not-allowed");
    expect(judge("02071838750", AT_HOME)).toBe("phone-not-allowed");
    expect(judge("07624000000", AT_HOME)).toBe("country-not-enabled");
    expect(judge("07200123456", AT_HOME)).toBe("phone-not-allowed");
  });

  it.each([
    ["07400 123456", "with a space"],
    ["0447400123456", "half abroad, half at home"],
    ["999", "a short code"],
  ])("is refused as %s, %s", (spelling) => {
    expect(judge(spelling, AT_HOME)).toBe("phone-invalid");
  });
});

describe("digits that no country writes so", () => {
  it.each(["00999123456", "0000", "009"])(
    "are no number, in a country's form or not: %s",
    (digits) => {
      expect(judge(digits, { defaultCountry: "GB" })).toBe("phone-invalid");
    },
  );
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
