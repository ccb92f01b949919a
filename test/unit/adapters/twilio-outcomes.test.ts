import { describe, expect, it } from "vitest";
import { twilioNews } from "../../../functions/adapters/twilio/callbacks.ts";
import {
  createOutcome,
  reportOutcome,
  TWILIO_OUTCOMES,
} from "../../../functions/adapters/twilio/outcomes.ts";

describe("an error at create", () => {
  it.each([
    [21211, "phone-invalid", false],
    [21217, "phone-invalid", false],
    [21202, "phone-not-allowed", false],
    [21265, "phone-not-allowed", false],
    [21408, "country-not-enabled", true],
    [21215, "channel-not-available", true],
    [21216, "channel-not-available", false],
    [21610, "recipient-opted-out", false],
    [21612, "channel-not-available", false],
    [21214, "channel-not-available", false],
    [21614, "channel-not-available", false],
    [21635, "channel-not-available", false],
    [63003, "channel-not-available", false],
    [63024, "channel-not-available", false],
    [63007, "channel-not-available", true],
    [63014, "channel-not-available", false],
    [21655, "provider-unavailable", true],
    [20003, "provider-unavailable", true],
    [20429, "provider-unavailable", true],
    [21611, "provider-unavailable", true],
    [10004, "provider-unavailable", true],
    [21701, "provider-unavailable", true],
    [30007, "provider-unavailable", true],
    [99999, "provider-unavailable", true],
    ["constructor", "provider-unavailable", true],
    [undefined, "provider-unavailable", true],
  ])("%s is reported as %s, an operator informed: %s", (code, why, page) => {
    expect(createOutcome(code)).toEqual({ why, page });
  });
});

describe("an error in a callback", () => {
  it.each([
    ["30003", "unreachable", false],
    ["30036", "unreachable", false],
    ["30004", "filtered", false],
    ["30005", "not-in-service", false],
    ["30006", "landline", false],
    ["30007", "filtered", true],
    ["30008", "failed", false],
    ["30034", "failed", true],
    ["30450", "unsaid", true],
    ["30453", "unsaid", true],
    ["21610", "opted-out", false],
    ["63003", "not-on-whatsapp", false],
    ["63024", "not-on-whatsapp", false],
    ["63014", "filtered", false],
    ["63016", "failed", true],
    ["63041", "failed", true],
    ["99999", "failed", true],
    // Known, but not from callbacks.
    ["21211", "failed", true],
    ["toString", "failed", true],
    [undefined, "failed", false],
  ])("%s is reported as %s, an operator informed: %s", (code, reason, page) => {
    expect(reportOutcome(code)).toEqual({ reason, page });
  });

  it("that many have is known: each that Twilio's pages name for messages and calls", () => {
    const documented = [
      "20003 20404 20429 21201 21202 21203 21205 21210 21211 21212 21214 21215 21216 21217 21219 21265 21408 21601 21602 21603 21604 21606",
      "21608 21609 21610 21611 21612 21614 21617 21618 21619 21635 21654 21655 21656 21657 21701 21705 21708 21709 21712 10001 10004 13224",
      "13225 13227 20005 30001 30002 30003 30004 30005 30006 30007 30008 30017 30018 30022 30023 30024 30025 30026 30027 30029 30030 30032",
      "30033 30034 30035 30036 30038 30410 30450 30453 30610 30640 63001 63003 63005 63007 63010 63012 63013 63014 63015 63016 63017 63018",
      "63020 63021 63024 63026 63027 63028 63030 63032 63033 63038 63040 63041 63042 63051",
    ].flatMap((line) => line.split(" "));
    expect(documented.filter((code) => !Object.hasOwn(TWILIO_OUTCOMES, code))).toEqual([]);
    expect(Object.keys(TWILIO_OUTCOMES)).toHaveLength(documented.length + 3);
  });
});

const CALL_SID = `CA${"4e".repeat(16)}`;

