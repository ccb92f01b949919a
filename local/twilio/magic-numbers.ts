import { MAGIC_NUMBER_CASES, type MagicNumberCase } from "../../cli/smoke/magic-number-cases.ts";
import { TwilioFault } from "./faults.ts";

/** A number in E.164; Twilio takes nothing else as a certain spelling of one. */
const E164 = /^\+[1-9]\d{6,14}$/;

type Resource = MagicNumberCase["resource"];

/** What Twilio documents for a number of test credentials, if it names it. */
function documented(resource: Resource, side: MagicNumberCase["side"], number: string) {
  return MAGIC_NUMBER_CASES.find(
    (one) => one.resource === resource && one.side === side && one.number === number,
  )?.expected;
}

/** Rows that stand for every other sender, and for what is no number. */
const ANY_OTHER_SENDER = "+15005550000";
const NO_NUMBER = "+15005550001";

/** Throws the fault of a sender that cannot send. */
export function checkSender(resource: Resource, from: string): void {
  const code = documented(resource, "from", from);
  refuse("From", from, code ?? documented(resource, "from", ANY_OTHER_SENDER));
}

/** Throws the fault of a recipient that cannot be reached. */
export function checkRecipient(resource: Resource, to: string): void {
  const code = documented(resource, "to", to);
  refuse("To", to, code ?? (E164.test(to) ? undefined : documented(resource, "to", NO_NUMBER)));
}

/** With the number in its message, as Twilio's: a test finds a program that logs it. */
export function refuse(
  name: "From" | "To",
  number: string,
  code: MagicNumberCase["expected"] | undefined,
): void {
  if (typeof code !== "number") return;
  const words = MAGIC_NUMBER_CASES.find(({ expected }) => expected === code)?.words;
  throw new TwilioFault(code, `'${name}' ${number}: ${words}`);
}
