const CONSOLE = "https://console.twilio.com/us1";

type Help = { readonly says: string; readonly page: string };

const SENDER = `${CONSOLE}/develop/phone-numbers/manage/incoming`;
const REGISTRATION = "https://www.twilio.com/docs/messaging/compliance/a2p-10dlc";

/** What the owner of an account does about a refusal, and where. Codes: https://www.twilio.com/docs/api/errors */
const HELP: Readonly<Record<number, Help>> = {
  10001: { says: "The account is not active.", page: `${CONSOLE}/billing/manage-billing` },
  20003: {
    says: "Twilio does not accept this API key, or the account has no balance left.",
    page: `${CONSOLE}/account/keys-credentials/api-keys`,
  },
  20005: { says: "The account is not active.", page: `${CONSOLE}/billing/manage-billing` },
  21211: {
    says: "This is not a valid number.",
    page: "https://www.twilio.com/docs/api/errors/21211",
  },
  21408: {
    says: "The account may not send to this country. Enable the country.",
    page: `${CONSOLE}/develop/sms/settings/geo-permissions`,
  },
  21606: { says: "The sender is no number of this account that can send SMS.", page: SENDER },
  21608: {
    says: "A trial account sends to verified numbers only. Verify this number, or upgrade the account.",
    page: `${CONSOLE}/develop/phone-numbers/manage/verified`,
  },
  21610: {
    says: "This number answered STOP. Send START from it to the sender.",
    page: "https://www.twilio.com/docs/api/errors/21610",
  },
  21612: { says: "This sender cannot reach this number. Choose another sender.", page: SENDER },
  21614: {
    says: "This is not a mobile number.",
    page: "https://www.twilio.com/docs/api/errors/21614",
  },
  21703: {
    says: "The Messaging Service has no sender that can be used. Add one.",
    page: `${CONSOLE}/develop/sms/services`,
  },
  30003: {
    says: "The phone is switched off or has no coverage. Try again later.",
    page: "https://www.twilio.com/docs/api/errors/30003",
  },
  30005: {
    says: "The carrier does not know this number.",
    page: "https://www.twilio.com/docs/api/errors/30005",
  },
  30006: {
    says: "This is a landline, or its carrier cannot be reached.",
    page: "https://www.twilio.com/docs/api/errors/30006",
  },
  30007: {
    says: "The carrier filtered the message. Register the sender, or use another one.",
    page: "https://www.twilio.com/docs/api/errors/30007",
  },
  30032: {
    says: "The toll-free number is not verified. Verify it.",
    page: "https://www.twilio.com/docs/messaging/compliance/toll-free/console-onboarding",
  },
  30034: {
    says: "The number is in no registered A2P 10DLC campaign. Register it.",
    page: REGISTRATION,
  },
};

/** One sentence on a code of Twilio's, and the page that mends it. */
export function helpFor(code: number): string {
  const { says, page } = HELP[code] ?? {
    says: `Twilio refused it with error ${code}.`,
    page: `https://www.twilio.com/docs/api/errors/${code}`,
  };
  return `${says} ${page}`;
}
