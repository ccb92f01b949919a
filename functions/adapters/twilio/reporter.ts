import type { MessageOutcome, OutcomeReporter } from "../../verification/ports.ts";
import { accountOf, type TwilioOptions } from "./account.ts";
import { type Priced, twilioApi } from "./api.ts";
import { TWILIO_CHANNELS } from "./channels.ts";
import { describeFault, isUnauthorized } from "./errors.ts";

type Api = ReturnType<typeof twilioApi>;

/** The cost of a message, if Twilio returns it: positive, in a currency. Often Twilio knows it only later, and then no price is noted. */
export type PriceNote = Pick<MessageOutcome, "country" | "channel"> & {
  readonly price: number;
  readonly currency: string;
};

/**
 * Reports to Twilio that the code of a message was approved, and redacts the message at Twilio. Each step may be repeated: a deleted message is
 * done. All steps are tried. Throws if one failed, and names no number, text or credential.
 */
export function twilioOutcomeReporter({
  notePrice,
  ...options
}: TwilioOptions & { readonly notePrice: (note: PriceNote) => void }): OutcomeReporter {
  const perform = performing(options);
  return { report: (outcome) => perform((api) => stepsOf(api, outcome, notePrice)) };
}

/** A call that was approved may still be running, and its end deletes it. */
function stepsOf(
  api: Api,
  { end, channel, country, messageId }: MessageOutcome,
  notePrice: (note: PriceNote) => void,
): Steps {
  const note = ({ price, priceUnit }: Priced): void => {
    const amount = Math.abs(Number(price));
    if (amount > 0) notePrice({ country, channel, price: amount, currency: priceUnit });
  };
  const { keeps, takesFeedback } = TWILIO_CHANNELS[channel];
  if (keeps === "call")
    return end === "final" ? { deletion: deleteCall(api, messageId, note) } : {};
  return {
    ...(end === "approved" && takesFeedback && { feedback: api.confirmMessage(messageId) }),
    redaction: api.emptyMessage(messageId).then(end === "final" ? note : undefined),
  };
}

async function deleteCall(api: Api, sid: string, note: (call: Priced) => void): Promise<void> {
  try {
    note(await api.priceOfCall(sid));
    await api.deleteCall(sid);
  } catch (fault) {
    if (!describeFault(fault).startsWith("HTTP 404,")) throw fault;
  }
}

type Steps = Readonly<Record<string, Promise<unknown>>>;

/** Runs steps in parallel, and throws with the names of those that failed. */
function performing(options: TwilioOptions) {
  const account = accountOf(options);
  return async (begin: (api: Api) => Steps): Promise<void> => {
    const { client } = await account.open();
    const steps = Object.entries(begin(twilioApi(client)));
    const faults = (await Promise.all(steps.map(faultsOf))).flat();
    if (faults.some(({ fault }) => isUnauthorized(fault))) account.forget();
    if (faults.length > 0)
      throw new Error(
        faults.map(({ step, fault }) => `${step}: ${describeFault(fault)}`).join("; "),
      );
  };
}

async function faultsOf([step, work]: readonly [string, Promise<unknown>]) {
  return work.then(
    () => [],
    (fault: unknown) => [{ step, fault }],
  );
}
