import {
  type CallOrder,
  callOrder,
  callResource,
  isOver,
  newCall,
  type StoredCall,
} from "./calls.ts";
import { TwilioFault } from "./faults.ts";
import { type Judge, judged, type Result } from "./judging.ts";
import type { Ledger } from "./ledger.ts";
import { answered, type Handlers, type OperationCall, refuseTests } from "./operation-call.ts";
import type { Placed } from "./placing.ts";
import { parseTwiml, TwimlFault } from "./twiml.ts";

export type Calling = Judge & { readonly ledger: Ledger; readonly place: (placed: Placed) => void };

export function callHandlers(calling: Calling): Handlers {
  const { ledger } = calling;
  const { accountSid, testAccountSid } = ledger.account;
  const find = (call: OperationCall): StoredCall => {
    refuseTests(call);
    const found = ledger.call(call.sid);
    if (found === undefined)
      throw new TwilioFault(20_404, `The call ${call.sid} was not found`, 404);
    return found;
  };
  return {
    CreateCall: (call) => {
      const order = callOrder(call.parameters);
      // Validated and queued, but never dialled.
      if (call.mode === "test")
        return answered(201, callResource(testAccountSid, newCall(order, new Date())));
      return liveCall(calling, order);
    },
    FetchCall: (call) => answered(200, callResource(accountSid, find(call))),
    DeleteCall: (call) => {
      const found = find(call);
      if (!isOver(found)) throw new TwilioFault(20_009, "The call is in progress", 409);
      ledger.removeCall(found.sid);
      return answered(204);
    },
  };
}

function liveCall(calling: Calling, order: CallOrder): Result {
  refuseUnplayable(order.twiml);
  const { to } = order;
  const callbacksUnder = () => (order.statusCallback === "" ? [] : ["completed"]);
  const asked = { channel: "voice", to, callbacksUnder } as const;
  return judged(calling, asked, (disturbance) => {
    const call = newCall(order, new Date());
    calling.ledger.keepCall(call);
    calling.place({ call, order, disturbance });
    const { accountSid } = calling.ledger.account;
    return { sid: call.sid, result: answered(201, callResource(accountSid, call)) };
  });
}

/** Twilio reports it when the call is answered. Here it is reported when the call is placed. https://www.twilio.com/docs/api/errors/12100 */
function refuseUnplayable(twiml: string): void {
  try {
    parseTwiml(twiml);
  } catch (fault) {
    if (!(fault instanceof TwimlFault)) throw fault;
    throw new TwilioFault(12_100, `Document parse failure: ${fault.message}`);
  }
}
