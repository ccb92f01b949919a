import type { SendRefusal } from "../../verification/ports.ts";
import type { DeliveryReason } from "../../verification/verification.ts";

/**
 * The outcome of each of Twilio's errors; the only file with their codes. https://www.twilio.com/docs/api/errors `create`: the answer to a
 * create. Nothing was sent, so the number's turn and the money are released; only a person sends again, after an answer that states what to change. `report`: the
 * end of an accepted message, as the end user may see it. The channels that remain, and whether the turn is handed on, follow from the reason alone:
 * see `channelsLeft`. `unsaid`: the caller gets no reason, since it would help only pumping; the turn stays spent. `page`: an operator can fix it. Nothing is ever sent again automatically on the same channel.
 */
type TwilioOutcome = {
  readonly create?: SendRefusal;
  readonly report?: DeliveryReason | "unsaid";
  readonly page?: true;
};

type Rows = Readonly<Record<number, TwilioOutcome>>;

const OF_NUMBERS = {
  21211: { create: "phone-invalid" }, // not a valid number
  21217: { create: "phone-invalid" }, // the same of a call
  13224: { create: "phone-invalid", report: "not-in-service" }, // the same of a call
  21202: { create: "phone-not-allowed" }, // a premium number
  21265: { create: "phone-not-allowed" }, // a short code
  21216: { create: "channel-not-available" }, // Twilio calls no such number
  13225: { create: "channel-not-available", report: "failed" }, // the same
  21610: { create: "recipient-opted-out", report: "opted-out" }, // answered STOP
  21612: { create: "channel-not-available", report: "failed" }, // no route from this sender
  21214: { create: "channel-not-available" }, // cannot be called
  21614: { create: "channel-not-available", report: "landline" }, // not a mobile
  21635: { create: "channel-not-available", report: "landline" }, // a landline
  30003: { report: "unreachable" }, // switched off, or out of coverage
  30004: { report: "filtered" }, // blocked by its owner or carrier
  30005: { report: "not-in-service" }, // unknown, or no longer there
  30006: { report: "landline" }, // a landline, or an unreachable carrier
  30008: { report: "failed" }, // the carrier gives no reason
  30036: { report: "unreachable" }, // not delivered while the code was good
  30410: { report: "failed" }, // the carrier did not answer
} as const satisfies Rows;

/** Twilio's permissions of the account by country. The policy accepted the number, so the stage and the account disagree. */
const OF_COUNTRIES = {
  21408: { create: "country-not-enabled", report: "failed", page: true },
  21203: { create: "channel-not-available", report: "failed", page: true },
  21215: { create: "channel-not-available", report: "failed", page: true },
  13227: { create: "channel-not-available", report: "failed", page: true },
} as const satisfies Rows;

/** Filters and fraud protection. */
const OF_FILTERS = {
  30007: { report: "filtered", page: true }, // as spam: one is a carrier's whim, many are our sender's name
  30038: { report: "filtered" }, // one-time codes to Twilio's own numbers
  30450: { report: "unsaid", page: true }, // the prefix is being pumped
  30453: { report: "unsaid", page: true }, // the same
  30610: { report: "filtered", page: true }, // quiet hours
  30640: { report: "filtered", page: true }, // no consent on record
} as const satisfies Rows;

/** Queues and caps, which end by themselves. */
const OF_LOAD = {
  20429: { create: "provider-unavailable", page: true }, // too many requests; not processed
  21611: { create: "provider-unavailable", page: true }, // the sender's queue is full
  10004: { create: "provider-unavailable", page: true }, // too many calls at once
  30001: { report: "failed" }, // a queue overflowed
  30017: { report: "failed" }, // the carrier is congested
  30022: { report: "failed", page: true },
  30023: { report: "failed", page: true },
  30025: { report: "failed", page: true },
  30026: { report: "failed", page: true },
  30027: { report: "failed", page: true },
} as const satisfies Rows;

/**
 * Faults of the account, its senders, their registration or our parameters, for an operator. An unknown code counts as one of these: the caller
 * learns nothing, and an alarm asks for a look.
 */
const OURS = {
  create: "provider-unavailable",
  report: "failed",
  page: true,
} as const satisfies TwilioOutcome;
const OF_OURS = Object.fromEntries(
  [
    ...[10001, 20003, 20005, 20404, 30002], // credentials, account
    ...[21201, 21602, 21603, 21604, 21617, 21618, 21619, 21205, 21609], // Latchkey's request
    ...[21210, 21212, 21601, 21606, 21657, 21708, 21709, 21712], // senders
    ...[21701, 21702, 21703, 21704, 21705], // messaging services
    ...[21219, 21608], // a trial account sends to verified numbers only
    ...[21654, 21655, 21656], // content templates
    ...[30018, 30024, 30029, 30030, 30032, 30033, 30034, 30035], // registration, retention
  ].map((code) => [code, OURS]),
);

const WHATSAPP_OURS: TwilioOutcome = {
  create: "channel-not-available",
  report: "failed",
  page: true,
};
const NOT_ON_WHATSAPP: TwilioOutcome = {
  create: "channel-not-available",
  report: "not-on-whatsapp",
};
const WHATSAPP_REFUSES: TwilioOutcome = { create: "channel-not-available", report: "filtered" };

/** WhatsApp's own. If its set-up is at fault, SMS still works. */
const OF_WHATSAPP = Object.fromEntries([
  ...[63003, 63024, 63032, 63033].map((code) => [code, NOT_ON_WHATSAPP] as const),
  ...[63013, 63014].map((code) => [code, WHATSAPP_REFUSES] as const),
  ...[63001, 63005, 63007, 63010, 63012, 63015, 63016, 63017, 63018, 63020]
    .concat([63021, 63026, 63027, 63028, 63030, 63038, 63040, 63041, 63042, 63051])
    .map((code) => [code, WHATSAPP_OURS] as const),
]);

export const TWILIO_OUTCOMES: Rows = {
  ...OF_NUMBERS,
  ...OF_COUNTRIES,
  ...OF_FILTERS,
  ...OF_LOAD,
  ...OF_OURS,
  ...OF_WHATSAPP,
};

/** The outcome of a refused create. A code that is known from reports only has no meaning for a create. */
export function createOutcome(code: unknown): {
  readonly why: SendRefusal;
  readonly page: boolean;
} {
  const { create, page } = rowOf(code);
  if (create === undefined) return { why: OURS.create, page: true };
  return { why: create, page: page === true };
}

/** The outcome of an undelivered message. Twilio does not always give a reason. */
export function reportOutcome(code: string | undefined): {
  readonly reason: DeliveryReason | "unsaid";
  readonly page: boolean;
} {
  if (code === undefined) return { reason: OURS.report, page: false };
  const { report, page } = rowOf(code);
  if (report === undefined) return { reason: OURS.report, page: true };
  return { reason: report, page: page === true };
}

function rowOf(code: unknown): TwilioOutcome {
  return TWILIO_OUTCOMES[Number(code)] ?? OURS;
}
