import * as v from "valibot";
import { TwilioFault } from "./faults.ts";

/** An authentication template has one variable, its code, of at most 15 characters. https://www.twilio.com/docs/content/whatsappauthentication */
const VARIABLES = v.strictObject({ "1": v.pipe(v.string(), v.regex(/^[\w-]{1,15}$/)) });

/** What Meta makes of every approved authentication template, with the recommendation and the minutes that it may have. No sender may word it otherwise. */
const LIFE_MINUTES = 5;

/**
 * The text of an authentication template. Every template is taken for an approved one: this emulator keeps no list of them. Throws the fault of
 * variables that do not fit. https://www.twilio.com/docs/api/errors/21656
 */
export function renderedTemplate(contentVariables: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), VARIABLES), contentVariables);
  if (!parsed.success) throw new TwilioFault(21_656, "The Content Variables parameter is invalid");
  const { "1": code } = parsed.output;
  return `${code} is your verification code. For your security, do not share this code.\nThis code expires in ${LIFE_MINUTES} minutes.`;
}
