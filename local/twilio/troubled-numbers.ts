import type { Disturbance } from "./disturbances.ts";
import { PROVIDER_ERRORS } from "./provider-errors.ts";

type Trouble = {
  readonly sms?: Disturbance;
  readonly whatsapp?: Disturbance;
  readonly voice?: Disturbance;
};

/** Longer than the wait until another code. */
const LATE: Disturbance = { lateSeconds: 60 };
const BROKEN: Disturbance = { error: PROVIDER_ERRORS.broken };
const UNANSWERED: Disturbance = { error: PROVIDER_ERRORS.unanswered };
const THROTTLED: Disturbance = { error: PROVIDER_ERRORS["too many requests"] };
const RESET: Disturbance = { error: PROVIDER_ERRORS["reset afterwards"] };
const TWICE: Disturbance = { isDuplicated: true };
const REORDERED: Disturbance = { isReordered: true };
const LOST: Disturbance = { isLost: true };

function undelivered(errorCode: number): Disturbance {
  return { end: { status: "undelivered", errorCode } };
}

/** A number of fiction that a Messaging Service reaches by RCS. */
export const PHONE_WITH_RCS = "+447700900979";

/**
 * Fictional numbers that fail, so that a front end can be tried with every outcome of a send. Only this emulator has them. A channel that is not named works. https://www.twilio.com/docs/api/errors
 */
export const TROUBLED_NUMBERS: Readonly<Record<string, Trouble>> = {
  /** Not on WhatsApp. */
  "+447700900980": { whatsapp: undelivered(63_024) },
  "+447700900981": {
    sms: undelivered(30_003),
    whatsapp: LOST,
    voice: { callTrouble: "no-answer" },
  },
  "+447700900982": {
    sms: undelivered(30_005),
    whatsapp: { end: { status: "failed", errorCode: 63_003 } },
    voice: { callTrouble: "failed" },
  },
  /** A landline: it can be called. */
  "+447700900983": {
    sms: undelivered(30_006),
    whatsapp: { end: { status: "failed", errorCode: 63_003 } },
  },
  "+447700900984": { sms: undelivered(30_007) },
  "+447700900985": { voice: { callTrouble: "no-answer" } },
  "+447700900986": { voice: { callTrouble: "busy" } },
  "+447700900987": { sms: LATE, whatsapp: LATE, voice: LATE },
  "+447700900988": { sms: TWICE, whatsapp: TWICE, voice: TWICE },
  "+447700900989": { sms: REORDERED, whatsapp: REORDERED },
  "+447700900990": { sms: LOST, whatsapp: LOST },
  "+447700900991": { sms: { refusalCode: 21_610 } },
  "+447700900992": { sms: { refusalCode: 21_614 } },
  "+447700900993": { sms: { refusalCode: 21_408 }, voice: { refusalCode: 21_215 } },
  "+447700900994": { sms: { refusalCode: 21_611 } },
  "+447700900995": { sms: BROKEN, whatsapp: BROKEN, voice: BROKEN },
  "+447700900996": { sms: UNANSWERED, whatsapp: UNANSWERED, voice: UNANSWERED },
  "+447700900997": { sms: THROTTLED, whatsapp: THROTTLED, voice: THROTTLED },
  "+447700900998": { sms: RESET, whatsapp: RESET, voice: RESET },
  "+447700900999": { voice: { callTrouble: "voicemail" } },
};
