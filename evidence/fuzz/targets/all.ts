import * as callbacks from "./callbacks.ts";
import * as clientAddress from "./client-address.ts";
import * as jsonBody from "./json-body.ts";
import * as locale from "./locale.ts";
import * as phone from "./phone.ts";
import * as requestNames from "./request-names.ts";
import * as signedForm from "./signed-form.ts";
import type { Target } from "./target.ts";
import * as ticket from "./ticket.ts";
import * as twilioForm from "./twilio-form.ts";

/** Every target, by the name of its file. */
export const TARGETS: Readonly<Record<string, Target>> = {
  "json-body": jsonBody,
  phone,
  "signed-form": signedForm,
  "twilio-form": twilioForm,
  callbacks,
  ticket,
  "request-names": requestNames,
  "client-address": clientAddress,
  locale,
};
