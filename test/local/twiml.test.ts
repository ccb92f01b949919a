import fc from "fast-check";
import twilio from "twilio";
import { describe, expect, it } from "vitest";
import { parseTwiml, TwimlFault } from "../../local/twilio/twiml.ts";

describe("TwiML that Twilio's own SDK writes", () => {
  it("is read as it was meant, whatever the words", () => {
    fc.assert(
      fc.property(
        fc
          .string({ unit: "grapheme", minLength: 1 })
          .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text)),
        (text) => {
          const response = new twilio.twiml.VoiceResponse();
          response.say({ language: "en-GB" }, text);
          const [say] = parseTwiml(response.toString());
          expect(say).toEqual({
            verb: "Say",
            language: "en-GB",
            text: text.replace(/\s+/g, " ").trim(),
          });
        },
      ),
    );
  });

  it("keeps its addresses, their queries included", () => {
    const url = "https://example.com/v1/calls/twilio/a?b=1&c='\"<>";
    const response = new twilio.twiml.VoiceResponse();
    const oneKey = { numDigits: 1, finishOnKey: "", method: "POST", timeout: 5 };
    response.gather({ ...oneKey, action: url }).say("a");
    expect(parseTwiml(response.toString())).toEqual([
      {
        verb: "Gather",
        prompts: [{ verb: "Say", text: "a", language: "en-US" }],
        timeoutSeconds: 5,
        action: url,
      },
    ]);
  });
});

function gather(attributes: Readonly<Record<string, string>>, inner = ""): string {
  const all = { action: "https://a.example", method: "POST", numDigits: "1", timeout: "5" };
  const written = Object.entries({ ...all, finishOnKey: "", ...attributes });
  const text = written.map(([name, value]) => `${name}="${value}"`).join(" ");
  return `<Response><Gather ${text}>${inner}</Gather></Response>`;
}

describe("TwiML that the emulator does not know", () => {
  it.each([
    ["", "must contain a root"],
    ["Hello", "outside of root"],
    ["<Response>", "unclosed tag"],
    ["<Response></Other>", "unexpected close tag"],
    ["<Response></Response><Response/>", "only one root"],
    ["<Response/>more", "outside of root"],
    ["<Other/>", "<Response> must"],
    ["<response/>", "<Response> must"],
    ["<Response><Dial/></Response>", "<Dial>"],
    ["<Response><Play>a</Play></Response>", "<Play>"],
    ["<Response>words</Response>", "text of its own"],
    ['<Response><Say loop="2">a</Say></Response>', "loop"],
    ["<Response><Say><break/></Say></Response>", "<break>"],
    ["<Response><Say>a & b</Say></Response>", "unclosed tag"],
    ["<Response><Say>&nbsp;</Say></Response>", "undefined entity"],
    ["<Response><Say>&#0;</Say></Response>", "malformed"],
    ["<Response><!-- a --></Response>", "no comment"],
    ["<Response><Say><![CDATA[a]]></Say></Response>", "no cdata"],
    ['<!DOCTYPE a [<!ENTITY b "c">]><Response/>', "no doctype"],
    ['<Response><Say language="a" language="b">a</Say></Response>', "duplicate attribute"],
    ["<Response><Say language=a>a</Say></Response>", "unquoted"],
    ['<Response><Pause length="-1"/></Response>', "whole number"],
    ["<Response><Pause>a</Pause></Response>", "empty"],
    ["<Response><Gather/></Response>", "action undefined"],
    [gather({ action: "/next" }), "action /next"],
    [gather({ input: "speech" }), "no input of <Gather>"],
    [gather({ method: "GET" }), "method GET"],
    [gather({ numDigits: "2" }), "numDigits 2"],
    [gather({ finishOnKey: "#" }), "finishOnKey #"],
    [gather({ timeout: "-1" }), "timeout -1"],
    [gather({}, "<Hangup/>"), "<Hangup>"],
    ["<Response><Redirect>https://a.example</Redirect></Response>", "<Redirect>"],
  ])("%s is refused with the reason", (document, words) => {
    expect(() => parseTwiml(document)).toThrow(TwimlFault);
    expect(() => parseTwiml(document)).toThrow(words);
  });

  it("never ends in anything but its own fault", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."<>/=&;\"' aSayResponse#x1") }), (text) => {
        try {
          expect(parseTwiml(text)).toBeInstanceOf(Array);
        } catch (fault) {
          expect(fault).toBeInstanceOf(TwimlFault);
        }
      }),
    );
  });
});
