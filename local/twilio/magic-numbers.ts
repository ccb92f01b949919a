import { OWNED_NUMBER } from "./credentials.ts";
import { TwilioFault } from "./faults.ts";

/** A number in E.164; Twilio takes nothing else as a certain spelling of one. */
const E164 = /^\+[1-9]\d{6,14}$/;

type Rules = {
  readonly senders: Readonly<Record<string, number>>;
  readonly anyOtherSender: number;
  readonly recipients: Readonly<Record<string, number>>;
  readonly noNumber: number;
};

/** What Twilio's test credentials answer for numbers that stand for faults. https://www.twilio.com/docs/iam/test-credentials */
export const MAGIC_NUMBERS = {
  messages: {
    senders: {
      "+15005550001": 21_212,
      "+15005550007": 21_606,
      "+15005550008": 21_611,
    },
    anyOtherSender: 21_606,
    recipients: {
      "+15005550001": 21_211,
      "+15005550002": 21_612,
      "+15005550003": 21_408,
      "+15005550004": 21_610,
      "+15005550009": 21_614,
    },
    noNumber: 21_211,
  },
  calls: {
    senders: { "+15005550001": 21_212 },
    anyOtherSender: 21_210,
    recipients: {
      "+15005550001": 21_217,
      "+15005550002": 21_214,
      "+15005550003": 21_215,
      "+15005550004": 21_216,
    },
    noNumber: 21_217,
  },
} as const satisfies Readonly<Record<string, Rules>>;

type Resource = keyof typeof MAGIC_NUMBERS;

const WORDS: Readonly<Record<number, string>> = {
  21210: "is not a verified number of this account",
  21211: "is not a valid phone number",
  21212: "is not a valid phone number, shortcode, or sender id",
  21214: "cannot be reached",
  21215: "is in a region that this account has no permission to call",
  21216: "is a number that this account may not call",
  21217: "is not a valid phone number",
  21408: "is in a region that this account has no permission for",
  21606: "is not a sender of this account, or cannot send such a message",
  21610: "has opted out by answering STOP",
  21611: "has a full queue",
  21612: "cannot be reached from this sender",
  21614: "is not a mobile number",
};

/** Throws the fault of a sender that cannot send. */
export function checkSender(resource: Resource, from: string): void {
  const { senders, anyOtherSender }: Rules = MAGIC_NUMBERS[resource];
  refuse("From", from, senders[from] ?? (from === OWNED_NUMBER ? undefined : anyOtherSender));
}

/** Throws the fault of a recipient that cannot be reached. */
export function checkRecipient(resource: Resource, to: string): void {
  const { recipients, noNumber }: Rules = MAGIC_NUMBERS[resource];
  refuse("To", to, recipients[to] ?? (E164.test(to) ? undefined : noNumber));
}

/** With the number in its message, as Twilio's: a test finds a program that logs it. */
export function refuse(name: "From" | "To", number: string, code: number | undefined): void {
  if (code !== undefined) throw new TwilioFault(code, `'${name}' ${number} ${WORDS[code]}`);
}
