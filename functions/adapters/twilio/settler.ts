import type { Settlement, Settler } from "../../verification/ports.ts";
import { accountOf, type TwilioOptions } from "./account.ts";
import { type Priced, twilioApi } from "./api.ts";
import { describeFault, isUnauthorized } from "./errors.ts";

type Api = ReturnType<typeof twilioApi>;

/**
 * Tells Twilio that a message did its work, and empties the text it keeps. Both are tried, both may be repeated. A call is left alone: it is
 * over soon, and its end deletes it. Throws when either failed, and names no number, text or credential.
 */
export function twilioSettler(options: TwilioOptions): Settler {
  const perform = performing(options);
  return {
    settle: ({ messageSid, channel }) =>
      perform((api) => ({
        ...(channel === "sms" && { feedback: api.confirmMessage(messageSid) }),
        ...(channel !== "voice" && { redaction: api.emptyMessage(messageSid) }),
      })),
  };
}

/** What a message cost, where Twilio tells it: positive, in a currency. It often does so only later, and then nobody is told. */
export type PriceNote = Pick<Settlement, "country" | "channel"> & {
  readonly price: number;
  readonly currency: string;
};

/**
 * Empties what Twilio keeps of a message with which nothing more happens; of a call it keeps nothing. Notes the price that it tells on the
 * way. May be repeated: what is gone already is done.
 */
export function twilioRedactor({
  notePrice,
  ...options
}: TwilioOptions & { readonly notePrice: (note: PriceNote) => void }): Settler {
  const perform = performing(options);
  return {
    settle: ({ messageSid, country, channel }) => {
      const note = ({ price, priceUnit }: Priced): void => {
        const amount = Math.abs(Number(price));
        if (amount > 0) notePrice({ country, channel, price: amount, currency: priceUnit });
      };
      return perform((api) =>
        channel === "voice"
          ? { deletion: deleteCall(api, messageSid, note) }
          : { redaction: api.emptyMessage(messageSid).then(note) },
      );
    },
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

/** Runs steps side by side, and throws with the names of those that failed. */
function performing(options: TwilioOptions) {
  const account = accountOf(options);
  return async (stepsOf: (api: Api) => Steps): Promise<void> => {
    const { client } = await account.open();
    const steps = Object.entries(stepsOf(twilioApi(client)));
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
