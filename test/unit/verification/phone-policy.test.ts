import { describe, expect, it } from "vitest";
import { judgePhone } from "../../../functions/verification/phone-policy.ts";

const judge = (to: string, fictionalNumbers = false) => {
  const verdict = judgePhone(to, { fictionalNumbers });
  return verdict.kind === "refused" ? verdict.why : verdict.phone;
};

describe("the phone policy", () => {
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
  ])("refuses %s, %s", (number) => {
    expect(judge(number)).toBe("phone-not-allowed");
  });

  it.each([
    ["+447624000000", "Isle of Man"],
    ["+447797712345", "Jersey"],
    ["+447781000000", "Guernsey"],
    ["+33612345678", "France"],
    ["+12015550123", "United States"],
    ["+881612345678", "a satellite"],
    ["+979123456789", "international premium"],
  ])("refuses %s (%s) while only GB is enabled", (number) => {
    expect(judge(number)).toBe("country-not-enabled");
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
      expect(judge(number, true)).toBe(number);
      expect(judge(number, false)).toBe("phone-not-allowed");
    },
  );

  it("calls nothing beside the thousand fictional numbers fictional", () => {
    expect(judge("+447700899999", true)).not.toBe("+447700899999");
    expect(judge("+4477009001234", true)).toBe("phone-invalid");
  });
});
