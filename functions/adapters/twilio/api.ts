import type Twilio from "twilio/lib/rest/Twilio.js";
import * as v from "valibot";

/** The parameters of a form, by their names in Twilio's document. */
type Form = Readonly<Record<string, string | number | boolean>>;

const CREATED = v.object({ sid: v.string() });
const PRICED = v.pipe(
  v.object({ price: v.nullish(v.string()), price_unit: v.nullish(v.string(), "") }),
  v.transform(({ price, price_unit: priceUnit }) => ({ price, priceUnit })),
);

/** A price as Twilio returns it, often only later. */
export type Priced = v.InferOutput<typeof PRICED>;

/**
 * The requests in use, made by Twilio's client without its classes of messages and calls: of 40 KB six requests are used. Throws the client's
 * errors, and for an answer that Twilio's document does not describe.
 */
export function twilioApi({ api, accountSid }: Twilio) {
  const { v2010 } = api;
  const account = `/Accounts/${accountSid}`;
  const post = async (path: string, data: Form): Promise<unknown> =>
    v2010.create({ uri: `${account}${path}.json`, method: "post", data });
  return {
    createMessage: async (form: Form) => v.parse(CREATED, await post("/Messages", form)),
    createCall: async (form: Form) => v.parse(CREATED, await post("/Calls", form)),
    confirmMessage: (sid: string) => post(`/Messages/${sid}/Feedback`, { Outcome: "confirmed" }),
    /** Returns the price, if Twilio knows it already. */
    emptyMessage: async (sid: string): Promise<Priced> =>
      v.parse(PRICED, await post(`/Messages/${sid}`, { Body: "" })),
    priceOfCall: async (sid: string): Promise<Priced> => {
      const uri = `${account}/Calls/${sid}.json`;
      const call: unknown = await v2010.fetch({ uri, method: "get" });
      return v.parse(PRICED, call);
    },
    deleteCall: (sid: string) =>
      v2010.remove({ uri: `${account}/Calls/${sid}.json`, method: "delete" }),
  };
}
