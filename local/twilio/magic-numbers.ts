import { OWNED_NUMBER } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";

/** A number in E.164; Twilio takes nothing else as a certain spelling of one. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** What Twilio's test credentials answer for numbers that stand for faults. https://www.twilio.com/docs/iam/test-credentials */
const SENDERS: Readonly<Record<string, number>> = {
  "+15005550001": 21_212,
  "+15005550007": 21_606,
  "+15005550008": 21_611,
};
const RECIPIENTS: Readonly<Record<string, number>> = {
  "+15005550001": 21_211,
  "+15005550002": 21_612,
  "+15005550003": 21_408,
  "+15005550004": 21_610,
  "+15005550009": 21_614,
};

/** With test credentials, any sender but the one is not owned. */
const SENDER_NOT_OWNED = 21_606;
const INVALID_RECIPIENT = 21_211;

const WORDS: Readonly<Record<number, string>> = {
  21211: "is not a valid phone number",
  21212: "is not a valid phone number, shortcode, or sender id",
  21408: "is in a region that this account has no permission for",
  21606: "is not a sender of this account, or cannot send such a message",
  21610: "has opted out by answering STOP",
  21611: "has a full queue",
  21612: "cannot be reached from this sender",
  21614: "is not a mobile number",
};

/** Throws the fault of a sender that cannot send. */
export function checkSender(from: string): void {
  const code = SENDERS[from] ?? (from === OWNED_NUMBER ? undefined : SENDER_NOT_OWNED);
  if (code !== undefined) throw new TwilioFault(code, `'From' ${from} ${WORDS[code]}`);
}

/** Throws the fault of a recipient that cannot be sent to. */
export function checkRecipient(to: string): void {
  const code = RECIPIENTS[to] ?? (E164.test(to) ? undefined : INVALID_RECIPIENT);
  if (code !== undefined) throw new TwilioFault(code, `'To' ${to} ${WORDS[code]}`);
}
