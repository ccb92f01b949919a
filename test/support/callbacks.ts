import type { APIGatewayProxyEvent } from "aws-lambda";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import {
  TWILIO_CALLS,
  twilioDeliveries,
  twilioSignatures,
} from "../../functions/adapters/twilio/callbacks.ts";
import { callPath, deliveryPath } from "../../functions/adapters/twilio/paths.ts";
import { api } from "../../functions/http/api.ts";
import { deliveryEndpoint } from "../../functions/http/delivery.ts";
import { speakEndpoint } from "../../functions/http/speak.ts";
import type { Deps } from "./deps.ts";
import { aContext, anEvent } from "./events.ts";

export const PUBLIC_URL = "https://verify.example.com/prod";
export const AUTH_TOKEN = "0123456789abcdef0123456789abcdef";

const SETTINGS = { docsUrl: "https://docs.example.com/#", allowedOrigins: [] };

/** The two endpoints that Twilio requests, over deps. */
export function callbackEndpoints(deps: Deps, tokens: readonly string[] = [AUTH_TOKEN]) {
  const isSigned = twilioSignatures(async () => tokens, deps.clock);
  const signed = { ...deps, publicUrl: PUBLIC_URL, isSigned };
  return {
    deliver: deliveryEndpoint({ ...signed, ...twilioDeliveries(deps.logFault) }),
    speak: speakEndpoint({ ...signed, ...TWILIO_CALLS }),
  };
}

/** Their routes, as they are deployed. */
export function callbackRoutes(deps: Deps, tokens?: readonly string[]) {
  const { deliver, speak } = callbackEndpoints(deps, tokens);
  const asked = (endpoint: typeof deliver) => async (event: APIGatewayProxyEvent) =>
    api(endpoint, SETTINGS)(event, aContext);
  return { deliver: asked(deliver), speak: asked(speak) };
}

type Form = Readonly<Record<string, string | readonly string[]>>;

/** A form as a browser and Twilio encode it; a list is one name several times. */
export function encoded(form: Form): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(form))
    for (const value of [values].flat()) parameters.append(name, value);
  return parameters.toString();
}

/** Twilio's signature, by its own SDK. */
export function signatureOf(path: string, form: Form, authToken = AUTH_TOKEN): string {
  const parameters = Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  );
  return getExpectedTwilioSignature(authToken, PUBLIC_URL + path, parameters);
}

type Parts = {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isBase64Encoded?: boolean;
};

/** A request as the gateway passes it on. */
export function callbackEvent(
  { body, headers = {}, isBase64Encoded = false }: Parts,
  where: Pick<APIGatewayProxyEvent, "multiValueQueryStringParameters" | "pathParameters">,
): APIGatewayProxyEvent {
  const form = { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", ...headers };
  return { ...anEvent({ body, headers: form, isBase64Encoded }), ...where };
}

/** A callback of a message, signed as Twilio signs it. */
export function signedDelivery(token: string, form: Form, authToken?: string) {
  const headers = { "X-Twilio-Signature": signatureOf(deliveryPath(token), form, authToken) };
  return callbackEvent(
    { body: encoded(form), headers },
    { multiValueQueryStringParameters: { message: [token] }, pathParameters: null },
  );
}

/** What a call asks for after the key press, signed as Twilio signs it. */
export function signedTurn(token: string, form: Form, authToken?: string) {
  const headers = { "X-Twilio-Signature": signatureOf(callPath(token, "a-1"), form, authToken) };
  return callbackEvent(
    { body: encoded(form), headers },
    { multiValueQueryStringParameters: { pass: ["a-1"] }, pathParameters: { sealed: token } },
  );
}

export const MESSAGE_SID = `SM${"1b".repeat(16)}`;

/** Twilio's parameters of a message: its own, an empty one and an unknown one. */
export function messageForm(status: string, more: Form = {}): Form {
  return {
    AccountSid: `AC${"0a".repeat(16)}`,
    ApiVersion: "2010-04-01",
    From: "+447700900000",
    MessageSid: MESSAGE_SID,
    MessageStatus: status,
    SmsSid: MESSAGE_SID,
    SmsStatus: status,
    To: "+447700900123",
    MessagingServiceSid: "",
    ChannelPrefix: "what comes without notice",
    ...more,
  };
}
