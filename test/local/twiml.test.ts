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
    response.gather({ action: url, numDigits: 1 }).say("a");
    response.redirect({ method: "GET" }, url);
    expect(parseTwiml(response.toString())).toEqual([
      {
        verb: "Gather",
        finishKey: "#",
        prompts: [{ verb: "Say", text: "a", language: "en-US" }],
        keyCount: 1,
        timeoutSeconds: 5,
        action: url,
        method: "POST",
        asksWhenEmpty: false,
      },
      { verb: "Redirect", url, method: "GET" },
    ]);
  });
});

describe("TwiML that the emulator does not know", () => {
  it.each([
    ["", "one element"],
    ["Hello", "one element"],
    ["<Response>", "not closed"],
    ["<Response></Other>", "closes nothing"],
    ["<Response></Response><Response/>", "one element"],
    ["<Response/>more", "one element"],
    ["<Other/>", "<Response> must"],
    ["<response/>", "<Response> must"],
    ["<Response><Dial/></Response>", "<Dial>"],
    ["<Response><Play>a</Play></Response>", "<Play>"],
    ["<Response>words</Response>", "text of its own"],
    ['<Response><Say loop="2">a</Say></Response>', "loop"],
    ["<Response><Say><break/></Say></Response>", "<break>"],
    ["<Response><Say>a & b</Say></Response>", "stands for nothing"],
    ["<Response><Say>&nbsp;</Say></Response>", "stands for nothing"],
    ["<Response><Say>&#0;</Say></Response>", "stands for nothing"],
    ["<Response><!-- a --></Response>", "no tag"],
    ["<Response><Say><![CDATA[a]]></Say></Response>", "no tag"],
    ['<!DOCTYPE a [<!ENTITY b "c">]><Response/>', "no tag"],
    ['<Response><Say language="a" language="b">a</Say></Response>', "twice"],
    ["<Response><Say language=a>a</Say></Response>", "no tag"],
    ['<Response><Pause length="-1"/></Response>', "whole number"],
    ["<Response><Pause>a</Pause></Response>", "empty"],
    ["<Response><Gather/></Response>", "whole address"],
    ['<Response><Gather action="/next"/></Response>', "whole address"],
    ['<Response><Gather action="https://a.example" input="speech"/></Response>', "no speech"],
    ['<Response><Gather action="https://a.example" method="PUT"/></Response>', "no method"],
    ['<Response><Gather action="https://a.example"><Hangup/></Gather></Response>', "<Hangup>"],
  ])("%s is refused, and told why", (document, words) => {
    expect(() => parseTwiml(document)).toThrow(TwimlFault);
    expect(() => parseTwiml(document)).toThrow(words);
  });

  it("never ends in anything but a fault that says so", () => {
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
