import type { APIGatewayProxyEvent } from "aws-lambda";
import { LIMITS } from "../policy/limits.ts";
import type { Channel } from "../verification/verification.ts";
import { bytesOf } from "./bytes.ts";
import { mediaType } from "./headers.ts";
import { Problem } from "./problem.ts";

/**
 * The parameters of Twilio Verify that each route takes, and those that it ignores, since what they ask for is a setting of the stage or of no
 * effect on what is sent. Any other is refused by its name, so that none is silently without effect.
 */
export const TWILIO_PARAMETERS = {
  create: {
    takes: ["To", "Channel", "Locale", "AppHash", "DeviceIp", "RiskCheck"],
    ignores: ["RateLimits", "Tags"],
  },
  update: { takes: ["Status"], ignores: [] },
  check: { takes: ["To", "VerificationSid", "Code"], ignores: [] },
} as const;

export type Form = ReadonlyMap<string, string>;

/** The form of a request. A parameter that its route does not know, or that stands there twice, is refused. */
export function formOf(event: APIGatewayProxyEvent, route: keyof typeof TWILIO_PARAMETERS): Form {
  if (mediaType(event) !== "application/x-www-form-urlencoded")
    throw new Problem("media-type-unsupported");
  // Of an address's query the class drops a leading question mark; in a body it is part of a name.
  const text = `&${bytesOf(event, LIMITS.bodyBytes)}`;
  const parameters = [...new URLSearchParams(text)];
  const { takes, ignores } = TWILIO_PARAMETERS[route];
  const known: readonly string[] = [...takes, ...ignores];
  if (parameters.some(([name]) => !known.includes(name)))
    throw new Problem("body-invalid", {
      detail: `Invalid parameter: this service takes ${takes.join(", ")} here`,
    });
  const form = new Map(parameters);
  if (form.size !== parameters.length)
    throw new Problem("body-invalid", { detail: "Invalid parameter: one is given twice" });
  return form;
}

export function invalid(name: string): Problem {
  return new Problem("body-invalid", { detail: `Invalid parameter \`${name}\`` });
}

/** A parameter that must be there. */
export function given(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined || value === "") throw invalid(name);
  return value;
}

const CHANNELS: Readonly<Record<string, Channel>> = {
  sms: "sms",
  call: "voice",
  whatsapp: "whatsapp",
};
/** Twilio's channels that there are not here. */
const OTHER_CHANNELS: readonly string[] = ["email", "sna", "rcs"];

/** Our channel for one of Twilio's; `undefined` for `auto`, the first of the stage's plan. */
export function channelIn(form: Form): Channel | undefined {
  const name = given(form, "Channel");
  if (OTHER_CHANNELS.includes(name)) throw new Problem("channel-not-available");
  if (name !== "auto" && !Object.hasOwn(CHANNELS, name)) throw invalid("Channel");
  return CHANNELS[name];
}

export function twilioChannel(channel: Channel): string {
  return channel === "voice" ? "call" : channel;
}
