const CONSOLE = "https://console.twilio.com/us1";
const SENDER = `${CONSOLE}/develop/phone-numbers/manage/incoming`;
const BILLING = `${CONSOLE}/billing/manage-billing`;
const COMPLIANCE = "https://www.twilio.com/docs/messaging/compliance";

/** The fix of each refusal for the owner of the account, and its page if not that of the error. Codes: https://www.twilio.com/docs/api/errors */
const HELP: Readonly<Record<number, readonly [says: string, page?: string]>> = {
  10001: ["The account is not active.", BILLING],
  20003: [
    "Twilio does not accept this API key, or the account has no balance left.",
    `${CONSOLE}/account/keys-credentials/api-keys`,
  ],
  20005: ["The account is not active.", BILLING],
  21211: ["This is not a valid number."],
  21408: [
    "The account may not send to this country. Enable the country.",
    `${CONSOLE}/develop/sms/settings/geo-permissions`,
  ],
  21603: ["The request names no sender.", SENDER],
  21606: ["The sender is no number of this account that can send SMS.", SENDER],
  21608: [
    "A trial account sends to verified numbers only. Verify this number, or upgrade the account.",
    `${CONSOLE}/develop/phone-numbers/manage/verified`,
  ],
  21610: ["This number answered STOP. Send START from it to the sender."],
  21612: ["This sender cannot reach this number. Choose another sender.", SENDER],
  21614: ["This is not a mobile number."],
  21659: ["The sender is no number of this account, or of another country's kind.", SENDER],
  21703: [
    "The Messaging Service has no sender that can be used. Add one.",
    `${CONSOLE}/develop/sms/services`,
  ],
  30003: ["The phone is switched off or has no coverage. Try again later."],
  30005: ["The carrier does not know this number."],
  30006: ["This is a landline, or its carrier cannot be reached."],
  30007: ["The carrier filtered the message. Register the sender, or use another one."],
  30032: [
    "The toll-free number is not verified. Verify it.",
    `${COMPLIANCE}/toll-free/console-onboarding`,
  ],
  30034: [
    "The number is in no registered A2P 10DLC campaign. Register it.",
    `${COMPLIANCE}/a2p-10dlc`,
  ],
};

/** One sentence on an error code of Twilio, and the page for the fix. */
export function helpFor(code: number): string {
  const [says, page = `https://www.twilio.com/docs/api/errors/${code}`] = HELP[code] ?? [
    `Twilio refused it with error ${code}.`,
  ];
  return `${says} ${page}`;
}
