import { newHex } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";
import { checkRecipient, checkSender } from "./magic-numbers.ts";
import { rfc2822 } from "./messages.ts";

type Parameters = Readonly<Record<string, string>>;

/** The longest TwiML in a request. https://www.twilio.com/docs/voice/api/call-resource */
const LONGEST_TWIML_CHARACTERS = 4_000;

/** A call as test credentials make it: judged, queued, and never dialled. Throws the fault that Twilio would answer. */
export function testCall(accountSid: string, parameters: Parameters, now: Date): unknown {
  const { To: to = "", From: from = "", Twiml: twiml = "" } = parameters;
  const { Url: url = "", ApplicationSid: application = "" } = parameters;
  if (to === "") throw new TwilioFault(21_201, "No 'To' number is specified");
  if (from === "") throw new TwilioFault(21_213, "No 'From' number is specified");
  if (`${url}${application}${twiml}` === "" || twiml.length > LONGEST_TWIML_CHARACTERS)
    throw new TwilioFault(21_205, "Url parameter is required");
  checkSender("calls", from);
  checkRecipient("calls", to);
  const sid = `CA${newHex()}`;
  return {
    account_sid: accountSid,
    api_version: "2010-04-01",
    date_created: rfc2822(now),
    date_updated: rfc2822(now),
    direction: "outbound-api",
    from,
    price_unit: "USD",
    sid,
    status: "queued",
    to,
    uri: `/2010-04-01/Accounts/${accountSid}/Calls/${sid}.json`,
  };
}