describe("news", () => {
  const faults: (readonly [string, unknown])[] = [];
  const newsIn = twilioNews((what, fault) => faults.push([what, fault]));

  it.each([
    ["completed", {}, "no-answer"],
    ["no-answer", {}, "no-answer"],
    ["busy", {}, "busy"],
    ["canceled", {}, "failed"],
    ["failed", {}, "failed"],
    ["failed", { SipResponseCode: "404" }, "not-in-service"],
    ["failed", { SipResponseCode: "410" }, "not-in-service"],
    ["failed", { SipResponseCode: "484" }, "not-in-service"],
    ["failed", { SipResponseCode: "604" }, "not-in-service"],
    ["failed", { SipResponseCode: "486" }, "busy"],
    ["failed", { SipResponseCode: "600" }, "busy"],
    ["failed", { SipResponseCode: "603" }, "busy"],
    ["failed", { SipResponseCode: "500" }, "failed"],
    ["failed", { SipResponseCode: "__proto__" }, "failed"],
    ["failed", { ErrorCode: "13227" }, "failed"],
    ["failed", { ErrorCode: "13224", SipResponseCode: "603" }, "not-in-service"],
    ["busy", { ErrorCode: "13224" }, "busy"],
    ["no-answer", { SipResponseCode: "404" }, "no-answer"],
  ])("of a call that is %s with %j are reported as %s", (status, more, reason) => {
    const form = { CallSid: CALL_SID, CallStatus: status, ...more };
    expect(newsIn(Object.entries(form))).toEqual({
      provider: "twilio",
      messageId: CALL_SID,
      report: { delivery: "undelivered", reason },
    });
  });

  it.each([
    { CallSid: CALL_SID, CallStatus: "in-progress" },
    { CallSid: "CA1", CallStatus: "completed" },
    { MessageSid: "../Calls", MessageStatus: "delivered" },
    { MessageSid: ` SM${"1b".repeat(16)}`, MessageStatus: "delivered" },
    { MessageSid: `SM${"1b".repeat(16)}0`, MessageStatus: "delivered" },
    { MessageSid: `SM${"1b".repeat(16)}`, MessageStatus: "constructor" },
    { MessageSid: `SM${"1b".repeat(16)}`, MessageStatus: "__proto__" },
    { MessageSid: `SM${"1b".repeat(16)}` },
    { CallSid: ` ${CALL_SID}`, CallStatus: "completed" },
    { CallSid: `${CALL_SID}0`, CallStatus: "completed" },
    { CallSid: CALL_SID, CallStatus: "toString" },
    { CallSid: CALL_SID },
    { MessageStatus: "delivered" },
    { CallStatus: "completed" },
    ...["receiving", "accepted", "scheduled", "queued", "sending", "sent"].map((status) => ({
      MessageSid: `SM${"1b".repeat(16)}`,
      MessageStatus: status,
    })),
    {},
  ])("are none in %j", (form) => {
    expect(newsIn(Object.entries(form))).toBeUndefined();
  });

  it.each([
    ...["delivered", "read"].map((status) => [status, "delivered"]),
    ...["undelivered", "failed", "canceled"].map((status) => [status, "undelivered"]),
  ])("of a message that is %s are reported as %s", (status = "", delivery = "") => {
    const messageId = `MM${"1B".repeat(16)}`;
    const form = { MessageSid: messageId, MessageStatus: status };
    expect(newsIn(Object.entries(form))).toMatchObject({ messageId, report: { delivery } });
  });

  it("of a pumped prefix are reported to the operator only", () => {
    faults.length = 0;
    const messageId = `SM${"1b".repeat(16)}`;
    const form = { MessageSid: messageId, MessageStatus: "failed", ErrorCode: "30450" };
    expect(newsIn(Object.entries(form))).toEqual({
      provider: "twilio",
      messageId,
      report: { delivery: "unsaid" },
    });
    expect(faults).toEqual([["delivery-failed", new Error("Twilio error 30450")]]);
  });

  it("give an operator the code and nothing else", () => {
    faults.length = 0;
    const form = {
      MessageSid: `SM${"1b".repeat(16)}`,
      MessageStatus: "failed",
      To: "+447700900123",
    };
    newsIn(Object.entries({ ...form, ErrorCode: "30034" }));
    for (const code of ["<script>", "<script>30034", "30034<script>", "300345", ""])
      newsIn(Object.entries({ ...form, ErrorCode: code }));
    newsIn(Object.entries(form));
    newsIn(Object.entries({ ...form, ErrorCode: "30005" }));
    expect(faults).toEqual([
      ["delivery-failed", new Error("Twilio error 30034")],
      ...Array(5).fill(["delivery-failed", new Error("Twilio error unknown")]),
    ]);
  });
});
