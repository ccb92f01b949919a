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

  it.each(["+447400123456", "+447911012345", "+447999123456", "+447300123456"])(
    "accepts the UK mobile %s",
    (mobile) => {
      expect(judge(mobile)).toBe(mobile);
    },
  );

  it.each([
    ["+442071838750", "a landline"],
    ["+447012345678", "a personal number"],
    ["+447640123456", "a pager"],
    ["+449012345678", "a premium number"],
    ["+448431234567", "a service number"],
    ["+448001234567", "a free number"],
    ["+443001234567", "a UAN"],
    ["+445611234567", "a VoIP number"],
    ["+447200123456", "in a block of nobody"],
    ["+881612345678", "a satellite"],
    ["+979123456789", "international premium"],
  ])("refuses %s, %s", (number) => {
    expect(judge(number)).toBe("phone-not-allowed");
  });

  it.each([
    ["+447624000000", "Isle of Man"],
    ["+447924012345", "Isle of Man, in a block that libraries call British"],
    ["+447797712345", "Jersey"],
    ["+447781000000", "Guernsey"],
    ["+33612345678", "France"],
    ["+12015550123", "United States"],
  ])("refuses %s (%s) while only GB is enabled", (number) => {
    expect(judge(number)).toBe("country-not-enabled");
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

  it.each([
    "07400123456",
    "00447400123456",
    "447400123456",
    "+44 7400 123456",
    "+44(0)7400123456",
    "+4407400123456",
    "+447400123456 ",
    " +447400123456",
    "+447400123456\n",
    "+447400123456\u0000",
    "+447400123456;ext=1",
    "tel:+447400123456",
    "whatsapp:+447400123456",
    "+44740012345６",
    "+٤٤7400123456",
    "+447400123456,+447400123457",
    "\u200b+447400123456",
    "++447400123456",
    "+44-7400-123456",
    "",
    "+",
    "+0447400123456",
    "+4474001234567890",
  ])("refuses every spelling but E.164: %j", (spelling) => {
    expect(judge(spelling)).toBe("phone-invalid");
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
    ["7400123456", "without the trunk zero"],
    ["447400123456", "without the plus"],
    ["00447400123456", "as dialled from abroad"],
    ["0447400123456", "half of both"],
    ["07400 123456", "with a space"],
    ["07400-123456", "with a dash"],
    ["(07400)123456", "with brackets"],
    ["0740012345", "a digit short"],
    ["074001234567", "a digit long"],
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
